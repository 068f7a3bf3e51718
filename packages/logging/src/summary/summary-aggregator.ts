import { FlushScheduler, type SampleAccounting, SampleBuffer, SlotTable } from '@metrics/aggregation';
import type { Series, SeriesId } from '@metrics/core';
import { Interner } from '@metrics/core/backend';
import { type LoggedSeries, loggedSeries } from '../logged-series.js';
import type { LogSink } from '../sink/log-sink.js';
import { SummaryWriter } from './summary-writer.js';

export interface SummaryWindowOptions {
  /** Milliseconds; a divisor of 10,000. */
  readonly interval: number;
  readonly sink: LogSink;
  readonly ledger: SampleAccounting;
  readonly collect: () => void;
}

/**
 * What is recorded in a window, for one line a series. Nothing is drawn: sampling would only make the figures worse.
 */
export class SummaryWindow {
  /** Identities of open series, and at the same integers what their lines begin with. */
  readonly #identities = new Interner();
  readonly #series: (LoggedSeries | undefined)[] = [];
  readonly #slots = new SlotTable((identity) => {
    if (this.#identities.release(identity)) this.#series[identity] = undefined;
  });
  readonly #columns: SampleBuffer;
  readonly #window: FlushScheduler;
  readonly #writer: SummaryWriter;

  constructor({ interval, sink, ledger, collect }: SummaryWindowOptions) {
    const slots = this.#slots;
    this.#columns = new SampleBuffer({ slots, accounting: ledger });
    this.#writer = new SummaryWriter({
      ledger,
      sink,
      seriesOf: (slot) => this.#seriesOfSlot(slot),
    });
    this.#window = new FlushScheduler({
      slots,
      buffer: this.#columns,
      accounting: ledger,
      writer: this.#writer,
      outlet: this.#writer,
      interval,
      collect,
    });
    // A full batch of one series waits for the end of the window, whose line it belongs to; only too much of all ends it.
    const endEarly = this.#columns.onDrainNeeded;
    this.#columns.onDrainNeeded = (everything) => {
      if (everything) endEarly(true);
    };
  }

  /** Samples that are in no line yet. */
  get held(): number {
    return this.#columns.buffered;
  }

  open(id: SeriesId, series: Series): void {
    if (this.#columns.closed) return;
    const { name, key, instance, tags, unit } = series;
    const identity = this.#identities.acquire(JSON.stringify([name, key, unit, instance, Object.entries(tags)]));
    this.#series[identity] ??= loggedSeries(series);
    this.#columns.open(id, series.kind, [identity]);
  }

  /** What lines of this id begin with; undefined where it is not open. */
  seriesOf(id: SeriesId): LoggedSeries | undefined {
    const slot = this.#slots.slotForId(id);
    return slot < 0 ? undefined : this.#seriesOfSlot(slot);
  }

  release(id: SeriesId): void {
    this.#columns.release(id);
  }

  incr(id: SeriesId, amount: number): void {
    this.#columns.incr(id, amount, 1);
  }

  /** A gauge, a timing or a distribution: all values count, not only the last one. */
  value(id: SeriesId, value: number): void {
    this.#columns.value(id, value, 1);
  }

  set(id: SeriesId, member: string): void {
    this.#columns.set(id, member);
  }

  flush(): Promise<void> {
    return this.#window.flush();
  }

  flushSync(): void {
    this.#window.drainSync();
    this.#writer.settleNow();
  }

  close(options: { readonly timeout: number }): Promise<void> {
    return this.#window.close(options);
  }

  #seriesOfSlot(slot: number): LoggedSeries {
    return this.#series[this.#slots.fragment(slot, 0)]!;
  }
}
