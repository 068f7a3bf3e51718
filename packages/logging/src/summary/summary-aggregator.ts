import { FlushScheduler, type SampleAccounting, SampleBuffer, SlotTable } from '@metrics/aggregation';
import type { Series, SeriesId } from '@metrics/core';
import { Interner } from '@metrics/core/backend';
import { type LoggedSeries, loggedSeries } from '../logged-series.js';
import type { LogSink } from '../sink/log-sink.js';
import { SummaryOutlet } from './summary-outlet.js';
import { SummaryWriter } from './summary-writer.js';

export interface SummaryAggregatorOptions {
  /** Length of the window in milliseconds; a divisor of 10,000. */
  readonly interval: number;
  readonly sink: LogSink;
  readonly accounting: SampleAccounting;
  /** Called at the end of each window, to record observed gauges. Must not throw. */
  readonly collect: () => void;
}

/**
 * Aggregates the samples of a window into one line for each series. Sampling rates are ignored: skipping samples would only
 * make the statistics less accurate.
 */
export class SummaryAggregator {
  /** Identities of open series; the fragments of the slots. */
  readonly #identities = new Interner();
  /** The series by the integer of its identity. */
  readonly #series: (LoggedSeries | undefined)[] = [];
  readonly #slots = new SlotTable((identity) => {
    if (this.#identities.release(identity)) this.#series[identity] = undefined;
  });
  readonly #buffer: SampleBuffer;
  readonly #scheduler: FlushScheduler;
  readonly #outlet: SummaryOutlet;

  constructor({ interval, sink, accounting, collect }: SummaryAggregatorOptions) {
    const slots = this.#slots;
    const buffer = new SampleBuffer({ slots, accounting });
    const outlet = new SummaryOutlet({ accounting, sink });
    const writer = new SummaryWriter(outlet, (slot) => this.#seriesOfSlot(slot));
    this.#buffer = buffer;
    this.#outlet = outlet;
    this.#scheduler = new FlushScheduler({ slots, buffer, accounting, writer, outlet, interval, collect });
    // A full batch of one series waits for the end of its window. Only a half-full buffer ends the window early.
    const scheduleDrain = buffer.onDrainNeeded;
    buffer.onDrainNeeded = (full) => {
      if (full) scheduleDrain(true);
    };
  }

  /** Samples that are in no line yet. */
  get buffered(): number {
    return this.#buffer.buffered;
  }

  open(id: SeriesId, series: Series): void {
    if (this.#buffer.closed) return;
    const { name, key, instance, tags, unit } = series;
    const identity = this.#identities.acquire(JSON.stringify([name, key, unit, instance, tags]));
    this.#series[identity] ??= loggedSeries(series);
    this.#buffer.open(id, series.kind, [identity]);
  }

  /** Returns the series of an id, or undefined if it is not open. */
  seriesOf(id: SeriesId): LoggedSeries | undefined {
    const slot = this.#slots.slotForId(id);
    return slot < 0 ? undefined : this.#seriesOfSlot(slot);
  }

  release(id: SeriesId): void {
    this.#buffer.release(id);
  }

  incr(id: SeriesId, amount: number): void {
    this.#buffer.incr(id, amount, 1);
  }

  /** Records a gauge, a timing or a distribution. All values are kept, also those of a gauge. */
  value(id: SeriesId, value: number): void {
    this.#buffer.value(id, value, 1);
  }

  set(id: SeriesId, member: string): void {
    this.#buffer.set(id, member);
  }

  flush(): Promise<void> {
    return this.#scheduler.flush();
  }

  flushSync(): void {
    this.#scheduler.drainSync();
    this.#outlet.writeNow();
  }

  close(options: { readonly timeout: number }): Promise<void> {
    return this.#scheduler.close(options);
  }

  #seriesOfSlot(slot: number): LoggedSeries {
    return this.#series[this.#slots.fragment(slot, 0)]!;
  }
}
