// The loop of a drain: moves samples from the buffer to the writer.
import type { Outlet } from './outlet.js';
import type { SampleBuffer } from './sample-buffer.js';
import type { SampleWriter } from './sample-writer.js';
import type { SlotTable } from './slot-table.js';

/** Number of slots visited between two looks at the clock. */
const SLOTS_PER_CLOCK_CHECK = 64;

/** Why a drain stopped. */
export type DrainOutcome = 'done' | 'sliceUsed' | 'burstFull' | 'transportDown';

/** Options of {@link Drain}. */
export interface DrainOptions {
  /** The slots of the buffer. */
  readonly slots: SlotTable;
  /** The samples to hand over. */
  readonly buffer: SampleBuffer;
  /** Encodes the drained samples. */
  readonly writer: SampleWriter;
  /** Decides when the drain pauses. */
  readonly outlet: Outlet;
  /** Returns milliseconds. */
  readonly now: () => number;
}

/**
 * One drain of a buffer, which can stop after any slot and continue there. Merged counters and gauges come first: they are
 * few, and each contains many samples. Then come the samples that were queued at that moment.
 */
export class Drain {
  /** Resolves when {@link end} is called. */
  readonly ended: Promise<void>;
  readonly #options: DrainOptions;
  #nextSlot: number;
  #queueEnd: number | undefined;
  #resolve: () => void = () => {};

  /**
   * Prepares a drain; {@link run} begins it.
   *
   * @param full whether to drain all slots, or only the samples that are queued already.
   */
  constructor(options: DrainOptions, full: boolean) {
    this.#options = options;
    this.#nextSlot = full ? 0 : Number.POSITIVE_INFINITY;
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Drains all slots again, before it continues with what is queued. */
  restart(): void {
    this.#nextSlot = 0;
    this.#queueEnd = undefined;
  }

  /** Hands over slot after slot, then queued samples, until there is a reason to stop. */
  run(deadline: number): DrainOutcome {
    const { slots, buffer, writer, outlet, now } = this.#options;
    for (;;) {
      if (!outlet.ready) return 'transportDown';
      const isSlotLeft = this.#nextSlot < slots.bound;
      if (!isSlotLeft && buffer.drainQueue(writer, outlet, (this.#queueEnd ??= buffer.queueEnd))) return 'done';
      if (outlet.burstFull) return 'burstFull';
      if (!isSlotLeft) continue;
      buffer.drainSlot(this.#nextSlot, writer);
      this.#nextSlot += 1;
      if (this.#nextSlot % SLOTS_PER_CLOCK_CHECK === 0 && now() >= deadline) return 'sliceUsed';
    }
  }

  /** Resolves {@link ended}. The caller decides that there is nothing left to do. */
  end(): void {
    this.#resolve();
  }
}
