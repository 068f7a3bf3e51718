import type { SampleLedger, SlotTable, WindowWriter } from '@metrics/aggregation';
import type { MetricKind } from '@metrics/core';
import { LONGEST_DECIMAL, plainDecimal, writeDecimal } from './decimal.js';
import { ascii, type Fragments } from './fragments.js';
import type { LineSyntax } from './line-syntax.js';
import type { Packets } from './packets.js';
import { sanitisedMember } from './sanitised.js';

/** A distribution is a timing to plain StatsD: `h` and `d` would be counted as counters. */
const TYPES: Readonly<Record<MetricKind, Uint8Array>> = {
  counter: ascii('|c'),
  gauge: ascii('|g'),
  timing: ascii('|ms'),
  distribution: ascii('|ms'),
  set: ascii('|s'),
};
const NOTHING = ascii('');
const COLON = 58;
const NEWLINE = 10;
const ZERO = 48;
/** Rates are constants of the application; more of them are a mistake that must not grow. */
const MAX_RATES = 100;

export interface LineWriterOptions {
  readonly slots: SlotTable;
  readonly fragments: Fragments;
  readonly syntax: LineSyntax;
  readonly packets: Packets;
  readonly ledger: SampleLedger;
  /** Called when a negative value of a distribution is dropped, which no server takes as `ms`. */
  readonly onNegative: () => void;
}

/**
 * Slots and values into lines: `name[tags]:value|type[|@rate][tags]\n`, from fragments encoded once per series.
 *
 * @see https://github.com/statsd/statsd/blob/master/docs/metric_types.md
 */
export class LineWriter implements WindowWriter {
  readonly #slots: SlotTable;
  readonly #fragments: Fragments;
  readonly #packets: Packets;
  readonly #ledger: SampleLedger;
  readonly #onNegative: () => void;
  readonly #tagsInName: boolean;
  readonly #firstTag: Uint8Array;
  readonly #nextTag: Uint8Array;
  readonly #rates = new Map<number, Uint8Array>();
  /** The value of the line being written. */
  readonly #value = new Uint8Array(LONGEST_DECIMAL);

  constructor(options: LineWriterOptions) {
    this.#slots = options.slots;
    this.#fragments = options.fragments;
    this.#packets = options.packets;
    this.#ledger = options.ledger;
    this.#onNegative = options.onNegative;
    this.#tagsInName = options.syntax.tagsInName;
    this.#firstTag = ascii(options.syntax.firstTag);
    this.#nextTag = ascii(options.syntax.nextTag);
  }

  get ready(): boolean {
    return this.#packets.ready;
  }

  get burstFull(): boolean {
    return this.#packets.burstFull;
  }

  beginBurst(): void {
    this.#packets.beginBurst();
  }

  counter(slot: number, sum: number, samples: number): void {
    const length = writeDecimal(sum, this.#value, 0);
    this.#write(slot, TYPES.counter, this.#value, length, NOTHING, samples);
  }

  /**
   * Servers take a signed gauge for a change, unless the gauge is zero: a negative value is preceded by a zero, in the
   * same packet so that nothing comes in between.
   */
  gauge(slot: number, value: number, samples: number): void {
    const length = writeDecimal(value, this.#value, 0);
    this.#write(slot, TYPES.gauge, this.#value, length, NOTHING, samples, value < 0);
  }

  values(slot: number, values: Float64Array, from: number, to: number, inverse: number): number {
    const kind = this.#slots.kind(slot);
    const rate = this.#rate(inverse);
    let index = from;
    do {
      const value = values[index]!;
      index += 1;
      if (value < 0 && (kind === 'distribution' || kind === 'timing')) {
        this.#ledger.lose(1, 'negative_distribution');
        this.#onNegative();
        continue;
      }
      const length = writeDecimal(value, this.#value, 0);
      this.#write(slot, TYPES[kind], this.#value, length, rate, 1, kind === 'gauge' && value < 0);
    } while (index < to && this.#packets.ready && !this.#packets.burstFull);
    return index;
  }

  member(slot: number, member: string, samples: number): void {
    const text = ascii(sanitisedMember(member));
    this.#write(slot, TYPES.set, text, text.length, NOTHING, samples);
  }

  finish(): void {
    this.#packets.finish();
  }

  settled(): Promise<void> {
    return this.#packets.settled();
  }

  whenReady(): Promise<boolean> {
    return this.#packets.whenReady();
  }

  abandon(reason: string): void {
    this.#packets.abandon(reason);
  }

  #write(
    slot: number,
    type: Uint8Array,
    value: Uint8Array,
    valueLength: number,
    rate: Uint8Array,
    samples: number,
    zeroFirst = false,
  ): void {
    const around = this.#tagsLength(slot) + 1 + type.length + rate.length + 1;
    const length = around + valueLength + (zeroFirst ? around + 1 : 0);
    const start = this.#packets.reserve(length);
    if (start < 0) {
      this.#ledger.lose(samples, 'line_too_long');
      return;
    }
    const target = this.#packets.buffer;
    let at = this.#writeName(slot, target, start);
    if (zeroFirst) {
      target[at] = ZERO;
      at = this.#writeEnd(slot, type, rate, target, at + 1);
      at = this.#writeName(slot, target, at);
    }
    for (let i = 0; i < valueLength; i += 1) target[at + i] = value[i]!;
    this.#writeEnd(slot, type, rate, target, at + valueLength);
    this.#packets.commit(length, samples);
  }

  /** The name and, where they belong to it, the tags, and the colon. */
  #writeName(slot: number, target: Uint8Array, start: number): number {
    let at = put(this.#fragments.bytes(this.#slots.fragment(slot, 0)), target, start);
    if (this.#tagsInName) at = this.#writeTags(slot, target, at);
    target[at] = COLON;
    return at + 1;
  }

  #writeEnd(slot: number, type: Uint8Array, rate: Uint8Array, target: Uint8Array, start: number): number {
    let at = put(rate, target, put(type, target, start));
    if (!this.#tagsInName) at = this.#writeTags(slot, target, at);
    target[at] = NEWLINE;
    return at + 1;
  }

  #writeTags(slot: number, target: Uint8Array, start: number): number {
    const count = this.#slots.fragments(slot);
    let at = start;
    for (let index = 1; index < count; index += 1) {
      at = put(index === 1 ? this.#firstTag : this.#nextTag, target, at);
      at = put(this.#fragments.bytes(this.#slots.fragment(slot, index)), target, at);
    }
    return at;
  }

  /** Bytes of the name and the tags. */
  #tagsLength(slot: number): number {
    const count = this.#slots.fragments(slot);
    let length = count > 1 ? this.#firstTag.length + (count - 2) * this.#nextTag.length : 0;
    for (let index = 0; index < count; index += 1) {
      length += this.#fragments.bytes(this.#slots.fragment(slot, index)).length;
    }
    return length;
  }

  #rate(inverse: number): Uint8Array {
    if (inverse === 1) return NOTHING;
    let rate = this.#rates.get(inverse);
    if (rate === undefined) {
      if (this.#rates.size >= MAX_RATES) this.#rates.clear();
      rate = ascii(`|@${plainDecimal(1 / inverse)}`);
      this.#rates.set(inverse, rate);
    }
    return rate;
  }
}

/** Copies bytes and answers where they end. A native copy costs more than a few stores. */
function put(bytes: Uint8Array, target: Uint8Array, start: number): number {
  const { length } = bytes;
  if (length > 24) target.set(bytes, start);
  else for (let i = 0; i < length; i += 1) target[start + i] = bytes[i]!;
  return start + length;
}
