import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { Outlet, SampleAccounting } from '@metrics/aggregation';
import { formatSigned } from '../format/format-signed.js';
import type { LoggedSeries } from '../logged-series.js';
import type { LogSink } from '../sink/log-sink.js';
import { CollectedSamples } from './collected-samples.js';
import { summarize } from './summary.js';

/** Collected lines are written for this time before the event loop gets its turn. */
const SLICE_MS = 0.5;
/** Milliseconds to wait for an overloaded logger. */
const WAIT_TIMEOUT = 1000;
const POLL_MS = 5;

export interface SummaryOutletOptions {
  readonly accounting: SampleAccounting;
  readonly sink: LogSink;
}

/**
 * Writes the lines of a window to the logger, and lets drains wait while it is overloaded. Samples that arrive in parts are
 * collected by series until the drain ends; then their lines are written in slices that leave the event loop free.
 */
export class SummaryOutlet implements Outlet {
  /** A logger has no bursts: when it is overloaded, the outlet is not ready. */
  readonly burstFull = false;
  readonly #accounting: SampleAccounting;
  readonly #sink: LogSink;
  /** By series and not by slot, because a slot may be freed before the drain ends. */
  readonly #collected = new Map<LoggedSeries, CollectedSamples>();
  #written: Promise<void> = Promise.resolve();
  #sliceEnds = 0;

  constructor({ accounting, sink }: SummaryOutletOptions) {
    this.#accounting = accounting;
    this.#sink = sink;
  }

  get ready(): boolean {
    return this.#sink.unavailableReason() !== 'logger_busy';
  }

  /** Adds samples to a series and returns the collection that takes their values or members. */
  collect(series: LoggedSeries, samples: number): CollectedSamples {
    let collected = this.#collected.get(series);
    if (collected === undefined) this.#collected.set(series, (collected = new CollectedSamples()));
    collected.samples += samples;
    return collected;
  }

  /** Writes one line, or drops its samples if the logger is not available. */
  write(series: LoggedSeries, valueText: string, fields: object, samples: number): void {
    const reason = this.#sink.unavailableReason();
    if (reason !== undefined) return this.#accounting.dropInFlight(samples, reason);
    const { messagePrefix, metric, kind, unit, instance, tags } = series;
    const { level } = this.#sink;
    const message = messagePrefix + valueText;
    this.#sink.write({ level, message, metric, kind, ...fields, unit, instance, tags }, samples);
  }

  /** Starts a slice for collected lines. */
  beginBurst(): void {
    this.#sliceEnds = performance.now() + SLICE_MS;
  }

  /** Starts to write the lines of the collected samples. */
  finish(): void {
    this.#written = this.#writeInSlices();
  }

  /** Confirms what the logger has written by then: the end of a close looks at it, and nothing else would ask. */
  async settled(): Promise<void> {
    await this.#written;
    this.#sink.confirmWritten?.();
  }

  /** Waits up to a second for an overloaded logger. */
  async whenReady(): Promise<boolean> {
    const deadline = performance.now() + WAIT_TIMEOUT;
    while (!this.ready && performance.now() < deadline) await pause(POLL_MS);
    return this.ready;
  }

  dropUnsent(reason: string): void {
    for (const { samples } of this.#collected.values()) this.#accounting.dropInFlight(samples, reason);
    this.#collected.clear();
  }

  /** Writes all lines without yielding to the event loop, for the exit of the process. */
  writeNow(): void {
    for (const [series, collected] of this.#collected) this.#writeCollected(series, collected);
  }

  async #writeInSlices(): Promise<void> {
    let shouldWait = true;
    this.beginBurst();
    for (const [series, collected] of this.#collected) {
      if (performance.now() >= this.#sliceEnds) {
        await nextTurn();
        this.beginBurst();
      }
      if (shouldWait && !this.ready) shouldWait = await this.whenReady();
      this.#writeCollected(series, collected);
    }
  }

  #writeCollected(series: LoggedSeries, collected: CollectedSamples): void {
    // The exit or a close may have written or dropped them during a pause.
    if (!this.#collected.delete(series)) return;
    const { samples, members, last } = collected;
    if (series.kind === 'set') {
      const fields = { count: samples, unique: members.size };
      return this.write(series, formatFields(fields), fields, samples);
    }
    const summary = summarize(collected.values);
    const text = formatFields(summary) + series.unitSuffix;
    if (series.kind !== 'gauge') return this.write(series, text, summary, samples);
    this.write(series, `${formatSigned(last)} ${text}`, { value: last, ...summary }, samples);
  }
}

/** Formats numbers for people: with nine digits, differences of clock readings show no noise. The fields keep all digits. */
function formatFields(fields: object): string {
  return Object.entries(fields)
    .filter((entry): entry is [string, number] => entry[1] !== undefined)
    .map(([name, value]) => `${name}=${Number.isInteger(value) ? value : Number(value.toPrecision(9))}`)
    .join(' ');
}
