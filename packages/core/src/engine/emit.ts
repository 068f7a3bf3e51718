// Checks the value of a call, and passes it to the method of its kind.
import type { MetricKind, MetricsBackend, SeriesId } from '../metrics-backend.js';

/** Returns true for a finite number, not negative if it is a timing, and for a string as a member of a set. */
export function isValidValue(kind: MetricKind, value: unknown): boolean {
  if (typeof value === 'string') return kind === 'set';
  return Number.isFinite(value) && (kind !== 'timing' || (value as number) >= 0);
}

/** Passes a valid value to the backend. */
export function emit(backend: MetricsBackend, kind: MetricKind, id: SeriesId, value: unknown, rate: number): void {
  if (kind === 'counter') backend.incr(id, value as number, rate);
  else if (kind === 'gauge') backend.gauge(id, value as number);
  else if (kind === 'timing') backend.timing(id, value as number, rate);
  else if (kind === 'distribution') backend.distribution(id, value as number, rate);
  else backend.set(id, String(value));
}

/** Returns the amount of a call without one: 1, but an `undefined` that was passed is invalid. */
export function amountWithout({ length }: IArguments): number {
  return length === 0 ? 1 : (undefined as never);
}
