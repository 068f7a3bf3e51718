// Runs the quality gates, or only those that the arguments name; all of them even if one fails. Needs a build.
import { succeeds } from './workspace.mjs';

/** @type {Readonly<Record<string, readonly string[]>>} */
const gates = {
  typecheck: ['tsc', '--noEmit'],
  lint: ['oxlint', '--type-aware', '--deny-warnings'],
  format: ['biome', 'check'],
  unused: ['knip', '--no-config-hints'],
  manifests: ['node', 'scripts/check-manifests.mjs'],
  architecture: ['node', 'scripts/check-architecture.mjs'],
  words: ['node', 'scripts/check-words.mjs'],
  lockfile: ['node', 'scripts/check-lockfile.mjs'],
  packages: ['node', 'scripts/check-packages.mjs'],
  threats: ['node', 'scripts/check-threats.mjs'],
  size: ['size-limit'],
  bundles: ['node', 'scripts/check-bundles.mjs'],
  api: ['node', 'scripts/api-report.mjs'],
  docs: ['node', 'scripts/check-docs.mjs'],
  documented: ['node', 'scripts/check-documented.mjs'],
  site: ['node', 'scripts/build-site.mjs'],
  pages: ['node', 'scripts/check-site-pages.mjs'],
  trace: ['node', 'scripts/trace-call.mjs'],
  fleet: ['node', 'reliability/scale-out/fleet.mjs'],
};

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(gates);
const failed = names.filter((name) => {
  const gate = gates[name];
  if (gate === undefined)
    throw new RangeError(`no gate is called ${name}; choose from ${Object.keys(gates).join(', ')}`);
  console.log(`\n── ${name}: ${gate.join(' ')}`);
  return !succeeds(gate);
});
if (failed.length > 0) {
  console.error(`\nfailed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
