import fc from 'fast-check';
import { fuzzRuns, fuzzTimeout } from 'test-kit/fuzz-runs';
import { anyOptions, expectClearError } from 'test-kit/hostile-options';
import { OpenTelemetryBackend } from '../src/index.js';

const OPTIONS = [
  'buckets',
  'upDown',
  'maxReleased',
  'setWindow',
  'exporter',
  'resource',
  'interval',
  'timeout',
  'maxExportBatchSize',
];

test(
  'options of any content work or are a clear error',
  () =>
    fc.assert(
      fc.asyncProperty(anyOptions(OPTIONS), async (options) => {
        await expectClearError(() => new OpenTelemetryBackend(options));
      }),
      fuzzRuns(300),
    ),
  fuzzTimeout(),
);
