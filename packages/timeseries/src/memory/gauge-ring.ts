import type { GaugeReading } from '../time-series-store.js';
import { NumberColumn } from './number-column.js';
import type { NumberPages } from './number-pages.js';
import { Ring } from './ring.js';

/** The last value, the minimum and the maximum of a gauge in one rollup. */
export class GaugeRing extends Ring {
  readonly #last: NumberColumn;
  /**
   * Only if it differs from the last value: most gauges are set once in a bucket, and need one column instead of three.
   */
  readonly #min: NumberColumn;
  readonly #max: NumberColumn;
  /** Time of the last value, to detect late values. Not in the finest rollup, where all times of a bucket are equal. */
  readonly #time: NumberColumn | undefined;

  constructor(length: number, pages: NumberPages, isFinest: boolean) {
    super(length);
    this.#last = new NumberColumn(pages, length, Number.NaN);
    this.#min = new NumberColumn(pages, length, Number.NaN);
    this.#max = new NumberColumn(pages, length, Number.NaN);
    this.#time = isFinest ? undefined : new NumberColumn(pages, length, Number.NEGATIVE_INFINITY);
  }

  /** Merges a reading into a bucket. Returns false if the bucket is too old or there is no room. */
  merge(bucket: number, current: number, time: number, reading: GaugeReading): boolean {
    const position = this.positionToWrite(bucket, current);
    if (position < 0) return false;
    const isLast = this.#time === undefined || time >= this.#time.get(position);
    const before = this.#last.get(position);
    const isFirst = Number.isNaN(before);
    const last = isLast || isFirst ? reading.last : before;
    const min = isFirst ? reading.min : Math.min(this.#minAt(position), reading.min);
    const max = isFirst ? reading.max : Math.max(this.#maxAt(position), reading.max);
    const hasRoom =
      this.#last.ensurePage(position) &&
      (this.#time === undefined || this.#time.ensurePage(position)) &&
      (min === last || this.#min.ensurePage(position)) &&
      (max === last || this.#max.ensurePage(position));
    if (!hasRoom) return false;
    this.#last.set(position, last);
    this.#min.set(position, min);
    this.#max.set(position, max);
    if (isLast) this.#time?.set(position, time);
    return true;
  }

  /** Returns the last value of a bucket from {@link oldest} to {@link newest}; `NaN` if the gauge was not set. */
  last(bucket: number): number {
    return this.#last.get(this.positionOf(bucket));
  }

  /** Returns the minimum of a bucket. @see {@link last} */
  min(bucket: number): number {
    return this.#minAt(this.positionOf(bucket));
  }

  /** Returns the maximum of a bucket. @see {@link last} */
  max(bucket: number): number {
    return this.#maxAt(this.positionOf(bucket));
  }

  /** Returns the time of the last value of a bucket, in seconds; `undefined` in the finest rollup. */
  time(bucket: number): number | undefined {
    return this.#time?.get(this.positionOf(bucket));
  }

  protected override clearAt(position: number): void {
    for (const column of [this.#last, this.#min, this.#max, this.#time]) column?.clear(position);
  }

  protected override freeMemory(): void {
    for (const column of [this.#last, this.#min, this.#max, this.#time]) column?.free();
  }

  #minAt(position: number): number {
    const min = this.#min.get(position);
    return Number.isNaN(min) ? this.#last.get(position) : min;
  }

  #maxAt(position: number): number {
    const max = this.#max.get(position);
    return Number.isNaN(max) ? this.#last.get(position) : max;
  }
}
