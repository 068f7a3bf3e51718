/** Samples of one slot that are kept one by one: growing values at one sampling rate, or distinct members. */
export class Batch {
  readonly slot: number;
  /** k, where each value was drawn at the rate 1/k. */
  readonly inverse: number;
  values: Float64Array;
  /** How many of {@link values} are in use. */
  length = 0;
  /** The first value that is not written yet. */
  position = 0;
  members: Set<string> | undefined;
  /** Samples not yet handed to the writer; more than there are members where one was recorded repeatedly. */
  samples = 0;
  /** What the batch counts against the bound, in units of eight bytes. */
  load = 0;

  constructor(slot: number, inverse: number, values: Float64Array, members: Set<string> | undefined) {
    this.slot = slot;
    this.inverse = inverse;
    this.values = values;
    this.members = members;
  }
}

/** Sealed batches, first in, first out. Shifting an array would move every entry behind the first. */
export class BatchQueue {
  #batches: (Batch | undefined)[] = [];
  #head = 0;
  samples = 0;

  get first(): Batch | undefined {
    return this.#batches[this.#head];
  }

  push(batch: Batch): void {
    this.#batches.push(batch);
    this.samples += batch.samples;
  }

  removeFirst(): void {
    this.#batches[this.#head] = undefined;
    this.#head += 1;
    if (this.#head * 2 < this.#batches.length) return;
    this.#batches.splice(0, this.#head);
    this.#head = 0;
  }
}
