import fc from 'fast-check';
import { backendCommands, type Fixture, runOnBackends } from './backend-run.js';
import { fuzzRuns, fuzzTimeout } from './fuzz-runs.js';

/**
 * Defines the test that compares a backend with the model of the facade.
 *
 * @param runs sequences of calls in a usual run.
 */
export function testModel(runs: number, createMetrics: () => unknown, create: () => Fixture | Promise<Fixture>): void {
  beforeEach(() => {
    // Problems without a backend.
    jest.spyOn(process, 'emitWarning').mockImplementation();
  });
  afterEach(() => jest.restoreAllMocks());

  it(
    'any interleaving of calls is accounted for at each step, and arrives',
    () =>
      fc.assert(
        fc.asyncProperty(backendCommands, (steps) => runOnBackends(steps, createMetrics, create)),
        { ...fuzzRuns(runs), endOnFailure: true },
      ),
    fuzzTimeout(),
  );
}
