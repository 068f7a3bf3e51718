import type { BackendStats } from '@metrics/core';

/**
 * What became of samples. A sample is in the columns, then (once handed over) in a writer's hands, then sent or dropped;
 * one that is refused is dropped at once.
 */
export class SampleLedger {
  #handed = 0;
  #sent = 0;
  #sampledOut = 0;
  #droppedInAll = 0;
  readonly #dropped = new Map<string, number>();

  /** Samples that a writer owns and has not settled. */
  get handed(): number {
    return this.#handed;
  }

  /** The samples leave the columns; from here on the writer answers for them. */
  hand(samples: number): void {
    this.#handed += samples;
  }

  /** Handed samples were taken by the transport without an error. */
  settle(samples: number): void {
    this.#handed -= samples;
    this.#sent += samples;
  }

  /** Handed samples are lost. */
  lose(samples: number, reason: string): void {
    this.#handed -= samples;
    this.refuse(samples, reason);
  }

  /** Samples that were never handed over are lost. */
  refuse(samples: number, reason: string): void {
    if (samples === 0) return;
    this.#droppedInAll += samples;
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + samples);
  }

  /** The draw of a sampling rate left one sample out. */
  leaveOut(): void {
    this.#sampledOut += 1;
  }

  /** @param held samples still in the columns. */
  stats(held: number): BackendStats {
    const pending = held + this.#handed;
    return {
      accepted: this.#sent + this.#droppedInAll + pending,
      sent: this.#sent,
      dropped: Object.fromEntries(this.#dropped),
      pending,
      sampledOut: this.#sampledOut,
    };
  }
}
