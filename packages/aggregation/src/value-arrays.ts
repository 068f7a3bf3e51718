const MIN_LENGTH = 16;
/** Per size. Enough for the common case of a few hundred busy series, a megabyte at most in all. */
const MAX_POOLED = 64;

/** Float64Arrays of 16 values and more, reused: an allocation outside the heap costs more than the samples in it. */
export class Float64ArrayPool {
  readonly largest: number;
  readonly #spare = new Map<number, Float64Array[]>();

  /** @param largest the length of the largest array. */
  constructor(largest: number) {
    this.largest = largest;
  }

  take(length: number = Math.min(MIN_LENGTH, this.largest)): Float64Array {
    return this.#spare.get(length)?.pop() ?? new Float64Array(length);
  }

  /** An array of twice the length, as far as that is allowed, with the same values. */
  grow(values: Float64Array): Float64Array {
    const larger = this.take(Math.min(values.length * 2, this.largest));
    larger.set(values);
    this.recycle(values);
    return larger;
  }

  recycle(values: Float64Array): void {
    if (values.length === 0) return;
    const spare = this.#spare.get(values.length);
    if (spare === undefined) this.#spare.set(values.length, [values]);
    else if (spare.length < MAX_POOLED) spare.push(values);
  }
}
