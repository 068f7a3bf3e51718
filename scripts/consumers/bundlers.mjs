// Bundlers: each bundles a program with one backend, which then runs in a folder without packages.
import path from 'node:path';
import { programText } from './programs.mjs';
import { expectDelivery } from './receivers.mjs';
import { backends, checkEach, columns } from './row.mjs';
import { writeFiles } from './workplace.mjs';

/** CommonJS packages load built-in modules by `require`, which an ES module does not have. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/**
 * @typedef {object} Bundler
 * @property {string} name
 * @property {string | undefined} ci
 * @property {readonly string[]} packages
 * @property {readonly ('esm' | 'cjs')[]} formats
 * @property {Readonly<Record<string, unknown>>} [manifest] what the bundler reads from the package.json of the application
 * @property {readonly string[]} [commonJsOnly] programs that it cannot bundle as an ES module
 * @property {string} script the body of a module that has `entry`, `folder`, `output` (a file in it), `format` and `needsRequire`
 */

/** Bundled CommonJS packages: winston, undici, redis. */
const commonJs = ['logging', 'datadog', 'timeseries/redis'];
/** An optional import of redis. */
const OPTIONAL = '@node-rs/xxhash';

/** @type {readonly Bundler[]} */
const tools = [
  {
    name: 'esbuild',
    ci: 'statsd',
    packages: ['esbuild@0.28.2'],
    formats: ['esm', 'cjs'],
    script: `import { build } from 'esbuild';
const banner = format === 'esm' && needsRequire ? { js: ${JSON.stringify(REQUIRE)} } : {};
const { warnings } = await build({ entryPoints: [entry], outfile: output, bundle: true, platform: 'node', format, banner });
expectNoWarnings(warnings.map(({ text }) => text));`,
  },
  {
    name: 'webpack',
    ci: 'dogstatsd',
    packages: ['webpack@5.113.0'],
    formats: ['esm', 'cjs'],
    script: `import webpack from 'webpack';
const module = format === 'esm';
const stats = await new Promise((resolve, reject) =>
  webpack(
    {
      entry, target: 'node', mode: 'production', context: folder,
      experiments: { outputModule: module },
      output: { path: folder, filename: basename(output), module, library: { type: module ? 'module' : 'commonjs2' } },
    },
    (error, stats) => (error ? reject(error) : resolve(stats)),
  ),
);
expectNoWarnings([...stats.compilation.errors, ...stats.compilation.warnings].map(String));`,
  },
  {
    name: 'Rollup',
    ci: 'statsd',
    packages: ['rollup@4', '@rollup/plugin-node-resolve@16', '@rollup/plugin-commonjs', '@rollup/plugin-json@6'],
    formats: ['esm', 'cjs'],
    script: `import commonjs from '@rollup/plugin-commonjs';
import json from '@rollup/plugin-json';
import resolve from '@rollup/plugin-node-resolve';
import { rollup } from 'rollup';
const warnings = [];
const bundle = await rollup({
  input: entry,
  // An optional import of undici, which would fail in older versions of Node.js if it became one of the ES module.
  plugins: [resolve({ preferBuiltins: true }), commonjs({ ignore: ['node:sqlite'] }), json()],
  external: ['${OPTIONAL}'],
  onwarn: (warning) => warnings.push(warning),
});
await bundle.write({ file: output, format, inlineDynamicImports: true });
// Packages of others have circular imports.
expectNoWarnings(warnings.filter(({ code, ids = [] }) => code !== 'CIRCULAR_DEPENDENCY' || ids.some((id) => id.includes('@metrics'))).map(({ message }) => message));`,
  },
  {
    name: 'Vite, ssr',
    ci: 'statsd',
    packages: ['vite@8.4.0'],
    formats: ['esm', 'cjs'],
    script: `import { build } from 'vite';
await build({
  root: dirname(entry), logLevel: 'warn', configFile: false,
  ssr: { noExternal: true, target: 'node' },
  build: {
    ssr: entry, outDir: folder, emptyOutDir: false, minify: false,
    rollupOptions: { output: { format: format === 'esm' ? 'es' : 'cjs', entryFileNames: basename(output), inlineDynamicImports: true } },
  },
});`,
  },
  {
    name: 'Vite, lib',
    ci: 'logging',
    packages: ['vite@8.4.0'],
    formats: ['esm'],
    script: `import { build } from 'vite';
import { builtinModules } from 'node:module';
await build({
  root: dirname(entry), logLevel: 'warn', configFile: false,
  resolve: { conditions: ['node', 'import', 'default'], mainFields: ['module', 'main'] },
  ssr: { target: 'node' },
  build: {
    target: 'node20', outDir: folder, emptyOutDir: false, minify: false,
    lib: { entry, formats: ['es'], fileName: () => basename(output) },
    rollupOptions: { platform: 'node', external: [/^node:/, ...builtinModules] },
  },
});`,
  },
  {
    name: 'Parcel',
    ci: 'datadog',
    packages: ['parcel@2.16.4'],
    formats: ['esm', 'cjs'],
    // It takes an optional import of redis for a mandatory one.
    manifest: { alias: { [OPTIONAL]: false } },
    // An ES module of its making does not get the built-in modules that are functions, which winston and redis load.
    commonJsOnly: ['logging', 'timeseries/redis'],
    script: `import { Parcel } from '@parcel/core';
import { fileURLToPath } from 'node:url';
const bundler = new Parcel({
  // It would look for its own configuration next to the program.
  entries: entry, defaultConfig: fileURLToPath(import.meta.resolve('@parcel/config-default')), shouldDisableCache: true, mode: 'production', shouldAutoInstall: false,
  cacheDir: join(folder, '.parcel-cache'),
  targets: { main: {
    distDir: folder, distEntry: basename(output), context: 'node', includeNodeModules: true, sourceMap: false, optimize: false,
    outputFormat: format === 'esm' ? 'esmodule' : 'commonjs', engines: { node: '>=20' },
  } },
});
await bundler.run();`,
  },
  {
    name: 'Rolldown',
    ci: 'datadog',
    packages: ['rolldown@1.3.3'],
    formats: ['esm', 'cjs'],
    script: `import { rolldown } from 'rolldown';
const warnings = [];
const bundle = await rolldown({ input: entry, platform: 'node', onwarn: (warning) => warnings.push(warning.message) });
await bundle.write({ file: output, format, codeSplitting: false });
expectNoWarnings(warnings);`,
  },
  {
    name: 'tsdown',
    ci: 'dogstatsd',
    // Newer versions need a newer Node.js.
    packages: ['tsdown@0.21.10', 'typescript@5.9.3'],
    formats: ['esm', 'cjs'],
    script: `import { build } from 'tsdown';
await build({
  entry: { program: entry }, format, outDir: folder, clean: false, config: false, dts: false, platform: 'node', logLevel: 'warn',
  cwd: dirname(entry), deps: { alwaysBundle: [/.*/] }, outputOptions: { entryFileNames: basename(output), codeSplitting: false },
});`,
  },
  {
    name: 'bun build',
    ci: 'timeseries',
    packages: ['bun@1.4.4'],
    formats: ['esm', 'cjs'],
    script: `import { execFileSync } from 'node:child_process';
execFileSync('node_modules/.bin/bun', ['build', entry, '--target=node', '--format=' + format, '--outfile=' + output], {
  cwd: import.meta.dirname, stdio: 'inherit',
});`,
  },
  {
    name: 'ncc',
    ci: 'statsd',
    packages: ['@vercel/ncc@0.45.0'],
    formats: ['cjs'],
    script: `import ncc from '@vercel/ncc';
import { writeFileSync } from 'node:fs';
const { code, assets } = await ncc(entry, { cache: false, quiet: true });
writeFileSync(output, code);
for (const [name, { source }] of Object.entries(assets)) writeFileSync(join(folder, name), source);`,
  },
];

/** @type {import('./row.mjs').Row[]} */
export const bundlers = tools.map((tool) => ({
  group: 'Bundlers',
  name: tool.name,
  ci: tool.ci,
  cells: {
    ...Object.fromEntries(columns.map((column) => [column, 'not a backend'])),
    ...checkEach(backends, (column) => async (workplace) => {
      for (const program of column === 'timeseries' ? [column, 'timeseries/redis'] : [column])
        for (const format of tool.commonJsOnly?.includes(program) ? /** @type {const} */ (['cjs']) : tool.formats)
          await bundle(workplace, tool, { program, format });
    }),
  },
}));

/**
 * @param {import('./workplace.mjs').Workplace} workplace
 * @param {Bundler} tool
 * @param {{ program: string, format: 'esm' | 'cjs' }} target
 */
async function bundle(workplace, { name, packages, manifest, script }, { program, format }) {
  const label = `${name} ${program} ${format}`;
  const toolFolder = await workplace.installed(...packages);
  const extension = format === 'esm' ? 'mjs' : 'cjs';
  // CommonJS is bundled from ES modules, as TypeScript applications are; ncc reads what it writes.
  const source = name === 'ncc' ? 'require' : 'import';
  const entryFolder = workplace.folderIn(await workplace.everything(), label, {
    'package.json': { private: true, type: source === 'import' ? 'module' : 'commonjs', ...manifest },
    // Parcel reads the manifest of a folder with a lockfile only.
    'package-lock.json': {},
    'program.js': programText(program, source),
  });
  const folder = workplace.folder(label);
  const output = path.join(folder, `program.${extension}`);
  const values = {
    entry: path.join(entryFolder, 'program.js'),
    folder,
    output,
    format,
    needsRequire: commonJs.includes(program),
  };
  const scriptName = `bundle-${path.basename(folder)}.mjs`;
  writeFiles(toolFolder, {
    [scriptName]: `import { basename, dirname, join } from 'node:path';
const { ${Object.keys(values).join(', ')} } = ${JSON.stringify(values)};
function expectNoWarnings(warnings) {
  if (warnings.length > 0) throw new Error(warnings.join('\\n'));
}
${script}
`,
  });
  await workplace.execute([process.execPath, scriptName], { cwd: toolFolder });
  await expectDelivery(program, (port) => workplace.execute([process.execPath, output, port], { cwd: folder }));
}
