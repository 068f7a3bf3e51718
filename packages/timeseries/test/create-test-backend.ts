import type { MetricKind } from '@metrics/core';
import { seriesOf } from 'test-kit/series-of';
import { TimeSeriesBackend, type TimeSeriesOptions } from '../src/index.js';

/** Monday, June 1, 2026, 12:00 UTC, in seconds: buckets of all usual steps except days begin at this time. */
export const NOON = Date.UTC(2026, 5, 1, 12) / 1000;

/** A clock in seconds that moves only when it is set. */
class StoppedClock {
  seconds: number = NOON;
  readonly milliseconds = (): number => this.seconds * 1000;
}

/** Creates a backend with a stopped clock, and a function that opens series on it. */
export function createTestBackend(options: TimeSeriesOptions = {}) {
  const clock = new StoppedClock();
  const backend = new TimeSeriesBackend({ clock: clock.milliseconds, ...options });
  let nextId = 0;
  const open = (kind: MetricKind, key: string, tags: Record<string, string> = {}): number => {
    const id = nextId++;
    backend.open(id, seriesOf(kind, key, { tags, internal: true }));
    return id;
  };
  return { backend, clock, open };
}
