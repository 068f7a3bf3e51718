/**
 * Encodes drained samples. The samples passed to it are in flight until it, or the {@link Outlet}, confirms or drops them in
 * the {@link SampleAccounting}.
 */
export interface SampleWriter {
  /**
   * Returns the part of a counter's sum that the receiver cannot read, such as a fraction. It stays in the buffer and is added
   * to the next window. Absent if there is none.
   */
  counterRemainder?(sum: number): number;
  /**
   * Writes the sum of a counter.
   *
   * @param sum finite.
   */
  counter(slot: number, sum: number, samples: number): void;
  /**
   * Writes the value of a gauge.
   *
   * @param value the last one, finite.
   */
  gauge(slot: number, value: number, samples: number): void;
  /**
   * Writes single values, each one sample that represents `sampleWeight` samples. Counters and gauges are written this way,
   * too, if they are not merged.
   *
   * @returns the index of the first value that is left for the next burst; greater than `from`.
   */
  values(slot: number, values: Float64Array, from: number, to: number, sampleWeight: number): number;
  /** Writes one distinct member of a set. */
  member(slot: number, member: string, samples: number): void;
  /** Writes a line that was encoded when it was recorded. Needed only by backends that call {@link SampleBuffer.queueLine}. */
  line?(bytes: Uint8Array, samples: number): void;
}
