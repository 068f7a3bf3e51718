// The directions of the code's dependencies, for the gate `architecture` (`node scripts/check-architecture.mjs`).
import { readdirSync } from 'node:fs';
import ts from 'typescript';

/**
 * @typedef {object} Package
 * @property {readonly string[]} uses the packages that its sources may import
 * @property {readonly (readonly string[])[]} layers the files and folders of `src` (a folder ends with a slash), from top
 *   to bottom: each may import the layers below it. Those of one layer do not import each other.
 */

/** @type {Readonly<Record<string, Package>>} */
export const packages = {
  core: {
    uses: [],
    layers: [
      ['auto'],
      ['index'],
      ['configure', 'backend', 'normalizers/'],
      ['tap'],
      ['combine'],
      ['filtered-backend'],
      ['facade/'],
      ['engine/'],
      ['dummy-metrics-backend'],
      ['cardinality/'],
      ['series/'],
      ['options/'],
      ['metrics-backend'],
      ['problems/'],
      ['real-time', 'load-installed'],
      ['runtime'],
    ],
  },
  aggregation: {
    uses: ['core'],
    layers: [
      ['index'],
      ['totals/'],
      ['flush-scheduler', 'backend-reporter', 'backoff'],
      ['drain'],
      ['sample-buffer'],
      ['batch-buffer'],
      ['batch-queue', 'sample-buffer-options'],
      [
        'batch',
        'sample-writer',
        'outlet',
        'slot-table',
        'sample-accounting',
        'drop-messages',
        'float64-array-pool',
        'sample-weight',
      ],
    ],
  },
  statsd: {
    uses: ['aggregation', 'core'],
    layers: [
      ['index.browser', 'wire.browser'],
      ['index', 'wire'],
      ['create-backend'],
      ['statsd-metrics-backend'],
      ['statsd-pipeline', 'statsd-options'],
      ['tag-format/'],
      ['line/'],
      ['packet-queue'],
      ['burst', 'packet-buffers', 'packet-counts', 'packets-in-flight', 'transport/'],
    ],
  },
  dogstatsd: {
    uses: ['statsd', 'aggregation', 'core'],
    layers: [
      ['index.browser'],
      ['index'],
      ['create-backend'],
      ['dogstatsd-metrics-backend'],
      ['telemetry/', 'transport/'],
      ['settings/'],
      ['line/'],
    ],
  },
  datadog: {
    uses: ['aggregation', 'core'],
    layers: [
      ['index.browser'],
      ['index'],
      ['create-backend'],
      ['datadog-metrics-backend'],
      ['datadog-options', 'bucket/'],
      ['delivery/'],
      ['payload/'],
      ['clock'],
    ],
  },
  logging: {
    uses: ['aggregation', 'core'],
    layers: [
      ['index.browser'],
      ['index'],
      ['create-backend'],
      ['logging-backend'],
      ['logged-event', 'logged-service-check', 'summary/'],
      ['logged-series'],
      ['logging-options'],
      ['sink/'],
      ['format/'],
    ],
  },
  timeseries: {
    uses: ['aggregation', 'core'],
    layers: [
      ['index.browser', 'handler.browser', 'redis.browser'],
      ['index', 'handler', 'redis'],
      ['create-backend', 'http/'],
      ['time-series-backend'],
      ['time-series-options', 'time-series-reader', 'recording/', 'redis/'],
      ['memory/'],
      ['snapshot/'],
      ['summary/'],
      ['time-series-store', 'read-options'],
      ['stored-series', 'keep-alive'],
      ['statistic', 'rollup', 'finite-sum', 'timer-delay', 'turns'],
    ],
  },
  prometheus: {
    uses: ['aggregation', 'core'],
    layers: [
      ['index.browser'],
      ['index'],
      ['create-backend'],
      ['prometheus-backend'],
      ['scrape-server'],
      ['scrape-handler', 'prometheus-options', 'exposition'],
      ['scrape', 'exposition-names'],
    ],
  },
  opentelemetry: {
    uses: ['aggregation', 'core'],
    layers: [
      ['index.browser'],
      ['index'],
      ['create-backend'],
      ['opentelemetry-backend', 'load-exporter'],
      ['export-loop', 'opentelemetry-options'],
      ['metric-reader', 'metric-names', 'resource'],
      ['metric-data'],
      ['exponential-rows'],
      ['metric-types'],
    ],
  },
  node: {
    uses: ['core'],
    layers: [
      ['index', 'fastify', 'hono', 'koa', 'next'],
      ['observe-metrics', 'http/', 'runtime/'],
      ['channel', 'observe-gauge'],
      ['builtins', 'shared', 'total-counter'],
    ],
  },
  testing: {
    uses: ['core'],
    layers: [
      ['index.browser', 'conformance.browser', 'servers.browser'],
      ['index', 'conformance', 'servers'],
      ['conformance/', 'intake/'],
      ['server/'],
      ['dogstatsd/', 'recording/'],
    ],
  },
  'eslint-plugin': {
    uses: ['core'],
    layers: [['index'], ['plugin'], ['rules/'], ['reading/']],
  },
};

/** The modules that `exports` of the packages name, from the one list of them. @type {readonly string[]} */
const entries = Object.values(ts.readConfigFile('tsconfig.base.json', ts.sys.readFile).config.compilerOptions.paths)
  .flat()
  .map((source) => source.slice('./'.length).replaceAll('.', String.raw`\.`).replace('*', '[^/]+'));

const unlisted = readdirSync('packages').filter((name) => name !== 'test-kit' && packages[name] === undefined);
if (unlisted.length > 0)
  throw new Error(`dependency-cruiser.config.mjs says nothing about packages/${unlisted.join(', ')}`);

export default {
  forbidden: [
    rule('no circles', 'Move what both need into a third module.', {}, { circular: true }),
    ...Object.entries(packages).flatMap(([name, { uses, layers }]) => [
      rule(
        `${name} uses ${uses.join(', ') || 'no other package'}`,
        'The order of packages is in docs/reference/architecture.md.',
        { path: `^packages/${name}/src/` },
        { path: '^packages/', pathNot: `^packages/(?:${[name, ...uses].join('|')})/` },
      ),
      rule(
        `${name} has a layer for each file`,
        'Add the new file or folder to dependency-cruiser.config.mjs.',
        { path: `^packages/${name}/src/`, pathNot: pathsOf(name, layers.flat()) },
        {},
      ),
      ...layers.flatMap((layer, depth) =>
        layer.map((each) => {
          const below = layers.slice(depth + 1).flat();
          return rule(
            `${name}/src/${each} imports only layers below it`,
            `Below it: ${below.join(', ') || 'nothing'}.`,
            { path: pathsOf(name, [each]) },
            { path: `^packages/${name}/src/`, pathNot: pathsOf(name, [each, ...below]) },
          );
        }),
      ),
    ]),
    rule(
      'packages are imported through their entries',
      'Entries are the modules in `exports` of package.json and in `paths` of tsconfig.base.json.',
      { path: '^(packages/[^/]+|benchmarks|examples|scripts)/' },
      { path: '^packages/', pathNot: ['^$1/', ...entries.map((entry) => `^${entry}$`)] },
    ),
    rule(
      'packages are imported by name',
      'A relative path does not work once the package is published.',
      { path: '^(packages/[^/]+|benchmarks|examples|scripts)/' },
      { path: '^packages/', pathNot: '^$1/', dependencyTypesNot: ['aliased', 'npm', 'npm-dev'] },
    ),
    rule(
      'tests are imported by tests',
      'What other code needs too belongs in packages/test-kit.',
      { pathNot: '^packages/[^/]+/test/' },
      { path: '^packages/[^/]+/test/' },
    ),
    rule(
      'test-kit is imported by tests, examples and benchmarks',
      'It is never published.',
      { pathNot: '^(?:packages/[^/]+/test|packages/test-kit|benchmarks|examples)/' },
      { path: '^packages/test-kit/' },
    ),
    rule(
      'imports of the workspace resolve',
      'An import that leads nowhere escapes every other rule.',
      {},
      { path: String.raw`^(?:\.|@metrics/|test-kit/)`, couldNotResolve: true },
    ),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.base.json' },
    // Imports of types count as well.
    tsPreCompilationDeps: true,
    exclude: { path: '(?:^|/)dist/' },
    doNotFollow: { path: 'node_modules' },
  },
};

/**
 * @param {string} name
 * @param {readonly string[]} units
 */
function pathsOf(name, units) {
  return units.map(
    (unit) =>
      `^packages/${name}/src/${unit.endsWith('/') ? unit : String.raw`${unit.replaceAll('.', String.raw`\.`)}(?:\.d)?\.ts$`}`,
  );
}

/**
 * @param {string} name
 * @param {string} comment what to do, shown with each violation
 * @param {object} from
 * @param {object} to
 */
function rule(name, comment, from, to) {
  return { name, comment, severity: 'error', from, to };
}
