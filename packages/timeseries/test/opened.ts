import type { MetricKind } from '@metrics/core';
import { TimeSeriesBackend, type TimeSeriesOptions } from '../src/index.js';

/** Monday, the first of June 2026, 12:00 UTC, in seconds: a time at which buckets of all usual steps but days begin. */
export const NOON = Date.UTC(2026, 5, 1, 12) / 1000;

/** A clock in seconds that stands still until it is set. */
class StoppedClock {
  seconds: number = NOON;
  readonly milliseconds = (): number => this.seconds * 1000;
}

/** A backend with a stopped clock, and series that are opened by what they are. */
export function opened(options: TimeSeriesOptions = {}) {
  const clock = new StoppedClock();
  const backend = new TimeSeriesBackend({ clock: clock.milliseconds, ...options });
  let nextId = 0;
  const open = (kind: MetricKind, key: string, tags: Record<string, string> = {}): number => {
    const id = nextId++;
    backend.open(id, { kind, key, name: key, instance: undefined, tags, unit: undefined, internal: true });
    return id;
  };
  return { backend, clock, open };
}
