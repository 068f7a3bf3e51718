import fc from 'fast-check';
import { fuzzRuns, fuzzTimeout } from 'test-kit/fuzz-runs';
import { anyOptions, expectClearError } from 'test-kit/hostile-options';
import { createBackend, StatsdMetricsBackend } from '../src/index.js';

const NAMES = ['host', 'port', 'protocol', 'path', 'maxPacketBytes', 'flushInterval', 'aggregation', 'tagFormat'];

test(
  'options of any content work or are a clear error',
  () =>
    fc.assert(
      fc.asyncProperty(anyOptions(NAMES), async (options) => {
        await expectClearError(() => new StatsdMetricsBackend(options));
        await expectClearError(() => createBackend(options));
      }),
      fuzzRuns(200),
    ),
  fuzzTimeout(),
);
