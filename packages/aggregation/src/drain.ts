// The loop of a drain: moves samples from the buffer to the writer.
import type { QueueEnds } from './batch-buffer.js';
import type { Outlet } from './outlet.js';
import type { SampleBuffer } from './sample-buffer.js';
import type { SampleWriter } from './sample-writer.js';
import type { SlotTable } from './slot-table.js';

/** Number of slots visited between two looks at the clock. */
const SLOTS_PER_CLOCK_CHECK = 64;

/** Why a drain stopped. */
export type DrainOutcome = 'done' | 'sliceUsed' | 'burstFull' | 'transportDown';

export interface DrainOptions {
  readonly slots: SlotTable;
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
 * few, and each of them stands for many samples. Then come the samples that were queued at that moment.
 */
export class Drain {
  /** Resolves when {@link end} is called. */
  readonly ended: Promise<void>;
  readonly #options: DrainOptions;
  #nextSlot: number;
  #queueEnds: QueueEnds | undefined;
  #resolve: () => void = () => {};

  /** @param full whether to drain all slots, or only the samples that are queued already. */
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
    this.#queueEnds = undefined;
  }

  /** Hands over slot after slot, then queued samples, until there is a reason to stop. */
  run(deadline: number): DrainOutcome {
    const { slots, buffer, writer, outlet, now } = this.#options;
    for (;;) {
      if (!outlet.ready) return 'transportDown';
      const isSlotLeft = this.#nextSlot < slots.bound;
      if (!isSlotLeft && buffer.drainQueue(writer, outlet, (this.#queueEnds ??= buffer.queueEnds))) return 'done';
      if (outlet.burstFull) return 'burstFull';
      if (!isSlotLeft) continue;
      buffer.drainSlot(this.#nextSlot, writer);
      this.#nextSlot += 1;
      if (this.#nextSlot % SLOTS_PER_CLOCK_CHECK === 0 && now() >= deadline) return 'sliceUsed';
    }
  }

  end(): void {
    this.#resolve();
  }
}
