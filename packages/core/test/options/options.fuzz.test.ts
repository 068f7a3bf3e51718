import fc from 'fast-check';
import { fuzzRuns, fuzzTimeout } from 'test-kit/fuzz-runs';
import { anyEnvironment, anyOptions, expectClearError } from 'test-kit/hostile-options';
import { configure, createMetrics, metrics } from '../../src/index.js';
import { JournalBackend } from '../journal-backend.js';

const REGISTER = ['prefix', 'tags', 'sampleRate', 'onError', 'strict', 'deny', 'replace', 'signals', 'cardinality'];
const CARDINALITY = [
  'mode',
  'never',
  'avoid',
  'allow',
  'warnAt',
  'maxValuesPerTag',
  'maxSeriesPerMetric',
  'maxSeries',
  'maxMetrics',
  'idleAfter',
];
const VARIABLES = ['BACKEND', 'OPTIONS', 'PREFIX', 'SAMPLE_RATE', 'TAGS', 'DENY', 'CARDINALITY_MODE'].map(
  (name) => `METRICS_${name}`,
);
const { env } = process;
beforeEach(() => {
  jest.spyOn(process, 'emitWarning').mockImplementation();
});
afterEach(() => {
  process.env = env;
  jest.restoreAllMocks();
});

test(
  'options of any content work or are a clear error, and a facade that they work for records',
  () =>
    fc.assert(
      fc.asyncProperty(
        anyOptions(REGISTER),
        fc.option(anyOptions(CARDINALITY), { nil: undefined }),
        async (options, cardinality) => {
          const all = cardinality === undefined ? options : { ...options, cardinality };
          await expectClearError(() => {
            const own = createMetrics({ backend: new JournalBackend(), ...all });
            if (all['strict'] !== true && cardinality?.['mode'] !== 'strict') own.incr('x', { tags: { a: 1 } });
            return own;
          });
        },
      ),
      fuzzRuns(500),
    ),
  fuzzTimeout(),
);

test(
  'an environment of any content works or is a clear error',
  () =>
    fc.assert(
      fc.asyncProperty(anyEnvironment(VARIABLES), fc.boolean(), async (variables, isMade) => {
        process.env = { ...env, ...variables };
        await expectClearError(() => {
          const registration = configure({ from: __filename, ...(isMade && { backend: () => new JournalBackend() }) });
          metrics.incr('x', { tags: { a: 1 } });
          registration.dispose();
          return undefined;
        }, /^METRICS_OPTIONS is not valid JSON$|^The metrics backend .* could not be created/);
        await metrics.close({ timeout: 0 });
      }),
      fuzzRuns(300),
    ),
  fuzzTimeout(),
);
