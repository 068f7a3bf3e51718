import fc from 'fast-check';
import { fuzzRuns, fuzzTimeout } from 'test-kit/fuzz-runs';
import { anyEnvironment, anyOptions, expectClearError } from 'test-kit/hostile-options';
import { createBackend, DogStatsdMetricsBackend } from '../src/index.js';

const NAMES = [
  'statsdHost',
  'statsdPort',
  'statsdSocketPath',
  'tags',
  'dialect',
  'wireTypes',
  'packing',
  'timestamps',
  'containerId',
  'externalData',
  'cardinality',
  'entityId',
  'telemetry',
  'aggregation',
  'flushInterval',
  'maxSamplesPerSeries',
  'overflow',
  'maxPacketBytes',
];
const VARIABLES = [
  'DD_AGENT_HOST',
  'DD_DOGSTATSD_PORT',
  'DD_DOGSTATSD_URL',
  'DD_DOGSTATSD_HOST',
  'DD_DOGSTATSD_SOCKET',
  'DD_ENTITY_ID',
  'DD_ENV',
  'DD_SERVICE',
  'DD_VERSION',
  'DD_TAGS',
  'DD_EXTERNAL_ENV',
  'DD_CARDINALITY',
  'DD_ORIGIN_DETECTION_ENABLED',
  'DD_TRACE_AGENT_URL',
  'DD_DOGSTATSD_DISABLE',
  'DD_INSTRUMENTATION_TELEMETRY_ENABLED',
  'STATSD_ENABLED',
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
        await expectClearError(() => new DogStatsdMetricsBackend(options));
        await expectClearError(() => createBackend(options));
      }),
      fuzzRuns(200),
    ),
  fuzzTimeout(),
);

test(
  'an environment of any content works and prevents no start',
  () =>
    fc.assert(
      fc.asyncProperty(anyEnvironment(VARIABLES), async (variables) => {
        process.env = { ...env, ...variables };
        const backend = new DogStatsdMetricsBackend();
        const messages: string[] = [];
        backend.start({ report: ({ message }) => messages.push(message), collect: () => {} });
        await backend.close({ timeout: 0 });
        for (const message of messages) expect(message).not.toMatch(/swordfish|[\p{Cc}\p{Cs}]/u);
      }),
      fuzzRuns(200),
    ),
  fuzzTimeout(),
);
