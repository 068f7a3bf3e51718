import assert from 'node:assert/strict';
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
import { auditBooks, auditProblem } from './check-stats.js';
import { Ledger } from './expected-delivery.js';
import { type SeriesSketch, seriesOf } from './series-input.js';
import { outcomeOf, within } from './within.js';

/** One backend on trial: makes the calls, counts them itself, and holds the backend's books and goods against them. */
export class Trial {
  readonly backend: MetricsBackend;
  readonly capabilities: Capabilities;
  /** What the backend reported. */
  readonly problems: Problem[] = [];
  /** Seconds since the epoch, at the full minute: a time that a backend which rounds times keeps, and none is too old. */
  readonly now: number = Math.floor(Date.now() / 60_000) * 60;
  readonly #fixture: Fixture;
  readonly #patience: number;
  readonly #ledger: Ledger;
  readonly #open = new Map<SeriesId, Series>();
  #calls = 0;
  /** Calls a backend may count or not: after close, and on ids that are not open. */
  #optionalCalls = 0;
  #closing = false;
  #closed = false;
  #goodsMatter = true;

  private constructor(fixture: Fixture, { capabilities, patience = 2000 }: BackendUnderTest) {
    this.backend = fixture.backend;
    this.capabilities = capabilities;
    this.#fixture = fixture;
    this.#patience = patience;
    this.#ledger = new Ledger(capabilities);
  }

  /** A fresh backend, started. `hostThrows` makes its host's `report` break the promise not to. */
  static async create(subject: BackendUnderTest, hostThrows = false): Promise<Trial> {
    const trial = new Trial(await subject.create(), subject);
    const report = (problem: Problem) => {
      trial.problems.push(problem);
      if (hostThrows) throw new Error('this host throws');
    };
    trial.call('start', () => trial.backend.start?.({ report, collect: () => {} }));
    return trial;
  }

  /** Answers the very object that was handed over. */
  open(id: SeriesId, sketch: SeriesSketch): Series {
    const given = seriesOf(sketch);
    this.#open.set(id, seriesOf(sketch));
    this.call('open', () => this.backend.open(id, given));
    return given;
  }

  release(id: SeriesId): void {
    this.#open.delete(id);
    this.call('release', () => this.backend.release(id));
  }

  incr(id: SeriesId, amount = 1, sampleRate = 1): void {
    this.#count(id, (series) => this.#ledger.value(series, amount, sampleRate));
    this.call('incr', () => this.backend.incr(id, amount, sampleRate));
  }

  gauge(id: SeriesId, value: number): void {
    this.#count(id, (series) => this.#ledger.value(series, value, 1));
    this.call('gauge', () => this.backend.gauge(id, value));
  }

  timing(id: SeriesId, milliseconds: number, sampleRate = 1): void {
    this.#count(id, (series) => this.#ledger.value(series, milliseconds, sampleRate));
    this.call('timing', () => this.backend.timing(id, milliseconds, sampleRate));
  }

  distribution(id: SeriesId, value: number, sampleRate = 1): void {
    this.#count(id, (series) => this.#ledger.value(series, value, sampleRate));
    this.call('distribution', () => this.backend.distribution(id, value, sampleRate));
  }

  set(id: SeriesId, member: string): void {
    this.#count(id, (series) => this.#ledger.member(series, member));
    this.call('set', () => this.backend.set(id, member));
  }

  /** Nothing where the backend has no such method; so do its siblings. */
  recordAt(id: SeriesId, value: number, epochSeconds: number): void {
    if (this.backend.recordAt === undefined) return;
    this.#count(id, (series) => this.#ledger.valueAt(series, value, epochSeconds));
    this.call('recordAt', () => this.backend.recordAt?.(id, value, epochSeconds));
  }

  event(event: MetricsEvent): void {
    if (this.backend.event === undefined) return;
    this.#count(undefined, () => this.#ledger.event(event.title, event.text));
    this.call('event', () => this.backend.event?.(event));
  }

  serviceCheck(check: ServiceCheck): void {
    if (this.backend.serviceCheck === undefined) return;
    this.#count(undefined, () => this.#ledger.serviceCheck(check.name, check.status));
    this.call('serviceCheck', () => this.backend.serviceCheck?.(check));
  }

  /** One sample of each kind and one of everything else, on the ids from `first` on, which it opens. */
  recordEverything(first: SeriesId = 0): void {
    this.open(first, { kind: 'counter', key: `all.counter${first}` });
    this.open(first + 1, { kind: 'gauge', key: `all.gauge${first}` });
    this.open(first + 2, { kind: 'timing', key: `all.timing${first}` });
    this.open(first + 3, { kind: 'distribution', key: `all.distribution${first}` });
    this.open(first + 4, { kind: 'set', key: `all.set${first}` });
    this.recordOnAll(first);
  }

  /** One more sample on each of the series that {@link recordEverything} opened. */
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

  /** Calls a method that returns nothing and never throws. */
  call(method: string, make: () => unknown): void {
    let returned: unknown;
    try {
      returned = make();
    } catch (error) {
      assert.fail(`${method} threw ${String(error)}`);
    }
    assert.equal(returned, undefined, `${method} returned something`);
  }

  /** From here on what arrives does not matter: it cannot arrive, or no receiver could tell it from other things. */
  ignoreGoods(): void {
    this.#goodsMatter = false;
  }

  /** Answers whether the fixture knows how. */
  async breakTransport(): Promise<boolean> {
    if (this.#fixture.breakTransport === undefined) return false;
    this.ignoreGoods();
    await this.#fixture.breakTransport();
    return true;
  }

  /** Holds the books against the calls, as is possible at every moment. */
  audit(): BackendStats {
    const stats = this.backend.stats();
    auditBooks(stats);
    if (this.#closed) assert.equal(stats.pending, 0, 'pending after close');
    if (this.capabilities.discards !== true) this.#auditCalls(stats.accepted + stats.sampledOut);
    return stats;
  }

  /** Flushes within reason; a flush that resolves leaves nothing pending. */
  async flush(): Promise<void> {
    await within(
      outcomeOf(() => this.backend.flush()),
      this.#patience,
      'flush',
    );
    assert.equal(this.audit().pending, 0, 'pending after a flush, with nothing recorded since');
  }

  /** Begins a flush to look at while it is under way. Whoever began it must see it resolved. */
  startFlush(): { readonly done: boolean; resolved(): Promise<void> } {
    const outcome = outcomeOf(() => this.backend.flush());
    const flush = { done: false, resolved: () => within(outcome, this.#patience, 'flush') };
    void outcome.then(() => {
      flush.done = true;
    });
    return flush;
  }

  /** Flushes, and waits until what arrived is what was recorded. */
  async deliver(): Promise<void> {
    await this.flush();
    await this.#compareGoods();
  }

  /** Closes within the deadline, and audits books and goods for the last time. */
  async close(timeout = 1000): Promise<void> {
    this.#closing = true;
    await within(
      outcomeOf(() => this.backend.close({ timeout })),
      timeout + this.#patience,
      `close with a timeout of ${timeout} ms`,
    );
    this.#closed = true;
    this.audit();
    for (const problem of this.problems) auditProblem(problem);
    await this.#compareGoods();
  }

  /** Leaves nothing behind, however the trial went. */
  async dispose(): Promise<void> {
    try {
      if (!this.#closed)
        await within(
          outcomeOf(() => this.backend.close({ timeout: 0 })),
          this.#patience,
          'close',
        );
    } catch {
      // The trial failed already, and its reason is the one to tell.
    } finally {
      await this.#fixture.dispose?.();
    }
  }

  #count(id: SeriesId | undefined, write: (series: Series) => void): void {
    const series = id === undefined ? EVENT : this.#open.get(id);
    if (this.#closing || series === undefined) this.#optionalCalls += 1;
    else {
      this.#calls += 1;
      write(series);
    }
  }

  #auditCalls(counted: number): void {
    const copies = this.capabilities.copies ?? 1;
    const least = copies * this.#calls;
    const most = least + copies * this.#optionalCalls;
    assert.ok(
      counted >= least && counted <= most,
      `accepted + sampledOut is ${counted} after ${this.#calls} calls${most > least ? ` and ${this.#optionalCalls} that may be ignored` : ''}`,
    );
  }

  async #compareGoods(): Promise<void> {
    const deadline = Date.now() + this.#patience;
    while (this.#goodsMatter && this.#fixture.delivered !== undefined) {
      // Before the comparison, which may itself take as long: what arrived meanwhile deserves a second look.
      const isLast = Date.now() > deadline;
      try {
        this.#ledger.compare(await this.#fixture.delivered());
        return;
      } catch (error) {
        if (isLast) throw error;
      }
      await pause();
    }
  }
}

/** What has no series. */
const EVENT: Series = seriesOf({ kind: 'counter', key: 'event' });

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 5);
  });
}
