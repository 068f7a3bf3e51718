import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { Outlet, SampleAccounting, SampleWriter } from '@metrics/aggregation';
import { signed } from '../format/format-signed.js';
import type { LoggedSeries } from '../logged-series.js';
import type { LogSink } from '../sink/log-sink.js';
import { summaryOf } from './summary.js';

/** Milliseconds the event loop is held before others may run. */
const SLICE = 0.5;
/** Milliseconds that a logger which is behind is waited for, and between two looks. */
const PATIENCE = 1000;
const POLL = 5;

export interface SummaryWriterOptions {
  readonly ledger: SampleAccounting;
  readonly sink: LogSink;
  readonly seriesOf: (slot: number) => LoggedSeries;
}

/**
 * Slots and values into one line for each series and window. Counters are written as they come; what comes in pieces is
 * collected, and written when the drain is over, in slices that leave the event loop free.
 */
export class SummaryWriter implements SampleWriter, Outlet {
  readonly burstFull = false;
  readonly #ledger: SampleAccounting;
  readonly #sink: LogSink;
  readonly #seriesOf: (slot: number) => LoggedSeries;
  /** By series, because a slot may be freed before the drain is over. */
  readonly #collected = new Map<LoggedSeries, Collected>();

  constructor({ ledger, sink, seriesOf }: SummaryWriterOptions) {
    this.#ledger = ledger;
    this.#sink = sink;
    this.#seriesOf = seriesOf;
  }

  get ready(): boolean {
    return this.#sink.obstacle() !== 'logger_busy';
  }

  beginBurst(): void {}

  counter(slot: number, sum: number, samples: number): void {
    const series = this.#seriesOf(slot);
    this.#write(series, `${signed(sum)} count=${samples}`, { value: sum, count: samples, sum }, samples);
  }

  gauge(slot: number, value: number, samples: number): void {
    this.#collect(slot, samples).add(Float64Array.of(value));
  }

  values(slot: number, values: Float64Array, from: number, to: number): number {
    this.#collect(slot, to - from).add(values.subarray(from, to));
    return to;
  }

  member(slot: number, member: string, samples: number): void {
    this.#collect(slot, samples).members.add(member);
  }

  finish(): void {}

  async settled(): Promise<void> {
    let ends = performance.now() + SLICE;
    let patient = true;
    for (const [series, collected] of this.#collected) {
      if (performance.now() >= ends) {
        await nextTurn();
        ends = performance.now() + SLICE;
      }
      if (patient && !this.ready) patient = await this.whenReady();
      this.#writeCollected(series, collected);
    }
  }

  /** The same without giving way, for the end of the process. */
  settleNow(): void {
    for (const [series, collected] of this.#collected) this.#writeCollected(series, collected);
  }

  async whenReady(): Promise<boolean> {
    const ends = performance.now() + PATIENCE;
    while (!this.ready && performance.now() < ends) await pause(POLL);
    return this.ready;
  }

  dropUnsent(reason: string): void {
    for (const { samples } of this.#collected.values()) this.#ledger.dropInFlight(samples, reason);
    this.#collected.clear();
  }

  #collect(slot: number, samples: number): Collected {
    const series = this.#seriesOf(slot);
    let collected = this.#collected.get(series);
    if (collected === undefined) this.#collected.set(series, (collected = new Collected()));
    collected.samples += samples;
    return collected;
  }

  #writeCollected(series: LoggedSeries, collected: Collected): void {
    // Another way may have written or lost it meanwhile.
    if (!this.#collected.delete(series)) return;
    const { samples, members, last } = collected;
    if (series.kind === 'set') {
      const fields = { count: samples, unique: members.size };
      return this.#write(series, inWords(fields), fields, samples);
    }
    const summary = summaryOf(collected.values);
    const words = inWords(summary) + series.tail;
    if (series.kind === 'gauge') this.#write(series, `${signed(last)} ${words}`, { value: last, ...summary }, samples);
    else this.#write(series, words, { ...summary }, samples);
  }

  #write(series: LoggedSeries, words: string, figures: object, samples: number): void {
    const obstacle = this.#sink.obstacle();
    if (obstacle !== undefined) return this.#ledger.dropInFlight(samples, obstacle);
    const { head, metric, kind, unit, instance, tags } = series;
    const { level } = this.#sink;
    this.#sink.write({ level, message: head + words, metric, kind, ...figures, unit, instance, tags }, samples);
  }
}

/** What one series recorded in a window. */
class Collected {
  samples = 0;
  last = 0;
  readonly members = new Set<string>();
  readonly #pieces: Float64Array[] = [];

  /** The piece is copied: its owner reuses it. */
  add(piece: Float64Array): void {
    this.#pieces.push(piece.slice());
    this.last = piece.at(-1)!;
  }

  get values(): Float64Array {
    const values = new Float64Array(this.#pieces.reduce((length, piece) => length + piece.length, 0));
    let at = 0;
    for (const piece of this.#pieces) {
      values.set(piece, at);
      at += piece.length;
    }
    return values;
  }
}

/** For people: with nine digits differences of clock readings show no noise. The fields have all of them. */
function inWords(figures: object): string {
  return Object.entries(figures)
    .filter((entry): entry is [string, number] => entry[1] !== undefined)
    .map(([name, value]) => `${name}=${Number.isInteger(value) ? value : Number(value.toPrecision(9))}`)
    .join(' ');
}
