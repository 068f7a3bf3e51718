import type { SeriesId } from '../metrics-backend.js';

/** A handle of a gauge, which sends its level. */
export interface LevelHandle {
  readonly id: SeriesId;
  readonly generation: number;
  /** The last value that was set by this handle. */
  last: number;
  /** Returns a string that is equal for equal gauges and tags. */
  levelKey(): string;
  refresh(samples?: number): boolean;
  record(value: number): void;
}

/**
 * The value of a gauge that `add` moves. It does not belong to a series: it outlives the series' release and the
 * registration, and exists before the first one.
 */
export class GaugeLevel {
  readonly key: string;
  readonly handle: LevelHandle;
  value: number;
  /** False since it was 0 at a collect: the next `add` starts another one. */
  isHeld = true;

  constructor(key: string, handle: LevelHandle, value: number) {
    this.key = key;
    this.handle = handle;
    this.value = value;
  }
}
