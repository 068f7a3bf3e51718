/**
 * Samples that are kept one by one: values of a slot at one sampling rate, distinct members of a slot's set, or one encoded
 * line.
 */
export class Batch {
  /** The slot of the samples; -1 for a line. */
  readonly slot: number;
  /** How many samples each value represents because of its sampling rate. */
  readonly sampleWeight: number;
  values: Float64Array;
  /** Number of {@link values} in use. */
  length = 0;
  /** Index of the first value that is not written yet. */
  position = 0;
  members: Set<string> | undefined;
  line: Uint8Array | undefined;
  /** Samples not handed to the writer yet. A set has more of them than members if a member was recorded repeatedly. */
  samples = 0;
  /** Number of values that a full reservoir skipped. */
  sampledOut = 0;
  /** How many values of a reservoir each kept one represents; the first {@link remainder} represent one more. */
  valueWeight = 1;
  remainder = 0;
  /** Size against the bound of the buffer, in units of eight bytes. */
  memoryUnits = 0;

  constructor(slot: number, sampleWeight: number, values: Float64Array, members?: Set<string>) {
    this.slot = slot;
    this.sampleWeight = sampleWeight;
    this.values = values;
    this.members = members;
  }

  /** Offers a value to a full reservoir. Algorithm R: the n-th value replaces a random one with probability length/n. */
  replace(value: number, random: () => number): void {
    this.sampledOut += 1;
    const index = Math.floor(random() * (this.length + this.sampledOut));
    if (index < this.length) this.values[index] = value;
  }

  /** Ends recording into the batch. */
  seal(random: () => number): void {
    if (this.members !== undefined) return;
    this.samples = this.length;
    this.memoryUnits = this.length;
    if (this.sampledOut > 0) this.#distributeWeight(random);
  }

  /**
   * Sets how many values each kept value represents, as integers that add up to all values of the reservoir. The values
   * that represent one more are drawn, because the order in a reservoir depends on when values were recorded.
   */
  #distributeWeight(random: () => number): void {
    const { length, values } = this;
    const total = length + this.sampledOut;
    this.valueWeight = Math.floor(total / length);
    this.remainder = total - this.valueWeight * length;
    for (let index = 0; index < this.remainder; index += 1) {
      const other = index + Math.floor(random() * (length - index));
      const value = values[index]!;
      values[index] = values[other]!;
      values[other] = value;
    }
  }
}
