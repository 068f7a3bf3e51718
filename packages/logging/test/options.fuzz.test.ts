import fc from 'fast-check';
import { fuzzRuns, fuzzTimeout } from 'test-kit/fuzz-runs';
import { anyOptions, expectClearError } from 'test-kit/hostile-options';
import { createBackend, LoggingBackend } from '../src/index.js';

const NAMES = ['logger', 'level', 'loggerName', 'summary'];

test(
  'options of any content work or are a clear error',
  () =>
    fc.assert(
      fc.asyncProperty(anyOptions(NAMES), async (options) => {
        await expectClearError(() => new LoggingBackend(options));
        await expectClearError(() => createBackend(options));
      }),
      fuzzRuns(300),
    ),
  fuzzTimeout(),
);
