// Memory of values that are kept one by one.

const MIN_LENGTH = 16;
/** Arrays kept for each length: enough for a few hundred busy series, at most a megabyte in all. */
const MAX_POOLED = 64;

/** Reused arrays of 16 values or more. Allocating one outside the heap costs more than recording the samples in it. */
export class Float64ArrayPool {
  readonly maxLength: number;
  readonly #pooled = new Map<number, Float64Array[]>();

  /** @param maxLength length of the longest array. */
  constructor(maxLength: number) {
    this.maxLength = maxLength;
  }

  /** Returns an array with arbitrary content. */
  take(length: number = Math.min(MIN_LENGTH, this.maxLength)): Float64Array {
    return this.#pooled.get(length)?.pop() ?? new Float64Array(length);
  }

  /** Returns an array that begins with the same values and is twice as long, at most {@link maxLength}. */
  grow(values: Float64Array): Float64Array {
    const longer = this.take(Math.min(values.length * 2, this.maxLength));
    longer.set(values);
    this.recycle(values);
    return longer;
  }

  recycle(values: Float64Array): void {
    if (values.length === 0) return;
    const pooled = this.#pooled.get(values.length);
    if (pooled === undefined) this.#pooled.set(values.length, [values]);
    else if (pooled.length < MAX_POOLED) pooled.push(values);
  }
}
