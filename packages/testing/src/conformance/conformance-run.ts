// Long, because it has all calls that a check can make, each of which is counted, expected and made in the same way.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type {
  BackendStats,
  MetricsBackend,
  MetricsEvent,
  Problem,
  Series,
  SeriesId,
  ServiceCheck,
} from '@metrics/core';
import type { BackendUnderTest, Capabilities, Fixture } from './backend-under-test.js';
import { CallCount } from './call-count.js';
import { checkProblem, checkStats } from './check-stats.js';
import { ExpectedDelivery } from './expected-delivery.js';
import { type SeriesInput, toSeries } from './series-input.js';
import { within } from './within.js';

/** The timeout of a backend that names none. */
export const DEFAULT_TIMEOUT_MS = 2000;
/** How many times the timeout of a call `delivered` may take. */
const READING_TIMEOUTS = 20;

/**
 * One run of a check: makes the calls, counts them, and compares them with the backend's stats and with what arrived.
 */
export class ConformanceRun {
  readonly backend: MetricsBackend;
  readonly capabilities: Capabilities;
  /** The problems that the backend reported. */
  readonly problems: Problem[] = [];
  /**
   * Seconds since the epoch, a full minute, so that backends that round timestamps keep it and none finds it too old.
   */
  readonly now: number = Math.floor(Date.now() / 60_000) * 60;
  readonly #fixture: Fixture;
  /** The name of the check. */
  readonly #check: string;
  readonly #timeout: number;
  readonly #expected: ExpectedDelivery;
  readonly #open = new Map<SeriesId, Series>();
  readonly #calls = new CallCount();
  #closing = false;
  #closed = false;
  #comparesDelivered = true;

  private constructor(
    fixture: Fixture,
    { capabilities, timeout = DEFAULT_TIMEOUT_MS }: BackendUnderTest,
    check: string,
  ) {
    this.#check = check;
    this.backend = fixture.backend;
    this.capabilities = capabilities;
    this.#fixture = fixture;
    this.#timeout = timeout;
    this.#expected = new ExpectedDelivery(capabilities);
  }

  /** Creates and starts a backend. `hostThrows` makes its host's `report` throw, which a host must never do. */
  static async create(backend: BackendUnderTest, check: string, hostThrows = false): Promise<ConformanceRun> {
    const { timeout = DEFAULT_TIMEOUT_MS } = backend;
    const fixture = await within(async () => backend.create(), { milliseconds: 2 * timeout, name: 'create', check });
    const run = new ConformanceRun(fixture, backend, check);
    const report = (problem: Problem) => {
      run.problems.push(problem);
      if (hostThrows) throw new Error('this host throws');
    };
    run.call('start', () => run.backend.start?.({ report, collect: () => {} }));
    return run;
  }

  /** Opens a series. Returns the same object that the backend received. */
  open(id: SeriesId, input: SeriesInput): Series {
    const series = toSeries(input);
    this.#open.set(id, toSeries(input));
    this.call('open', () => this.backend.open(id, series));
    return series;
  }

  /** @param ended true if an observer left the series out, false if it is only idle. */
  release(id: SeriesId, ended = false): void {
    this.#open.delete(id);
    this.call('release', () => this.backend.release(id, ended));
  }

  incr(id: SeriesId, amount = 1, sampleRate = 1): void {
    this.#count(id, (series) => this.#expected.value(series, amount, sampleRate));
    this.call('incr', () => this.backend.incr(id, amount, sampleRate));
  }

  gauge(id: SeriesId, value: number): void {
    this.#count(id, (series) => this.#expected.value(series, value, 1));
    this.call('gauge', () => this.backend.gauge(id, value));
  }

  timing(id: SeriesId, milliseconds: number, sampleRate = 1): void {
    this.#count(id, (series) => this.#expected.value(series, milliseconds, sampleRate));
    this.call('timing', () => this.backend.timing(id, milliseconds, sampleRate));
  }

  distribution(id: SeriesId, value: number, sampleRate = 1): void {
    this.#count(id, (series) => this.#expected.value(series, value, sampleRate));
    this.call('distribution', () => this.backend.distribution(id, value, sampleRate));
  }

  set(id: SeriesId, member: string): void {
    this.#count(id, (series) => this.#expected.member(series, member));
    this.call('set', () => this.backend.set(id, member));
  }

  /** Does nothing if the backend has no such method, as `event` and `serviceCheck` do. */
  recordAt(id: SeriesId, value: number, epochSeconds: number): void {
    if (this.backend.recordAt === undefined) return;
    this.#count(id, (series) => this.#expected.valueAt(series, value, epochSeconds));
    this.call('recordAt', () => this.backend.recordAt?.(id, value, epochSeconds));
  }

  event(event: MetricsEvent): void {
    if (this.backend.event === undefined) return;
    this.#count(undefined, () => this.#expected.event(event.title, event.text));
    this.call('event', () => this.backend.event?.(event));
  }

  serviceCheck(check: ServiceCheck): void {
    if (this.backend.serviceCheck === undefined) return;
    this.#count(undefined, () => this.#expected.serviceCheck(check.name, check.status));
    this.call('serviceCheck', () => this.backend.serviceCheck?.(check));
  }

  /** Opens five series, with ids from `first`, and records one sample of each kind, an event and a service check. */
  recordEverything(first: SeriesId = 0): void {
    this.open(first, { kind: 'counter', key: `all.counter${first}` });
    this.open(first + 1, { kind: 'gauge', key: `all.gauge${first}` });
    this.open(first + 2, { kind: 'timing', key: `all.timing${first}` });
    this.open(first + 3, { kind: 'distribution', key: `all.distribution${first}` });
    this.open(first + 4, { kind: 'set', key: `all.set${first}` });
    this.recordOnAll(first);
  }

  /** Records one more of everything, on the series that {@link recordEverything} opened. */
  recordOnAll(first: SeriesId = 0): void {
    this.incr(first, 3);
    this.gauge(first + 1, 4.5);
    this.timing(first + 2, 12.5);
    this.distribution(first + 3, 0.25);
    this.set(first + 4, 'alice');
    this.recordAt(first, 5, this.now);
    this.event({ title: 'deployed', text: 'version 7' });
    this.serviceCheck({ name: 'database', status: 'ok' });
  }

  /** Makes a call. Fails if it throws or returns something. */
  call(method: string, make: () => unknown): void {
    let returned: unknown;
    try {
      returned = make();
    } catch (error) {
      assert.fail(`${method} threw ${String(error)}`);
    }
    assert.equal(returned, undefined, `${method} returned something`);
  }

  /** Stops comparing what arrives, because nothing can arrive or no receiver could attribute it. */
  ignoreDelivered(): void {
    this.#comparesDelivered = false;
  }

  /** Breaks the transport. Resolves with false if the fixture cannot do that. */
  async breakTransport(): Promise<boolean> {
    const { breakTransport } = this.#fixture;
    if (breakTransport === undefined) return false;
    this.ignoreDelivered();
    await this.#inTime(async () => breakTransport(), 2 * this.#timeout, 'breakTransport');
    return true;
  }

  /** Checks the stats against the calls. Possible at every moment, also while a flush runs. */
  checkStats(): BackendStats {
    const stats = this.backend.stats();
    checkStats(stats);
    if (this.#closed) assert.equal(stats.pending, 0, 'pending after close');
    const { discards, copies = 1 } = this.capabilities;
    if (discards !== true) this.#calls.check(stats.accepted + stats.sampledOut, copies);
    return stats;
  }

  /** Flushes. Fails if that takes too long or leaves samples pending. */
  async flush(): Promise<void> {
    await this.#inTime(() => this.backend.flush(), this.#timeout, 'flush');
    assert.equal(this.checkStats().pending, 0, 'pending after a flush, with nothing recorded since');
  }

  /** Starts a flush without waiting for it. The check must await `resolved` later. */
  startFlush(): { readonly done: boolean; resolved(): Promise<void> } {
    const outcome = (async () => this.backend.flush())();
    const flush = { done: false, resolved: () => this.#inTime(() => outcome, this.#timeout, 'flush') };
    const done = (): void => {
      flush.done = true;
    };
    // oxlint-disable-next-line promise/no-callback-in-promise -- it is no callback of a caller
    outcome.then(done, done);
    return flush;
  }

  /** Flushes, and waits until everything that was recorded has arrived. */
  async deliver(): Promise<void> {
    await this.flush();
    await this.#compareDelivered();
  }

  /** Closes the backend. Fails if that exceeds the deadline, or if stats or what arrived are wrong in the end. */
  async close(timeout = 1000): Promise<void> {
    this.#closing = true;
    await this.#inTime(
      () => this.backend.close({ timeout }),
      timeout + this.#timeout,
      `close with a timeout of ${timeout} ms`,
    );
    this.#closed = true;
    this.checkStats();
    for (const problem of this.problems) checkProblem(problem);
    await this.#compareDelivered();
  }

  /** Releases everything, whether or not the check succeeded. */
  async dispose(): Promise<void> {
    try {
      // One that missed its deadline would miss it again.
      if (!this.#closing) await this.#inTime(() => this.backend.close({ timeout: 0 }), this.#timeout, 'close');
    } catch {
      // The check has failed already, and its error is the one to report.
    } finally {
      const { dispose } = this.#fixture;
      if (dispose) await this.#inTime(async () => dispose(), 2 * this.#timeout, 'dispose');
    }
  }

  /** Fails with the name of the check if an operation rejects, or takes longer than the given milliseconds. */
  #inTime<Result>(start: () => Promise<Result>, milliseconds: number, name: string): Promise<Result> {
    return within(start, { milliseconds, name, check: this.#check });
  }

  /** Counts a call, and passes its series to `expect` if its sample must arrive. */
  #count(id: SeriesId | undefined, expect: (series: Series) => void): void {
    const series = id === undefined ? EVENT : this.#open.get(id);
    if (this.#closing || series === undefined) this.#calls.addOptional();
    else {
      this.#calls.addRequired();
      expect(series);
    }
  }

  async #compareDelivered(): Promise<void> {
    const deadline = Date.now() + this.#timeout;
    const { delivered } = this.#fixture;
    if (!this.#comparesDelivered || delivered === undefined) return;
    for (;;) {
      // Read before the comparison, which may take as long itself: samples that arrive meanwhile get one more
      // comparison.
      const startedAt = Date.now();
      const isLast = startedAt > deadline;
      try {
        // Reading back a hundred thousand series from a real server takes a while.
        const limit = READING_TIMEOUTS * this.#timeout;
        this.#expected.compare(await this.#inTime(async () => delivered(), limit, 'delivered'));
        return;
      } catch (error) {
        if (isLast) throw error;
      }
      // A receiver in this thread reads nothing during a comparison, so it gets as much time afterwards.
      await delay(Math.max(5, Date.now() - startedAt));
    }
  }
}

/** Replaces the series of events and service checks, which have none. */
const EVENT: Series = toSeries({ kind: 'counter', key: 'event' });
