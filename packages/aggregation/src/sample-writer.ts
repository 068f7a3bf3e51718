/**
 * Encodes drained samples. The writer owns the samples it is handed until {@link SampleAccounting} hears that they were sent
 * or dropped.
 */
export interface SampleWriter {
  /** @param sum finite. */
  counter(slot: number, sum: number, samples: number): void;
  /** @param value the last one, finite. */
  gauge(slot: number, value: number, samples: number): void;
  /**
   * Writes single values, each one sample that stands for `sampleWeight` samples. Counters and gauges are written this way,
   * too, when merging is off.
   *
   * @returns the index of the first value that is left for the next burst; greater than `from`.
   */
  values(slot: number, values: Float64Array, from: number, to: number, sampleWeight: number): number;
  /** Writes one distinct member of a set. */
  member(slot: number, member: string, samples: number): void;
  /** Writes a whole line that was encoded when it was recorded. Only for backends that call {@link SampleBuffer.queueLine}. */
  line?(bytes: Uint8Array, samples: number): void;
}
