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

export default defineConfig({
  entry: Object.fromEntries(
    Object.entries(manifest.exports)
      .filter(([subpath]) => subpath !== './package.json')
      .flatMap(([subpath, conditions]) => {
        const name = subpath === '.' ? 'index' : subpath.slice(2);
        const source = sources[path.posix.join(manifest.name, subpath)]?.[0];
        const entry = [name, source ? path.join(root, source) : 'src/index.ts'];
        // What browsers get instead, if that is another module.
        return 'browser' in conditions ? [entry, [`${name}.browser`, `src/${name}.browser.ts`]] : [entry];
      }),
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

/** Declarations end with the names of source maps that are not built, since the sources themselves are not published. */
function removeMissingMaps() {
  for (const name of readdirSync('dist')) {
    if (!/\.d\.c?ts$/.test(name)) continue;
    const file = path.join('dist', name);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/\n\/\/# sourceMappingURL=.*$/, '\n'));
  }
}
