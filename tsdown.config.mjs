// One configuration for all packages, run inside a package: every entry of its exports map is an entry of the build.
import { readFileSync } from 'node:fs';
import { defineConfig } from 'tsdown';

/** @type {{ exports: Record<string, unknown> }} */
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));

export default defineConfig({
  entry: Object.keys(manifest.exports)
    .filter((subpath) => subpath !== './package.json')
    .map((subpath) => `src/${subpath === '.' ? 'index' : subpath.slice(2)}.ts`),
  // tsdown would take the folder of this file.
  cwd: process.cwd(),
  format: ['esm', 'cjs'],
  platform: 'node',
  target: 'node20',
  dts: { oxc: true },
  sourcemap: true,
  logLevel: 'warn',
  fixedExtension: false,
  // The ESLint plugin has a default export beside its names; CommonJS gets both under their names.
  outputOptions: { exports: 'named' },
  // The paths of the workspace's tsconfig point at sources; a build must refer to the packages by name.
  tsconfig: false,
});
