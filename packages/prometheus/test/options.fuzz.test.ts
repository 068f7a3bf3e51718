import fc from 'fast-check';
import { fuzzRuns, fuzzTimeout } from 'test-kit/fuzz-runs';
import { anyOptions, expectClearError } from 'test-kit/hostile-options';
import { createBackend, PrometheusBackend } from '../src/index.js';

const OPTIONS = ['buckets', 'upDown', 'maxReleased', 'setWindow', 'instanceLabel', 'format', 'port', 'host', 'path'];

test(
  'options of any content work or are a clear error',
  () =>
    fc.assert(
      fc.asyncProperty(anyOptions(OPTIONS), async (options) => {
        await expectClearError(() => new PrometheusBackend(options));
        await expectClearError(() => createBackend(options));
      }),
      fuzzRuns(300),
    ),
  fuzzTimeout(),
);
