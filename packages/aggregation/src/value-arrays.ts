const SMALLEST = 16;
export const LARGEST_VALUE_ARRAY = 1024;
/** Per size. Enough for the common case of a few hundred busy series, half a megabyte at most in all. */
const KEPT = 32;

/** Float64Arrays of 16 to 1024 values, reused: an allocation outside the heap costs more than the samples in it. */
export class ValueArrays {
  readonly #spare = new Map<number, Float64Array[]>();

  take(length: number = SMALLEST): Float64Array {
    return this.#spare.get(length)?.pop() ?? new Float64Array(length);
  }

  /** An array of twice the length with the same values. */
  grow(values: Float64Array): Float64Array {
    const larger = this.take(values.length * 2);
    larger.set(values);
    this.give(values);
    return larger;
  }

  give(values: Float64Array): void {
    if (values.length === 0) return;
    const spare = this.#spare.get(values.length);
    if (spare === undefined) this.#spare.set(values.length, [values]);
    else if (spare.length < KEPT) spare.push(values);
  }
}
