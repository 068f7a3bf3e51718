// Reads totals as the data points of OpenTelemetry, and knows which samples they are of.
import {
  type BucketRows,
  type Family,
  type SampleAccounting,
  Totals,
  type TotalsConfiguration,
} from '@metrics/aggregation';
import { grow, type Interner } from '@metrics/core/backend';
import { countOf, type ExponentialCounts, ExponentialRows, exportBuckets } from './exponential-rows.js';
import { boundariesOf, describe, INSTRUMENTS, toHrTime } from './metric-data.js';
import { type DataPoint, type HrTime, type MetricData, Temporality } from './metric-types.js';

/** A part of an export. */
export interface Part {
  readonly metrics: MetricData[];
  readonly readings: Reading[];
  /** Milliseconds since the epoch. */
  readonly endedAt: number;
  readonly endTime: HrTime;
}

/** The samples that a data point is of. */
interface Reading {
  readonly slot: number;
  readonly samples: number;
  readonly isDelta: boolean;
  /** The sum taken away from the total, if it was. */
  readonly sum: number;
  /** The counts taken away from a histogram. */
  readonly counts: Float64Array | ExponentialCounts | undefined;
}

/** Common properties of the data points of a family in a part. */
interface PointContext {
  readonly isDelta: boolean;
  readonly boundaries: number[];
  readonly part: Part;
}

/** The totals of a backend, with the number of samples of each that no export has delivered yet. */
export class MetricReader {
  readonly totals: Totals;
  readonly #attributes: Interner;
  readonly #accounting: SampleAccounting;
  readonly #isPulled: boolean;
  /** By slot. Doubles count beyond 32 bits. */
  #unread = new Float64Array(16);
  #buffered = 0;
  #lastStart = 0;
  #lastStartTime: HrTime = [0, 0];

  /** @param isPulled true if the reader does not say what arrived: then samples are sent when they are recorded. */
  constructor(options: TotalsConfiguration, isPulled: boolean) {
    this.#attributes = options.labels;
    this.#accounting = options.accounting;
    this.#isPulled = isPulled;
    this.totals = new Totals({
      ...options,
      ...(!isPulled && {
        isUnread: (slot: number) => this.#unread[slot]! > 0,
        onForget: (slot: number) => this.#accounting.drop(this.#take(slot), 'forgotten'),
      }),
    });
  }

  /** Samples recorded and neither in an export under way nor delivered. */
  get buffered(): number {
    return this.#buffered;
  }

  /** Counts a sample that is in the total of a slot; of no slot if it is -1. */
  count(slot: number): void {
    if (slot < 0) return;
    this.#buffered += 1;
    if (this.#isPulled) return;
    if (slot >= this.#unread.length) this.#growTo(slot);
    this.#unread[slot]! += 1;
  }

  /** Counts all samples as sent, if readers do not say what arrived. */
  confirmAll(): void {
    this.#accounting.handOver(this.#buffered);
    this.#accounting.confirmSent(this.#buffered);
    this.#buffered = 0;
  }

  /** Drops all samples that no export has delivered. */
  dropAll(reason: string): void {
    this.#accounting.drop(this.#buffered, reason);
    this.#unread.fill(0);
    this.#buffered = 0;
  }

  /**
   * Yields all totals in parts, each of which is read when its turn comes. Delta totals are taken away: every part must be
   * passed to {@link confirm} or {@link restore}.
   */
  *parts(temporalityOf: (instrument: string) => number, maxPoints: number): Generator<Part, void> {
    let part = newPart();
    // A family that is freed and begins again meanwhile must not come twice.
    const families = [...this.totals.families];
    for (const family of families) {
      const { kind } = family.definition;
      const temporality = temporalityOf(INSTRUMENTS[kind]);
      const isDelta = temporality === Temporality.DELTA;
      const boundaries = boundariesOf(family);
      let metric: MetricData | undefined;
      for (const slot of family.slots()) {
        // A slot that was freed meanwhile may belong to another family.
        if (!this.totals.slots.isUsed(slot) || this.totals.family(slot) !== family) continue;
        if (isDelta && kind !== 'set' && !(this.#unread[slot]! > 0)) {
          this.totals.settle(slot, true);
          continue;
        }
        const point = this.#read(slot, family, { isDelta, boundaries, part });
        if (point === undefined) continue;
        if (metric === undefined) {
          metric = describe(family, temporality);
          part.metrics.push(metric);
        }
        metric.dataPoints.push(point);
        if (part.readings.length < maxPoints) continue;
        yield part;
        part = newPart();
        metric = undefined;
      }
    }
    if (part.readings.length > 0) yield part;
  }

  /** Counts the samples of a part as sent. */
  confirm({ readings, endedAt }: Part): void {
    for (const { slot, samples, isDelta } of readings) {
      this.#accounting.confirmSent(samples);
      if (isDelta) this.totals.restartAt(slot, endedAt);
      this.totals.slots.releaseSlot(slot);
      this.totals.settle(slot, isDelta);
    }
  }

  /** Ends the reading of a part by a reader that does not say what arrived. */
  release({ readings }: Part): void {
    for (const { slot } of readings) this.totals.slots.releaseSlot(slot);
  }

  /** Takes back the samples of a part that did not arrive: they are in the next export, from the same start. */
  restore({ readings }: Part): void {
    for (const { slot, samples, sum, counts } of readings) {
      this.#accounting.handOver(-samples);
      this.#unread[slot]! += samples;
      this.#buffered += samples;
      this.totals.slots.releaseSlot(slot);
      this.totals.addTo(slot, sum);
      const { rows } = this.totals.family(slot).definition;
      // The rows that the counts were taken from.
      if (counts !== undefined) (rows as BucketRows | ExponentialRows).add(this.totals.row(slot), counts as never);
      this.totals.settle(slot);
    }
  }

  #read(slot: number, family: Family, { isDelta, boundaries, part }: PointContext): DataPoint | undefined {
    const { readings, endedAt } = part;
    const { totals } = this;
    const { kind, divisor, rows } = family.definition;
    const total = totals.total(slot);
    // A gauge that was opened and has no value yet.
    if (Number.isNaN(total)) return undefined;
    const start = totals.startedAt(slot);
    const sum = total / divisor;
    let value: DataPoint['value'] = sum;
    let counts: Reading['counts'];
    if (rows instanceof ExponentialRows) {
      const row = totals.row(slot);
      const held = isDelta ? rows.take(row) : rows.counts(row);
      if (isDelta) counts = held;
      const { scale, zeroCount } = held;
      const [positive, negative] = [exportBuckets(held.positive), exportBuckets(held.negative)];
      value = { sum, count: countOf(held), scale, zeroCount, positive, negative };
    } else if (rows !== undefined) {
      const row = totals.row(slot);
      const held = (rows as BucketRows).counts(row).slice();
      if (isDelta) {
        counts = held;
        (rows as BucketRows).clear(row);
      }
      value = { sum, count: held.reduce((all, count) => all + count, 0), buckets: { boundaries, counts: [...held] } };
    }
    const isTaken = isDelta && INSTRUMENTS[kind] !== 'GAUGE';
    if (isTaken) totals.addTo(slot, -total);
    totals.slots.retainSlot(slot);
    const samples = this.#take(slot);
    this.#accounting.handOver(samples);
    readings.push({ slot, samples, isDelta, sum: isTaken ? total : 0, counts });
    const startTime = this.#toHrTime(start);
    const endTime = start > endedAt ? startTime : part.endTime;
    return { startTime, endTime, attributes: this.#attributesOf(slot), value };
  }

  /** Series that began together share their start. */
  #toHrTime(milliseconds: number): HrTime {
    if (milliseconds !== this.#lastStart) this.#lastStartTime = toHrTime(milliseconds);
    this.#lastStart = milliseconds;
    return this.#lastStartTime;
  }

  #attributesOf(slot: number): Record<string, string> {
    const { slots } = this.totals;
    const attributes: Record<string, string> = {};
    const count = slots.fragmentCount(slot);
    for (let index = 1; index < count; index += 2) {
      const key = this.#attributes.text(slots.fragment(slot, index));
      const value = this.#attributes.text(slots.fragment(slot, index + 1));
      // An assignment would change the prototype instead.
      if (key === '__proto__') Object.defineProperty(attributes, key, { value, enumerable: true });
      else attributes[key] = value;
    }
    return attributes;
  }

  /** Returns the samples of a slot, and sets them to 0. */
  #take(slot: number): number {
    const samples = this.#unread[slot] ?? 0;
    if (samples === 0) return 0;
    this.#unread[slot] = 0;
    this.#buffered -= samples;
    return samples;
  }

  #growTo(slot: number): void {
    while (slot >= this.#unread.length) this.#unread = grow(this.#unread);
  }
}

function newPart(): Part {
  const endedAt = Date.now();
  return { metrics: [], readings: [], endedAt, endTime: toHrTime(endedAt) };
}
