import type { BackendStats } from '@metrics/core';

/** Reports losses that only their reason explains, and ignores the others. */
export interface LossReporter {
  /** Reports a loss by its reason. */
  reportDropped(reason: string, samples: number): void;
}

/**
 * Counts what happens to samples. A sample is buffered, then in flight (handed over to a writer), then sent or dropped. A
 * sample that is not accepted is dropped immediately.
 */
export class SampleAccounting {
  #inFlight = 0;
  #sent = 0;
  #sampledOut = 0;
  #droppedTotal = 0;
  readonly #dropped = new Map<string, number>();
  readonly #reporter: LossReporter | undefined;

  /**
   * Begins with all counts at 0.
   *
   * @param reporter reports the losses that are reported nowhere else.
   */
  constructor(reporter?: LossReporter) {
    this.#reporter = reporter;
  }

  /** Samples handed over and not yet sent or dropped. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Counts samples that leave the buffer for a writer, which then confirms or drops them. */
  handOver(samples: number): void {
    this.#inFlight += samples;
  }

  /** Counts samples in flight that the transport accepted without an error. */
  confirmSent(samples: number): void {
    this.#inFlight -= samples;
    this.#sent += samples;
  }

  /** Counts samples in flight that are lost. @param isReported true if the caller reports it. */
  dropInFlight(samples: number, reason: string, isReported = false): void {
    this.#inFlight -= samples;
    this.drop(samples, reason, isReported);
  }

  /** Counts samples that are lost without being handed over. @param isReported true if the caller reports it. */
  drop(samples: number, reason: string, isReported = false): void {
    if (samples === 0) return;
    this.#droppedTotal += samples;
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + samples);
    if (!isReported) this.#reporter?.reportDropped(reason, samples);
  }

  /** Counts one sample that a sampling rate skipped. It is not accepted. */
  sampleOut(): void {
    this.#sampledOut += 1;
  }

  /**
   * Returns a new object with the current counts.
   *
   * @param buffered samples still in the buffer.
   */
  stats(buffered: number): BackendStats {
    const pending = buffered + this.#inFlight;
    return {
      accepted: this.#sent + this.#droppedTotal + pending,
      sent: this.#sent,
      dropped: Object.fromEntries(this.#dropped),
      pending,
      sampledOut: this.#sampledOut,
    };
  }
}
