/** The values or members that one series recorded in a window. */
export class CollectedSamples {
  /** Number of samples, at least the number of values or members. */
  samples = 0;
  /** The last value. */
  last = 0;
  readonly members = new Set<string>();
  readonly #pieces: Float64Array[] = [];

  /** Copies the values, because the caller reuses the array. */
  add(values: Float64Array): void {
    this.#pieces.push(values.slice());
    this.last = values.at(-1)!;
  }

  /** All values in one new array. */
  get values(): Float64Array {
    const values = new Float64Array(this.#pieces.reduce((length, piece) => length + piece.length, 0));
    let offset = 0;
    for (const piece of this.#pieces) {
      values.set(piece, offset);
      offset += piece.length;
    }
    return values;
  }
}
