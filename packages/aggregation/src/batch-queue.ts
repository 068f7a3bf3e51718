/** Samples that are kept one by one: growing values of a slot at one sampling rate, its distinct members, or a line. */
export class Batch {
  /** Minus one for a line. */
  readonly slot: number;
  /** k, where each value was drawn at the rate 1/k. */
  readonly sampleWeight: number;
  values: Float64Array;
  /** How many of {@link values} are in use. */
  length = 0;
  /** The first value that is not written yet. */
  position = 0;
  members: Set<string> | undefined;
  line: Uint8Array | undefined;
  /** How many values a reservoir has left out. */
  sampledOut = 0;
  /** How many values each one stands for; the first {@link remainder} of them for one more. */
  valueWeight = 1;
  remainder = 0;
  /** Samples not yet handed to the writer; more than there are members where one was recorded repeatedly. */
  samples = 0;
  /** What the batch counts against the bound, in units of eight bytes. */
  memoryUnits = 0;

  constructor(slot: number, inverse: number, values: Float64Array, members: Set<string> | undefined) {
    this.slot = slot;
    this.sampleWeight = inverse;
    this.values = values;
    this.members = members;
  }

  /** Another value for a full reservoir. Algorithm R: the n-th is kept with the probability length/n, in the place of any. */
  replace(value: number, random: () => number): void {
    this.sampledOut += 1;
    const place = Math.floor(random() * (this.length + this.sampledOut));
    if (place < this.length) this.values[place] = value;
  }

  /**
   * Says how many values each of a reservoir's stands for, in whole numbers that add up to all there were. Who stands for
   * one more is drawn: a place in a reservoir says something about when its value came.
   */
  distributeWeight(random: () => number): void {
    const { length, values } = this;
    const all = length + this.sampledOut;
    this.valueWeight = Math.floor(all / length);
    this.remainder = all - this.valueWeight * length;
    for (let place = 0; place < this.remainder; place += 1) {
      const other = place + Math.floor(random() * (length - place));
      const value = values[place]!;
      values[place] = values[other]!;
      values[other] = value;
    }
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
