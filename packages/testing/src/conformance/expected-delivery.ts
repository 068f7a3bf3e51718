import assert from 'node:assert/strict';
import type { MetricKind, Series } from '@metrics/core';
import type { Capabilities, Delivered, DeliveredSample } from './backend-under-test.js';

/** Beyond six standard deviations lies one honest draw in a billion. */
const DEVIATIONS = 6;

/** What the suite itself recorded, as it must arrive, to be compared with what did. */
export class Ledger {
  readonly #capabilities: Capabilities;
  readonly #accounts = new Map<string, Account>();
  readonly #events: string[] = [];
  readonly #serviceChecks: string[] = [];

  constructor(capabilities: Capabilities) {
    this.#capabilities = capabilities;
  }

  value(series: Series, value: number, sampleRate: number): void {
    const account = this.#account(series);
    if (account === undefined) return;
    account.values.push(value);
    if (!this.#capabilities.sampled.includes(series.kind) || sampleRate >= 1) return;
    account.drawn = true;
    // Of the estimate: a kept sample stands for 1/rate samples.
    account.variance += (series.kind === 'counter' ? value * value : 1) * ((1 - sampleRate) / sampleRate);
  }

  valueAt(series: Series, value: number, epochSeconds: number): void {
    const times = this.#account(series)?.timestamped;
    times?.set(epochSeconds, [...(times.get(epochSeconds) ?? []), value]);
  }

  member(series: Series, member: string): void {
    this.#account(series)?.members.add(member);
  }

  event(title: string, text: string): void {
    this.#events.push(JSON.stringify([title, text]));
  }

  serviceCheck(name: string, status: string): void {
    this.#serviceChecks.push(JSON.stringify([name, status]));
  }

  /** @throws AssertionError where what arrived is not what was recorded. */
  compare({ samples, events, serviceChecks }: Delivered): void {
    const arrived = new Map<string, DeliveredSample[]>();
    for (const sample of samples) {
      const identity = this.#identity(sample.kind, sample);
      assert.ok(this.#accounts.has(identity), `arrived, but was never recorded: ${identity}`);
      const known = arrived.get(identity);
      if (known === undefined) arrived.set(identity, [sample]);
      else known.push(sample);
    }
    for (const [identity, account] of this.#accounts) compareAccount(identity, account, arrived.get(identity) ?? []);
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

  /** `undefined` for a kind that cannot arrive. */
  #account(series: Series): Account | undefined {
    const { kinds, instance } = this.#capabilities;
    const kind = kinds[series.kind];
    if (kind === undefined) return undefined;
    const suffixed = instance === 'suffix' && series.instance !== undefined;
    const tagged = instance === 'tag' && series.instance !== undefined;
    const identity = this.#identity(kind, {
      name: suffixed ? `${series.name}.${series.instance}` : series.name,
      instance: series.instance,
      tags: tagged ? { ...series.tags, instance: series.instance } : series.tags,
    });
    const known = this.#accounts.get(identity);
    if (known !== undefined) return known;
    const account: Account = {
      kind,
      values: [],
      members: new Set(),
      timestamped: new Map(),
      drawn: false,
      variance: 0,
    };
    this.#accounts.set(identity, account);
    return account;
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
interface Account {
  readonly kind: MetricKind;
  readonly values: number[];
  readonly members: Set<string>;
  /** Values with a time of their own, by that time. */
  readonly timestamped: Map<number, number[]>;
  /** Some samples were drawn, so the values are to be estimated. */
  drawn: boolean;
  variance: number;
}

function compareAccount(identity: string, account: Account, arrived: readonly DeliveredSample[]): void {
  const { kind, values, members } = account;
  const plain = arrived.filter((sample) => sample.timestamp === undefined);
  for (const { timestamp } of arrived)
    assert.ok(timestamp === undefined || account.timestamped.has(timestamp), `${identity} arrived as of ${timestamp}`);
  for (const [time, recorded] of account.timestamped) {
    const ofThatTime = arrived.filter(({ timestamp }) => timestamp === time).map(({ value = Number.NaN }) => value);
    const reduce = kind === 'counter' ? sum : last;
    assert.equal(reduce(ofThatTime), reduce(recorded), `value of ${identity} with timestamp ${time}`);
  }
  if (kind === 'set') {
    assert.deepEqual(new Set(plain.map((sample) => sample.member)), members, `members of ${identity}`);
  } else if (kind === 'gauge') {
    assert.equal(plain.at(-1)?.value, values.at(-1), `last value of ${identity}`);
  } else if (account.drawn) {
    const expected = kind === 'counter' ? sum(values) : values.length;
    const estimate = sum(plain.map(({ value = 0, sampleRate = 1 }) => (kind === 'counter' ? value : 1) / sampleRate));
    const tolerance = DEVIATIONS * Math.sqrt(account.variance);
    assert.ok(
      Math.abs(estimate - expected) <= tolerance,
      `${identity}: what arrived stands for ${estimate}, recorded was ${expected} (± ${tolerance})`,
    );
  } else if (kind === 'counter') {
    assert.equal(sum(plain.map(({ value = 0 }) => value)), sum(values), `sum of ${identity}`);
  } else if (plain.some((sample) => sample.count !== undefined)) {
    const summary = plain.map(({ value = 0, count = 1 }) => ({ total: value * count, count }));
    assert.equal(sum(summary.map(({ count }) => count)), values.length, `number of values of ${identity}`);
    const total = sum(summary.map((part) => part.total));
    const tolerance = 1e-9 * sum(values.map(Math.abs));
    assert.ok(Math.abs(total - sum(values)) <= tolerance, `${identity}: values of ${total} in all, not ${sum(values)}`);
  } else {
    assert.deepEqual(inOrder(plain.map(({ value = Number.NaN }) => value)), inOrder(values), `values of ${identity}`);
  }
}

function last(values: readonly number[]): number | undefined {
  return values.at(-1);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function inOrder(values: readonly number[]): number[] {
  return [...values].sort((one, other) => one - other);
}
