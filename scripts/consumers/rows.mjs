// All rows, in the order of docs/reference/compatibility.md. To add an environment, add a row to a file here, or add a file.
import { bundlers } from './bundlers.mjs';
import { frameworks } from './frameworks.mjs';
import { layouts } from './layouts.mjs';
import { packageManagers } from './package-managers.mjs';
import { runtimes } from './runtimes.mjs';
import { tarballs } from './tarballs.mjs';
import { testRunners } from './test-runners.mjs';
import { typescript } from './typescript.mjs';

/** @type {readonly import('./row.mjs').Row[]} */
export const rows = [
  ...tarballs,
  ...packageManagers,
  ...runtimes,
  ...bundlers,
  ...testRunners,
  ...typescript,
  ...frameworks,
  ...layouts,
];
