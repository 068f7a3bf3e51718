import assert from 'node:assert/strict';
import type { Problem, Series } from '@metrics/core';
import { RecordingIntake, type RecordingIntakeOptions } from '@metrics/testing/servers';
import { ManualClock } from 'test-kit/manual-clock';
import { type SeriesChoice, seriesOf } from 'test-kit/series-of';
import { DatadogMetricsBackend, type DatadogOptions } from '../src/index.js';

/**
 * An intake, and a started backend that sends to it. Disposal closes both, and checks the stats of the backend and the
 * violations that the intake found.
 */
export interface Started extends AsyncDisposable {
  readonly intake: RecordingIntake;
  readonly backend: DatadogMetricsBackend;
  readonly problems: Problem[];
  /** Opens a series and returns its id. */
  readonly open: (kind: Series['kind'], name: string, rest?: SeriesChoice) => number;
}

export const KEY = '0123456789abcdef0123456789abcdef';

export async function started(
  options: DatadogOptions = {},
  intakeOptions: RecordingIntakeOptions = {},
): Promise<Started> {
  const { clock } = options;
  const now = clock === undefined ? Date.now : () => clock.now();
  const intake = await RecordingIntake.start({ apiKey: KEY, now, ...intakeOptions });
  const problems: Problem[] = [];
  const backend = new DatadogMetricsBackend({
    apiKey: KEY,
    baseUrl: intake.url,
    ...(intake.ca !== '' && { ca: intake.ca }),
    host: 'web-1',
    processTag: false,
    // Retries follow soon.
    random: () => 0.01,
    ...options,
  });
  backend.start({ report: (problem) => void problems.push(problem), collect: () => {} });
  let id = 0;
  return {
    intake,
    backend,
    problems,
    open: (kind, name, rest) => {
      backend.open(id, seriesOf(kind, name, rest));
      id += 1;
      return id - 1;
    },
    [Symbol.asyncDispose]: async () => {
      const closing = backend.close({ timeout: 0 });
      if (clock instanceof ManualClock) clock.advance(1);
      await closing;
      await intake.stop();
      const { accepted, sent, dropped, pending } = backend.stats();
      const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
      assert.deepEqual({ pending, accepted }, { pending: 0, accepted: sent + lost });
      const { violations, overwrites } = intake;
      assert.deepEqual({ violations, overwrites }, { violations: [], overwrites: [] });
    },
  };
}
