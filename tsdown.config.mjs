// Builds a package, run inside it: each entry of its exports map is an entry of the build, whose source tsconfig.base.json
// names.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { defineConfig } from 'tsdown';
import ts from 'typescript';

const root = import.meta.dirname;
/** @type {Record<string, string[]>} */
const sources = ts.readConfigFile(path.join(root, 'tsconfig.base.json'), ts.sys.readFile).config.compilerOptions.paths;

/** @type {{ name: string, exports: Record<string, object> }} */
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));

/** The entries of the package: their names, conditions and sources. */
const entries = Object.entries(manifest.exports)
  .filter(([subpath]) => subpath !== './package.json')
  .map(([subpath, conditions]) => ({
    name: subpath === '.' ? 'index' : subpath.slice(2),
    conditions,
    source: sources[path.posix.join(manifest.name, subpath)]?.[0],
  }));
const browserEntries = entries.filter(({ conditions }) => 'browser' in conditions).map(({ name }) => `${name}.browser`);

const shared = defineConfig({
  entry: Object.fromEntries(
    entries.map(({ name, source }) => [name, source ? path.join(root, source) : 'src/index.ts']),
  ),
  // One entry of a package imports another by the name of the package.
  deps: { neverBundle: [manifest.name] },
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
  hooks: { 'build:done': removeMissingMaps },
});

/** What browsers get instead is built on its own, so that it shares no file with what they cannot load. */
const forBrowsers = {
  ...shared,
  entry: Object.fromEntries(browserEntries.map((name) => [name, `src/${name}.ts`])),
  dts: false,
  clean: false,
};

export default browserEntries.length > 0 ? [shared, forBrowsers] : [shared];

/** Declarations end with the names of source maps that are not built, since the sources themselves are not published. */
function removeMissingMaps() {
  for (const name of readdirSync('dist')) {
    if (!/\.d\.c?ts$/.test(name)) continue;
    const file = path.join('dist', name);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/\n\/\/# sourceMappingURL=.*$/, '\n'));
  }
}
