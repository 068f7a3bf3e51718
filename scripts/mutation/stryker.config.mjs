// Mutation testing, as far as it is the same for all packages; run.mjs adds the rest.

import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Tests that start programs, servers or compilers, take many seconds, mock a module, or read sources or builds. Each mutant would wait for
 * them.
 */
const ignoredTests = [
  'core/test/cardinality/attack',
  'core/test/engine/{exit,loaded-again,one-engine}',
  'core/test/facade/{missing-methods,types,type-messages}',
  'core/test/problems/problem-codes',
  'core/test/runtime/*',
  'statsd/test/{bundle,conformance,exit,fake-timers,large-flush,loss-at-end,merged-first,real-servers}',
  'statsd/test/transport/*',
  'dogstatsd/test/{conformance,fake-timers,faults,large-flush,process}',
  'datadog/test/{bundle,conformance,exit,fake-timers,large-flush,loss-at-end,no-secrets,real-server,restarts}',
  'datadog/test/{delivery/*,payload/process-tag}',
  'logging/test/{conformance,fake-timers,sink/*}',
  'prometheus/test/{conformance,fake-timers,handler,port,servers,shop}',
  'opentelemetry/test/{conformance,environment,exit,export,exporters,fake-timers,grpc,shop}',
];

/** @type {ConstructorParameters<typeof import('@stryker-mutator/core').Stryker>[0]} */
export default {
  testRunner: 'mocha',
  // pnpm does not place packages next to each other, so Stryker does not find its plugins itself.
  plugins: ['@stryker-mutator/mocha-runner'],
  mochaOptions: {
    'no-config': true,
    'no-opts': true,
    'no-package': true,
    require: ['./scripts/mutation/jest-in-mocha.cjs'],
    ignore: ignoredTests.map((tests) => `packages/${tests}.test.ts`),
  },
  coverageAnalysis: 'perTest',
  // The state that a failed test does not restore must not fail the tests of many other mutants.
  maxTestRunnerReuse: 100,
  timeoutMS: 8_000,
  ignorePatterns: ['.turbo', 'benchmarks', 'coverage', 'dist', 'examples', 'reliability'],
  // Outside of the workspace: jest would find the copies of the tests.
  tempDirName: path.join(tmpdir(), 'metrics-mutation'),
  incremental: true,
  reporters: ['html', 'progress-append-only'],
  // run.mjs has a threshold for each package.
  thresholds: { high: 95, low: 90, break: null },
};
