// The writer of a drain: samples into lines.
import type { SampleAccounting, SampleWriter, SlotKind, SlotTable } from '@metrics/aggregation';
import type { PacketQueue } from '../packet-queue.js';
import { formatRate, MAX_DECIMAL_LENGTH, writeDecimal } from './decimal.js';
import { encodeAscii, type Fragments } from './fragments.js';
import type { LineDialect } from './line-dialect.js';
import { copyBytes, LineFrame } from './line-frame.js';
import { escapeSetMember } from './sanitize.js';
import type { TagEncoder } from './tag-encoder.js';

/** The greatest double that fits an integer of 64 bits. */
const MAX_INT64 = 2 ** 63 - 1024;
/** A sum is whole if it misses that by no more, as ten times 0.1 does. */
const ROUNDING_ERROR = 1e-9;
const NO_BYTES = encodeAscii('');
const COLON = 58;
const ZERO = 48;
/** Number of encoded rates that are kept. Most applications use a few; reservoirs use many, whose memory must not grow. */
const MAX_RATES = 100;

export interface LineWriterOptions {
  readonly slots: SlotTable;
  readonly fragments: Fragments;
  readonly tagEncoder: TagEncoder;
  readonly dialect: LineDialect;
  readonly packets: PacketQueue;
  readonly accounting: SampleAccounting;
}

/**
 * Writes samples as lines into packets: `name[tags]:value[:value…]|type[|@rate][tags][suffix]\n`.
 *
 * @see https://github.com/statsd/statsd/blob/master/docs/metric_types.md
 */
export class LineWriter implements SampleWriter {
  readonly #slots: SlotTable;
  readonly #packets: PacketQueue;
  readonly #accounting: SampleAccounting;
  readonly #dialect: LineDialect;
  readonly #frame: LineFrame;
  readonly #types: Readonly<Record<SlotKind, Uint8Array>>;
  /** Encoded rates by sample weight. */
  readonly #rates = new Map<number, Uint8Array>();
  /** The value of the line being written. */
  readonly #value = new Uint8Array(MAX_DECIMAL_LENGTH);

  constructor({ slots, fragments, tagEncoder, dialect, packets, accounting }: LineWriterOptions) {
    this.#slots = slots;
    this.#packets = packets;
    this.#accounting = accounting;
    this.#dialect = dialect;
    this.#frame = new LineFrame({ slots, fragments, tagEncoder, lineSuffix: dialect.lineSuffix });
    this.#types = {
      counter: encodeAscii(`|${dialect.types.counter}`),
      gauge: encodeAscii(`|${dialect.types.gauge}`),
      timing: encodeAscii(`|${dialect.types.timing}`),
      distribution: encodeAscii(`|${dialect.types.distribution}`),
      histogram: encodeAscii(`|${dialect.types.histogram}`),
      set: encodeAscii(`|${dialect.types.set}`),
    };
  }

  counterRemainder(sum: number): number {
    return this.#dialect.integerCounters ? sum - nearestReadable(sum) : 0;
  }

  counter(slot: number, sum: number, samples: number): void {
    const length = writeDecimal(sum, this.#value, 0);
    this.#write(slot, this.#types.counter, this.#value, length, NO_BYTES, samples);
  }

  gauge(slot: number, value: number, samples: number): void {
    const length = writeDecimal(value, this.#value, 0);
    this.#write(slot, this.#types.gauge, this.#value, length, NO_BYTES, samples, this.#needsZero(value));
  }

  values(slot: number, values: Float64Array, from: number, to: number, sampleWeight: number): number {
    const kind = this.#slots.kind(slot);
    const type = this.#types[kind];
    const rate = this.#rate(sampleWeight);
    const isPacked = this.#dialect.packedKinds.includes(kind);
    let index = from;
    do {
      if (isPacked) {
        index = this.#pack(slot, type, values, index, to, rate);
        continue;
      }
      const value = values[index]!;
      index += 1;
      if (value < 0 && !this.#dialect.acceptsNegativeValues && kind !== 'counter' && kind !== 'gauge') {
        this.#accounting.dropInFlight(1, 'negative_distribution');
        continue;
      }
      const length = writeDecimal(value, this.#value, 0);
      this.#write(slot, type, this.#value, length, rate, 1, kind === 'gauge' && this.#needsZero(value));
    } while (index < to && this.#packets.ready && !this.#packets.burstFull);
    return index;
  }

  member(slot: number, member: string, samples: number): void {
    const bytes = encodeAscii(escapeSetMember(member));
    this.#write(slot, this.#types.set, bytes, bytes.length, NO_BYTES, samples);
  }

  line(bytes: Uint8Array, samples: number): void {
    const start = this.#packets.reserve(bytes.length);
    if (start < 0) return this.#accounting.dropInFlight(samples, 'line_too_long');
    copyBytes(bytes, this.#packets.buffer, start);
    this.#packets.commit(bytes.length, samples);
  }

  /** Returns the line of a counter or gauge sample with a timestamp, for servers that understand one. */
  encodeTimestamped(slot: number, value: number, epochSeconds: number): Uint8Array {
    const type = this.#types[this.#slots.kind(slot)];
    const timestamp = encodeAscii(`|T${Math.floor(epochSeconds)}`);
    const length = writeDecimal(value, this.#value, 0);
    const line = new Uint8Array(this.#frame.length(slot) + length + type.length + timestamp.length);
    const at = copyBytes(this.#value.subarray(0, length), line, this.#frame.writePrefix(slot, line, 0));
    this.#frame.writeSuffix(slot, line, copyBytes(type, line, at), timestamp);
    return line;
  }

  /**
   * Returns true if a zero has to precede the value. Servers that add a signed value to a gauge read the sign of a gauge
   * that is zero as part of the value. Both lines are in one packet, so that no other line comes between them.
   */
  #needsZero(value: number): boolean {
    return value < 0 && this.#dialect.signedGaugeIsDelta;
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
    const lengthAround = this.#frame.length(slot) + type.length + rate.length;
    const length = lengthAround + valueLength + (zeroFirst ? lengthAround + 1 : 0);
    const start = this.#packets.reserve(length);
    if (start < 0) return this.#accounting.dropInFlight(samples, 'line_too_long');
    const target = this.#packets.buffer;
    let at = this.#frame.writePrefix(slot, target, start);
    if (zeroFirst) {
      target[at] = ZERO;
      at = this.#frame.writeSuffix(slot, target, copyBytes(rate, target, copyBytes(type, target, at + 1)));
      at = this.#frame.writePrefix(slot, target, at);
    }
    for (let i = 0; i < valueLength; i += 1) target[at + i] = value[i]!;
    this.#frame.writeSuffix(slot, target, copyBytes(rate, target, copyBytes(type, target, at + valueLength)));
    this.#packets.commit(length, samples);
  }

  /** Writes one line with as many values as the packet has room for. Returns the index of the first value that is left. */
  #pack(slot: number, type: Uint8Array, values: Float64Array, from: number, to: number, rate: Uint8Array): number {
    const lengthAround = this.#frame.length(slot) + type.length + rate.length;
    let length = writeDecimal(values[from]!, this.#value, 0);
    const start = this.#packets.reserve(lengthAround + length);
    if (start < 0) {
      this.#accounting.dropInFlight(1, 'line_too_long');
      return from + 1;
    }
    const target = this.#packets.buffer;
    const firstValue = this.#frame.writePrefix(slot, target, start);
    const limit = target.length - lengthAround + (firstValue - start);
    let at = copyBytes(this.#value.subarray(0, length), target, firstValue);
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
      at = copyBytes(this.#value.subarray(0, length), target, at + 1);
    }
    at = this.#frame.writeSuffix(slot, target, copyBytes(rate, target, copyBytes(type, target, at)));
    this.#packets.commit(at - start, index - from);
    return index;
  }

  #rate(sampleWeight: number): Uint8Array {
    if (sampleWeight === 1) return NO_BYTES;
    let rate = this.#rates.get(sampleWeight);
    if (rate === undefined) {
      if (this.#rates.size >= MAX_RATES) this.#rates.clear();
      rate = encodeAscii(`|@${formatRate(sampleWeight)}`);
      this.#rates.set(sampleWeight, rate);
    }
    return rate;
  }
}

/** Returns the sum as an integer that a server reads: without its fraction, and not beyond 64 bits. */
function nearestReadable(sum: number): number {
  const rounded = Math.round(sum);
  const whole = Math.abs(sum - rounded) < ROUNDING_ERROR ? rounded : Math.trunc(sum);
  return Math.max(-MAX_INT64, Math.min(MAX_INT64, whole));
}
