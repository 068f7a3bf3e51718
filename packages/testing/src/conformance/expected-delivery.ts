import assert from 'node:assert/strict';
import type { MetricKind, Series } from '@metrics/core';
import type { Capabilities, Delivered, DeliveredSample } from './backend-under-test.js';

/** Standard deviations that an estimate may be off. A correct backend exceeds six once in a billion draws. */
const MAX_DEVIATIONS = 6;

/** Everything that a check recorded, in the form in which it must arrive. */
export class ExpectedDelivery {
  readonly #capabilities: Capabilities;
  readonly #series = new Map<string, ExpectedSeries>();
  /** The last sample of each series that a cumulative receiver showed. */
  readonly #latest = new Map<string, DeliveredSample>();
  readonly #events: string[] = [];
  readonly #serviceChecks: string[] = [];

  constructor(capabilities: Capabilities) {
    this.#capabilities = capabilities;
  }

  value(series: Series, value: number, sampleRate: number): void {
    const expected = this.#expectedSeries(series);
    if (expected === undefined) return;
    if (this.#capabilities.monotonic === true && series.kind === 'counter' && value < 0) return;
    expected.values.push(value);
    if (!this.#capabilities.sampled.includes(series.kind) || sampleRate >= 1) return;
    expected.isSampled = true;
    // The variance of the estimate: a kept sample counts as 1/rate samples.
    expected.variance += (series.kind === 'counter' ? value * value : 1) * ((1 - sampleRate) / sampleRate);
  }

  valueAt(series: Series, value: number, epochSeconds: number): void {
    const times = this.#expectedSeries(series)?.timestamped;
    times?.set(epochSeconds, [...(times.get(epochSeconds) ?? []), value]);
  }

  member(series: Series, member: string): void {
    this.#expectedSeries(series)?.members.add(member);
  }

  event(title: string, text: string): void {
    this.#events.push(JSON.stringify([title, text]));
  }

  serviceCheck(name: string, status: string): void {
    this.#serviceChecks.push(JSON.stringify([name, status]));
  }

  /** @throws {AssertionError} if something recorded did not arrive, or something else did. */
  compare({ samples, events, serviceChecks }: Delivered): void {
    const arrived = new Map<string, DeliveredSample[]>();
    for (const sample of samples) {
      const identity = this.#identity(sample.kind, sample);
      assert.ok(this.#series.has(identity), `arrived, but was never recorded: ${identity}`);
      const known = arrived.get(identity);
      if (known === undefined) arrived.set(identity, [sample]);
      else known.push(sample);
      if (this.#capabilities.cumulative === true) this.#latest.set(identity, sample);
    }
    for (const [identity, sample] of this.#latest) arrived.set(identity, [sample]);
    for (const [identity, expected] of this.#series) compareSeries(identity, expected, arrived.get(identity) ?? []);
    if (events !== undefined) {
      assert.deepEqual(
        events.map(({ title, text }) => JSON.stringify([title, text])),
        this.#events,
        'the events that arrived',
      );
    }
    if (serviceChecks !== undefined) {
      assert.deepEqual(
        serviceChecks.map(({ name, status }) => JSON.stringify([name, status])),
        this.#serviceChecks,
        'the service checks that arrived',
      );
    }
  }

  /** Returns the series as the receiver sees it, or undefined if the backend does not carry its kind. */
  #expectedSeries(series: Series): ExpectedSeries | undefined {
    const { kinds, instance } = this.#capabilities;
    const kind = kinds[series.kind];
    if (kind === undefined) return undefined;
    const suffixed = instance === 'suffix' && series.instance !== undefined;
    const tagged = instance === 'tag' && series.instance !== undefined;
    const identity = this.#identity(kind, {
      name: suffixed ? `${series.name}.${series.instance}` : series.name,
      instance: series.instance,
      tags: Object.fromEntries(tagged ? [...series.tags, ['instance', series.instance]] : series.tags),
    });
    const known = this.#series.get(identity);
    if (known !== undefined) return known;
    const expected: ExpectedSeries = {
      kind,
      values: [],
      members: new Set(),
      buckets: series.buckets,
      timestamped: new Map(),
      isSampled: false,
      variance: 0,
    };
    this.#series.set(identity, expected);
    return expected;
  }

  #identity(kind: MetricKind, { name, instance, tags = {} }: Omit<DeliveredSample, 'kind'>): string {
    const pairs = Object.keys(tags)
      .sort()
      .map((key) => `${JSON.stringify(key)}: ${JSON.stringify(tags[key])}`);
    const parts = [kind, name];
    if (this.#capabilities.tags === 'kept') parts.push(`{${pairs.join(', ')}}`);
    if (this.#capabilities.instance === 'field' && instance !== undefined) parts.push(`of instance ${instance}`);
    return parts.join(' ');
  }
}

/** One series as the receiver sees it. */
interface ExpectedSeries {
  readonly kind: MetricKind;
  readonly values: number[];
  readonly members: Set<string>;
  readonly buckets: readonly number[] | undefined;
  /** Values with their own timestamp, by timestamp. */
  readonly timestamped: Map<number, number[]>;
  /** True if some samples were drawn by rate, so that the receiver can only estimate the values. */
  isSampled: boolean;
  variance: number;
}

function compareSeries(identity: string, expected: ExpectedSeries, arrived: readonly DeliveredSample[]): void {
  const { kind, values, members } = expected;
  const plain = arrived.filter((sample) => sample.timestamp === undefined);
  for (const { timestamp } of arrived)
    assert.ok(timestamp === undefined || expected.timestamped.has(timestamp), `${identity} arrived as of ${timestamp}`);
  for (const [time, recorded] of expected.timestamped) {
    const ofThatTime = arrived.filter(({ timestamp }) => timestamp === time).map(({ value = Number.NaN }) => value);
    const reduce = kind === 'counter' ? sum : last;
    assert.equal(reduce(ofThatTime), reduce(recorded), `value of ${identity} with timestamp ${time}`);
  }
  if (kind === 'set') {
    assert.deepEqual(new Set(plain.map((sample) => sample.member)), members, `members of ${identity}`);
  } else if (kind === 'gauge' && members.size > 0) {
    assert.equal(plain.at(-1)?.value, members.size, `number of members of ${identity}`);
  } else if (kind === 'gauge') {
    assert.equal(plain.at(-1)?.value, values.at(-1), `last value of ${identity}`);
  } else if (expected.isSampled) {
    const recorded = kind === 'counter' ? sum(values) : values.length;
    const estimate = sum(plain.map(({ value = 0, sampleRate = 1 }) => (kind === 'counter' ? value : 1) / sampleRate));
    const tolerance = MAX_DEVIATIONS * Math.sqrt(expected.variance);
    assert.ok(
      Math.abs(estimate - recorded) <= tolerance,
      `${identity}: ${estimate} arrived by the rates, ${recorded} (± ${tolerance}) was recorded`,
    );
  } else if (kind === 'counter') {
    assert.equal(sum(plain.map(({ value = 0 }) => value)), sum(values), `sum of ${identity}`);
  } else if (plain.some((sample) => sample.count !== undefined)) {
    const summary = plain.map(({ value = 0, count = 1 }) => ({ total: value * count, count }));
    assert.equal(sum(summary.map(({ count }) => count)), values.length, `number of values of ${identity}`);
    const total = sum(summary.map((part) => part.total));
    const tolerance = 1e-9 * sum(values.map(Math.abs));
    assert.ok(
      Math.abs(total - sum(values)) <= tolerance,
      `${identity}: the values add up to ${total}, not ${sum(values)}`,
    );
    compareBuckets(identity, expected, plain.at(-1)?.bucketCounts);
  } else {
    assert.deepEqual(
      sortNumbers(plain.map(({ value = Number.NaN }) => value)),
      sortNumbers(values),
      `values of ${identity}`,
    );
  }
}

/** Compares the buckets of a summary, if the receiver read any, with those of the declaration, if it has any. */
function compareBuckets(
  identity: string,
  { buckets, values }: ExpectedSeries,
  arrived: DeliveredSample['bucketCounts'],
): void {
  if (buckets === undefined || arrived === undefined) return;
  assert.deepEqual(
    arrived,
    buckets.map((bound) => [bound, values.filter((value) => value <= bound).length]),
    `buckets of ${identity}`,
  );
}

function last(values: readonly number[]): number | undefined {
  return values.at(-1);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function sortNumbers(values: readonly number[]): number[] {
  return [...values].sort((one, other) => one - other);
}
