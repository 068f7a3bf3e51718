import { createMetrics } from '@metrics/core';
import fc from 'fast-check';
import { backendCommands, runOnBackends } from 'test-kit/backend-run';
import { fuzzRuns, fuzzTimeout } from 'test-kit/fuzz-runs';
import { loggingSubject } from './logging-subject.js';

beforeEach(() => {
  // Problems without a backend.
  jest.spyOn(process, 'emitWarning').mockImplementation();
});
afterEach(() => jest.restoreAllMocks());

it(
  'any interleaving of calls is accounted for at each step, and arrives',
  () =>
    fc.assert(
      fc.asyncProperty(backendCommands, (steps) =>
        runOnBackends(
          steps,
          () => createMetrics(),
          () => loggingSubject().create(),
        ),
      ),
      { ...fuzzRuns(30), endOnFailure: true },
    ),
  fuzzTimeout(),
);
