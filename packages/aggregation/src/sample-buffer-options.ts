// Options of the sample buffer.
import type { SampleAccounting } from './sample-accounting.js';
import type { SlotTable } from './slot-table.js';

/** Options of {@link SampleBuffer}. */
export interface SampleBufferOptions {
  /** The slots of the buffer, which it fills and frees. */
  readonly slots: SlotTable;
  /** Counts the samples that are dropped, sampled out and handed over. */
  readonly accounting: SampleAccounting;
  /**
   * Whether counters are summed and gauges keep their last value. Otherwise each sample is written on its own, and counters
   * are sampled like timings.
   *
   * @default true
   */
  readonly merge?: boolean | undefined;
  /**
   * How many samples are kept one by one while they cannot be sent, in units of eight bytes: a value is one, a set member
   * or a line counts by its length. Samples beyond it are dropped under `queue_full`.
   *
   * @default 1_000_000
   */
  readonly maxQueuedSamples?: number | undefined;
  /** Number of values of one slot that are kept together, from 1 to 10,000. @default 1024 */
  readonly maxSlotValues?: number | undefined;
  /**
   * Treatment of values beyond `maxSlotValues`. With `flush`, the kept ones are drained before the window ends, so no
   * value is lost. With `reservoir`, each value of the window has the same chance to be kept, and the rates of the kept ones
   * add up to the number of all; the others are counted as sampled out. Counters and gauges never use a reservoir.
   *
   * @default 'flush'
   */
  readonly overflow?: 'flush' | 'reservoir' | undefined;
  /** Number of distinct members of a set that are kept together. @default 1000 */
  readonly maxSetMembers?: number | undefined;
  /** Characters of a set member. A longer one is dropped under `member_too_long`. @default 1024 */
  readonly maxMemberLength?: number | undefined;
  /** Returns numbers from 0 to below 1; draws samples. @default Math.random */
  readonly random?: (() => number) | undefined;
}
