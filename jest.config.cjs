// One configuration for all: `jest` in the root runs every suite, `jest --config ../../jest.config.cjs --rootDir .` one package's.
const path = require('node:path');
const ts = require('typescript');

/** @type {Record<string, string[]>} */
const { paths } = ts.readConfigFile(path.join(__dirname, 'tsconfig.base.json'), ts.sys.readFile).config.compilerOptions;

module.exports = {
  testEnvironment: 'node',
  // Tests end in seconds; this is for machines that are busy with something else.
  testTimeout: 120_000,
  // A process that has run many files has a large heap, in which the largest tests take several times as long.
  workerIdleMemoryLimit: '512MB',
  testMatch: ['**/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['/dist/'],
  transform: {
    '^.+\\.[cm]?ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { decoratorVersion: '2022-03' },
          target: 'es2022',
        },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: {
    // Packages are tested against each other's sources, so a test never sees a stale build.
    ...Object.fromEntries(
      Object.entries(paths).map(([name, sources]) => [
        `^${name.replace('*', '([^/]+)')}$`,
        sources.map((source) => path.join(__dirname, source.replace('*', '$1'))),
      ]),
    ),
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  coverageProvider: 'v8',
  collectCoverageFrom: ['<rootDir>/**/src/**/*.ts'],
};
