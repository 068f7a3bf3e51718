import type { SampleAccounting, SampleWriter, SlotKind, SlotTable } from '@metrics/aggregation';
import type { PacketQueue } from '../packet-queue.js';
import { MAX_DECIMAL_LENGTH, writeDecimal } from './decimal.js';
import { encodeAscii, type Fragments } from './fragments.js';
import { etsyDialect, type LineDialect } from './line-dialect.js';
import { LineParts, put } from './line-frame.js';
import { rateText } from './rate-text.js';
import { escapeSetMember } from './sanitize.js';
import type { TagEncoder } from './tag-encoder.js';

const NOTHING = encodeAscii('');
const COLON = 58;
const ZERO = 48;
/** Rates are constants of the application; more of them are a mistake, or reservoirs, and must not grow. */
const MAX_RATES = 100;

export interface LineWriterOptions {
  readonly slots: SlotTable;
  readonly fragments: Fragments;
  readonly tagEncoder: TagEncoder;
  /** @default plain StatsD */
  readonly dialect?: LineDialect | undefined;
  readonly packets: PacketQueue;
  readonly accounting: SampleAccounting;
  /** Called when a negative timing or value of a distribution is dropped, where no server takes it. */
  readonly onNegative: () => void;
}

/**
 * Slots and values into lines: `name[tags]:value[:value…]|type[|@rate][tags][tail]\n`. A little long, because its ways to
 * write a value share one line.
 *
 * @see https://github.com/statsd/statsd/blob/master/docs/metric_types.md
 */
export class LineWriter implements SampleWriter {
  readonly #slots: SlotTable;
  readonly #packets: PacketQueue;
  readonly #ledger: SampleAccounting;
  readonly #onNegative: () => void;
  readonly #rules: LineDialect;
  readonly #parts: LineParts;
  readonly #types: Readonly<Record<SlotKind, Uint8Array>>;
  readonly #rates = new Map<number, Uint8Array>();
  /** The value of the line being written. */
  readonly #value = new Uint8Array(MAX_DECIMAL_LENGTH);

  constructor(options: LineWriterOptions) {
    const { slots, fragments, tagEncoder: syntax, dialect: rules = etsyDialect } = options;
    this.#slots = slots;
    this.#packets = options.packets;
    this.#ledger = options.accounting;
    this.#onNegative = options.onNegative;
    this.#rules = rules;
    this.#parts = new LineParts({ slots, fragments, syntax, tail: rules.lineSuffix });
    this.#types = {
      counter: encodeAscii(`|${rules.types.counter}`),
      gauge: encodeAscii(`|${rules.types.gauge}`),
      timing: encodeAscii(`|${rules.types.timing}`),
      distribution: encodeAscii(`|${rules.types.distribution}`),
      histogram: encodeAscii(`|${rules.types.histogram}`),
      set: encodeAscii(`|${rules.types.set}`),
    };
  }

  counter(slot: number, sum: number, samples: number): void {
    const length = writeDecimal(sum, this.#value, 0);
    this.#write(slot, this.#types.counter, this.#value, length, NOTHING, samples);
  }

  gauge(slot: number, value: number, samples: number): void {
    const length = writeDecimal(value, this.#value, 0);
    this.#write(slot, this.#types.gauge, this.#value, length, NOTHING, samples, this.#needsZero(value));
  }

  values(slot: number, values: Float64Array, from: number, to: number, inverse: number): number {
    const kind = this.#slots.kind(slot);
    const type = this.#types[kind];
    const rate = this.#rate(inverse);
    const isPacked = this.#rules.packedKinds.includes(kind);
    let index = from;
    do {
      if (isPacked) {
        index = this.#pack(slot, type, values, index, to, rate);
        continue;
      }
      const value = values[index]!;
      index += 1;
      if (value < 0 && !this.#rules.acceptsNegativeValues && kind !== 'counter' && kind !== 'gauge') {
        this.#ledger.dropInFlight(1, 'negative_distribution');
        this.#onNegative();
        continue;
      }
      const length = writeDecimal(value, this.#value, 0);
      this.#write(slot, type, this.#value, length, rate, 1, kind === 'gauge' && this.#needsZero(value));
    } while (index < to && this.#packets.ready && !this.#packets.burstFull);
    return index;
  }

  member(slot: number, member: string, samples: number): void {
    const text = encodeAscii(escapeSetMember(member));
    this.#write(slot, this.#types.set, text, text.length, NOTHING, samples);
  }

  line(bytes: Uint8Array, samples: number): void {
    const start = this.#packets.reserve(bytes.length);
    if (start < 0) return this.#ledger.dropInFlight(samples, 'line_too_long');
    put(bytes, this.#packets.buffer, start);
    this.#packets.commit(bytes.length, samples);
  }

  /** The line of a counter's amount or a gauge's value at a time of its own, for servers that take one. */
  timestamped(slot: number, value: number, epochSeconds: number): Uint8Array {
    const type = this.#types[this.#slots.kind(slot)];
    const time = encodeAscii(`|T${Math.floor(epochSeconds)}`);
    const length = writeDecimal(value, this.#value, 0);
    const line = new Uint8Array(this.#parts.length(slot) + length + type.length + time.length);
    const at = put(this.#value.subarray(0, length), line, this.#parts.writeBegin(slot, line, 0));
    this.#parts.writeEnd(slot, line, put(type, line, at), time);
    return line;
  }

  /**
   * Such servers take a signed gauge for a change, unless the gauge is zero: a negative value is preceded by a zero, in
   * the same packet so that nothing comes in between.
   */
  #needsZero(value: number): boolean {
    return value < 0 && this.#rules.signedGaugeIsDelta;
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
    const around = this.#parts.length(slot) + type.length + rate.length;
    const length = around + valueLength + (zeroFirst ? around + 1 : 0);
    const start = this.#packets.reserve(length);
    if (start < 0) return this.#ledger.dropInFlight(samples, 'line_too_long');
    const target = this.#packets.buffer;
    let at = this.#parts.writeBegin(slot, target, start);
    if (zeroFirst) {
      target[at] = ZERO;
      at = this.#parts.writeEnd(slot, target, put(rate, target, put(type, target, at + 1)));
      at = this.#parts.writeBegin(slot, target, at);
    }
    for (let i = 0; i < valueLength; i += 1) target[at + i] = value[i]!;
    this.#parts.writeEnd(slot, target, put(rate, target, put(type, target, at + valueLength)));
    this.#packets.commit(length, samples);
  }

  /** Writes one line with as many values as the packet has room for. Answers the index of the first that is left. */
  #pack(slot: number, type: Uint8Array, values: Float64Array, from: number, to: number, rate: Uint8Array): number {
    const around = this.#parts.length(slot) + type.length + rate.length;
    let length = writeDecimal(values[from]!, this.#value, 0);
    const start = this.#packets.reserve(around + length);
    if (start < 0) {
      this.#ledger.dropInFlight(1, 'line_too_long');
      return from + 1;
    }
    const target = this.#packets.buffer;
    const begin = this.#parts.writeBegin(slot, target, start);
    const limit = target.length - around + (begin - start);
    let at = put(this.#value.subarray(0, length), target, begin);
    let index = from + 1;
    for (; index < to; index += 1) {
      if (at + 1 + MAX_DECIMAL_LENGTH <= limit) {
        target[at] = COLON;
        at = writeDecimal(values[index]!, target, at + 1);
        continue;
      }
      length = writeDecimal(values[index]!, this.#value, 0);
      if (at + 1 + length > limit) break;
      target[at] = COLON;
      at = put(this.#value.subarray(0, length), target, at + 1);
    }
    at = this.#parts.writeEnd(slot, target, put(rate, target, put(type, target, at)));
    this.#packets.commit(at - start, index - from);
    return index;
  }

  #rate(inverse: number): Uint8Array {
    if (inverse === 1) return NOTHING;
    let rate = this.#rates.get(inverse);
    if (rate === undefined) {
      if (this.#rates.size >= MAX_RATES) this.#rates.clear();
      rate = encodeAscii(`|@${rateText(inverse)}`);
      this.#rates.set(inverse, rate);
    }
    return rate;
  }
}
