import fc from 'fast-check';
import { fuzzRuns, fuzzTimeout } from 'test-kit/fuzz-runs';
import { anyEnvironment, anyOptions, expectClearError } from 'test-kit/hostile-options';
import { createBackend, DatadogMetricsBackend } from '../src/index.js';

const NAMES = [
  'apiKey',
  'appKey',
  'site',
  'host',
  'tags',
  'flushInterval',
  'timings',
  'processTag',
  'seriesVersion',
  'baseUrl',
  'allowInsecureUrl',
  'ca',
  'requestTimeout',
  'maxQueueBytes',
  'clock',
  'random',
];
const VARIABLES = [
  'DD_API_KEY',
  'DATADOG_API_KEY',
  'DD_SITE',
  'DATADOG_SITE',
  'DD_HOSTNAME',
  'DD_ENV',
  'DD_SERVICE',
  'DD_VERSION',
  'DD_TAGS',
  'HTTPS_PROXY',
  'https_proxy',
  'NO_PROXY',
  'DD_PROXY_HTTPS',
  'NODE_EXTRA_CA_CERTS',
];
const { env } = process;
afterEach(() => {
  process.env = env;
});

test(
  'options of any content work or are a clear error',
  () =>
    fc.assert(
      fc.asyncProperty(anyOptions(NAMES), async (options) => {
        const given = { apiKey: 'swordfish-and-chips', ...options };
        await expectClearError(() => new DatadogMetricsBackend(given), /apiKey/);
        await expectClearError(() => createBackend(given), /apiKey/);
      }),
      fuzzRuns(200),
    ),
  fuzzTimeout(),
);

test(
  'an environment of any content works or is a clear error',
  () =>
    fc.assert(
      fc.asyncProperty(anyEnvironment(VARIABLES), async (variables) => {
        process.env = { ...env, ...variables };
        await expectClearError(() => {
          const backend = new DatadogMetricsBackend({});
          backend.start({
            report: ({ message }) => {
              if (/swordfish/.test(message)) throw new Error(message);
            },
            collect: () => {},
          });
          return backend;
        }, /apiKey|DD_API_KEY/);
      }),
      fuzzRuns(200),
    ),
  fuzzTimeout(),
);
