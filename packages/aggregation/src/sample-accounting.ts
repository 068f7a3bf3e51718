import type { BackendStats } from '@metrics/core';

/**
 * What became of samples. A sample is in the columns, then (once handed over) in a writer's hands, then sent or dropped;
 * one that is refused is dropped at once.
 */
export class SampleAccounting {
  #inFlight = 0;
  #sent = 0;
  #sampledOut = 0;
  #droppedTotal = 0;
  readonly #dropped = new Map<string, number>();

  /** Samples that a writer owns and has not settled. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** The samples leave the columns; from here on the writer answers for them. */
  handOver(samples: number): void {
    this.#inFlight += samples;
  }

  /** Handed samples were taken by the transport without an error. */
  confirmSent(samples: number): void {
    this.#inFlight -= samples;
    this.#sent += samples;
  }

  /** Handed samples are lost. */
  dropInFlight(samples: number, reason: string): void {
    this.#inFlight -= samples;
    this.drop(samples, reason);
  }

  /** Samples that were never handed over are lost. */
  drop(samples: number, reason: string): void {
    if (samples === 0) return;
    this.#droppedTotal += samples;
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + samples);
  }

  /** The draw of a sampling rate left one sample out. */
  sampleOut(): void {
    this.#sampledOut += 1;
  }

  /** @param buffered samples still in the columns. */
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
