// Versions of TypeScript and its ways to resolve modules. Each compiles a program that imports every entry of a package, with
// `skipLibCheck: false` and no option that is not needed to choose the resolution, with and without Node's types.
import path from 'node:path';
import { publishedPackages, readJson, root } from '../workspace.mjs';
import { coreTypes } from './core-types.mjs';
import { checkEach, columns } from './row.mjs';

const versions = ['5.4.5', '5.5.4', '5.6.3', '5.7.3', '5.8.3', '5.9.3', '6.0.3', '7.0.2'];
const { '@types/node': nodeTypes } = readJson(path.join(root, 'package.json')).devDependencies;
/** winston and redis import modules of Node.js in their own declarations. */
const needNodeTypes = ['logging', 'timeseries'];

/** @type {Record<string, { options: Record<string, string>, extensions: string[] }>} */
const resolutions = {
  node10: { options: { module: 'commonjs', moduleResolution: 'node10' }, extensions: ['ts'] },
  node16: { options: { module: 'node16' }, extensions: ['mts', 'cts'] },
  nodenext: { options: { module: 'nodenext' }, extensions: ['mts', 'cts'] },
  bundler: { options: { module: 'esnext', moduleResolution: 'bundler' }, extensions: ['ts'] },
};

/** @type {import('./row.mjs').Row[]} */
export const typescript = versions.flatMap((version, index) =>
  Object.keys(resolutions)
    .filter((resolution) => !(resolution === 'node10' && version.startsWith('7.')))
    .map((resolution, offset) => ({
      group: 'TypeScript',
      name: `TypeScript ${version.replace(/\.\d+$/, '')}, ${resolution}`,
      // Each package is compiled somewhere.
      ci: resolution === 'nodenext' ? 'core' : columns[(index * 4 + offset) % columns.length],
      cells: checkEach(columns, (column) => (workplace) => compile(workplace, { version, resolution, column })),
    })),
);

/**
 * @param {import('./workplace.mjs').Workplace} workplace
 * @param {{ version: string, resolution: string, column: string }} cell
 */
async function compile(workplace, { version, resolution, column }) {
  const compilers = await workplace.installed(...versions.map((each) => `ts-${each}@npm:typescript@${each}`));
  const tsc = path.join(compilers, 'node_modules', `ts-${version}`, 'bin', 'tsc');
  const { options = {}, extensions = [] } = resolutions[resolution] ?? {};
  const compilerOptions = {
    ...options,
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    // Default of TypeScript before 6 is ES5, which has no iterators.
    ...(version.startsWith('5.') && !options['module']?.startsWith('node') && { target: 'es2022' }),
    ...(version.startsWith('6.') && resolution === 'node10' && { ignoreDeprecations: '6.0' }),
  };
  const program = column === 'core' ? `${importEntries(column)}\n${coreTypes}` : importEntries(column);
  const files = Object.fromEntries(extensions.map((extension) => [`consumer.${extension}`, program]));
  const withNodeTypes = [true, ...(needNodeTypes.includes(column) ? [] : [false])];
  for (const isWithNodeTypes of withNodeTypes) {
    const installed = await workplace.everything(...(isWithNodeTypes ? [`@types/node@${nodeTypes}`] : []));
    const folder = workplace.folderIn(installed, `${version} ${resolution} ${column}`, {
      ...files,
      'tsconfig.json': {
        compilerOptions: {
          ...compilerOptions,
          ...(isWithNodeTypes && needNodeTypes.includes(column) && { types: ['node'] }),
        },
        include: ['consumer.*'],
      },
    });
    await workplace.execute([process.execPath, tsc, '-p', folder], { cwd: folder });
  }
}

/** @param {string} column */
function importEntries(column) {
  const { manifest } = /** @type {{ manifest: import('../workspace.mjs').Manifest }} */ (
    publishedPackages.find(({ folder }) => folder === column)
  );
  return Object.keys(manifest.exports)
    .filter((subpath) => subpath !== './package.json')
    .map((subpath, index) => `export * as entry${index} from '${path.posix.join(manifest.name, subpath)}';`)
    .join('\n');
}
