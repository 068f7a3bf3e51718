import { combine, createMetrics, type Metrics, type Problem } from '../../src/index.js';
import { JournalBackend } from '../journal-backend.js';
import { setUp } from '../set-up.js';

let backend: JournalBackend;
let problems: Problem[];
let metrics: Metrics;

beforeEach(() => {
  ({ backend, metrics, problems } = setUp());
});

/** Takes the lines that were written since the last call. */
const taken = (from = backend): string[] => from.lines.splice(0);

describe('a level of a gauge', () => {
  it('moves from what was set or added before, by the instrument and by the handle alike', () => {
    const gauge = metrics.defineGauge('jobs', { tags: ['queue'] });
    const mail = gauge.with({ queue: 'mail' });
    gauge.add();
    gauge.add(2);
    gauge.add(-1.5);
    mail.add();
    gauge.add(1, { queue: 'mail' });
    gauge.add(undefined, { queue: 'mail' });
    mail.set(10);
    gauge.add(1, { queue: 'mail' });
    gauge.set(20, { queue: 'mail' });
    mail.add(-1);
    metrics.gauge('jobs', 5, { tags: { queue: 'mail' } });
    mail.add();
    expect(taken()).toEqual([
      ...['jobs 1', 'jobs 3', 'jobs 1.5'].map((line) => `gauge ${line}`),
      ...[1, 2, 3, 10, 11, 20, 19, 5, 6].map((value) => `gauge jobs{queue=mail} ${value}`),
    ]);
    expect(problems).toEqual([]);
  });

  it('is sent again at each collect while it is not 0; 0 is sent once more, then it is quiet', async () => {
    const gauge = metrics.defineGauge('jobs', { tags: ['queue'] });
    gauge.add(2, { queue: 'mail' });
    gauge.set(7, { queue: 'only set' });
    const told = 'gauge jobs{queue=mail} ';
    expect(taken()).toEqual([`${told}2`, 'gauge jobs{queue=only set} 7']);
    backend.host!.collect();
    expect(taken()).toEqual([`${told}2`]);
    await metrics.flush();
    expect(taken()).toEqual([`${told}2`]);
    gauge.add(-2, { queue: 'mail' });
    expect(taken()).toEqual([`${told}0`]);
    backend.host!.collect();
    await metrics.flush();
    expect(taken()).toEqual([`${told}0`]);
    await metrics.flush();
    expect(taken()).toEqual([]);
    gauge.add(1, { queue: 'mail' });
    backend.host!.collect();
    expect(taken()).toEqual([`${told}1`, `${told}1`]);
  });

  it.each(['the instrument', 'handles'] as const)('by %s lives before register, and outlives it', async (by) => {
    const own = createMetrics();
    const gauge = own.defineGauge('jobs', { tags: ['queue'] });
    const add = (amount: number, queue = 'mail'): void =>
      by === 'handles' ? gauge.with({ queue }).add(amount) : gauge.add(amount, { queue });
    const set = (value: number, queue = 'mail'): void =>
      by === 'handles' ? gauge.with({ queue }).set(value) : gauge.set(value, { queue });
    add(1);
    add(1, 'sms');
    add(2, 'fax');
    set(5, 'fax');
    own.register(backend);
    add(-1);
    expect(taken().toSorted()).toEqual(['gauge jobs{queue=mail} 0']);
    backend.host!.collect();
    expect(taken().toSorted()).toEqual([
      'gauge jobs{queue=fax} 5',
      'gauge jobs{queue=mail} 0',
      'gauge jobs{queue=sms} 1',
    ]);
    await own.close();
    taken();
    add(4, 'fax');
    set(2, 'sms');
    const next = new JournalBackend();
    own.register(next, { tags: { env: 'test' } });
    set(3, 'sms');
    add(1, 'sms');
    next.host!.collect();
    expect(taken(next).toSorted()).toEqual([
      'gauge jobs{env=test,queue=fax} 9',
      ...[3, 4, 4].map((value) => `gauge jobs{env=test,queue=sms} ${value}`),
    ]);
    expect(taken()).toEqual([]);
    expect(own.stats().discarded).toBe(6);
  });

  it('outlives the sweep of its series, which does not take one that is repeated', () => {
    jest.useFakeTimers();
    const own = createMetrics({ backend, cardinality: { idleAfter: 1000 } });
    const gauge = own.defineGauge('jobs', { tags: ['queue'] });
    gauge.add(5, { queue: 'mail' });
    for (let second = 0; second < 10; second += 1) {
      jest.advanceTimersByTime(1000);
      backend.host!.collect();
    }
    expect(backend.released).toEqual([]);
    jest.advanceTimersByTime(5000);
    expect(backend.released).toHaveLength(1);
    taken();
    gauge.add(-1, { queue: 'mail' });
    jest.advanceTimersByTime(5000);
    gauge.set(7, { queue: 'mail' });
    backend.host!.collect();
    expect(taken()).toEqual([4, 7, 7].map((value) => `gauge jobs{queue=mail} ${value}`));
    jest.useRealTimers();
  });

  it('is one for equal tags of all who hold them: root, child, handles made before register', () => {
    const own = createMetrics();
    const gauge = own.defineGauge('api.jobs', { tags: ['queue', 'team'] });
    const child = own.child({ prefix: 'api.', tags: { team: 'web' } }).defineGauge('jobs', { tags: ['queue', 'team'] });
    const handles = [1, 2].map(() => gauge.with({ queue: 'mail', team: 'web' }));
    for (const handle of handles) handle.add();
    child.add(1, { queue: 'mail' });
    own.register(backend);
    gauge.add(1, { team: 'web', queue: 'mail' });
    for (const handle of handles) handle.add(-1);
    child.with({ queue: 'mail' }).add(-1);
    gauge.add(-1, { queue: 'mail', team: 'web' });
    expect(taken().map((line) => line.split(' ')[2])).toEqual(['4', '3', '2', '1', '0']);
  });

  it('is one for handles whose series are one by the tags of the registration', () => {
    const own = createMetrics({ backend, tags: { env: 'test' } });
    const gauge = own.defineGauge('jobs', { tags: ['env'] });
    gauge.add();
    gauge.add(1, { env: 'test' });
    gauge.with({ env: 'test' }).add();
    gauge.with({}).add();
    backend.host!.collect();
    expect(taken()).toEqual([1, 2, 3, 4, 4].map((value) => `gauge jobs{env=test} ${value}`));
  });

  it('is moved by a handle that is kept, in every state: not registered, replaced, denied and closed', async () => {
    const own = createMetrics();
    const gauge = own.defineGauge('jobs', { tags: ['queue'] });
    const [mail, sms] = ['mail', 'sms'].map((queue) => gauge.with({ queue }));
    const same = own.defineGauge('other', { tags: ['queue'] }).with({ queue: 'mail' });
    for (const handle of [mail!, mail!, sms!, same]) handle.add();
    expect(own.stats()).toEqual(expect.objectContaining({ discarded: 4, dropped: {} }));
    own.register(backend);
    const fax = gauge.with({ queue: 'fax' });
    fax.set(5);
    same.add(0);
    sms!.add(0);
    mail!.add(1);
    mail!.add(1);
    expect(taken()).toEqual([
      'gauge jobs{queue=fax} 5',
      'gauge other{queue=mail} 1',
      ...['sms} 1', 'mail} 3', 'mail} 4'].map((line) => `gauge jobs{queue=${line}`),
    ]);
    // The ids are those of other series from here on.
    const next = new JournalBackend();
    own.register(next, { replace: true });
    mail!.add(1);
    mail!.add(1);
    same.add(1);
    expect(taken(next)).toEqual([
      ...['mail} 5', 'mail} 6'].map((line) => `gauge jobs{queue=${line}`),
      'gauge other{queue=mail} 2',
    ]);
    const discarding = Object.assign(new JournalBackend(), { discards: true });
    own.register(discarding, { replace: true });
    mail!.add(1);
    mail!.set(10);
    mail!.add(1);
    fax.add(1);
    expect(own.stats()).toEqual(expect.objectContaining({ discarded: 8, dropped: {} }));
    expect([discarding.lines, discarding.opened]).toEqual([[], []]);
    const last = new JournalBackend();
    own.register(last, { replace: true });
    mail!.add(1);
    fax.add(1);
    expect(taken(last)).toEqual(['gauge jobs{queue=mail} 12', 'gauge jobs{queue=fax} 7']);
  });

  it('does not move by a sample that is dropped', () => {
    const own = createMetrics({ backend, deny: ['jobs'] });
    const handle = own.defineGauge('jobs').with({});
    handle.add(5);
    handle.add(5);
    expect(own.stats().dropped).toEqual({ denied: 2 });
    const next = new JournalBackend();
    own.register(next, { replace: true });
    handle.add(1);
    expect(taken(next)).toEqual(['gauge jobs 1']);
  });

  it('gets no context tags, which would differ between up and down', () => {
    const gauge = metrics.defineGauge('jobs', { tags: ['user'] });
    metrics.withTags({ user: 'ann' }, () => gauge.add());
    metrics.withTags({ user: 'bob' }, () => gauge.add(-1));
    metrics.withTags({ user: 'bob' }, () => gauge.set(8));
    gauge.add(0);
    expect(taken()).toEqual(['gauge jobs 1', 'gauge jobs 0', 'gauge jobs{user=bob} 8', 'gauge jobs 0']);
  });

  it('drops amounts that are no finite numbers, and keeps its value', () => {
    const gauge = metrics.defineGauge('jobs', { tags: ['queue'] });
    const handle = gauge.with({ queue: 'mail' });
    const bad = ['1', null, true, Number.NaN, Number.POSITIVE_INFINITY, {}, 10n, Symbol('1'), undefined] as never[];
    for (const amount of bad) {
      gauge.add(amount);
      handle.add(amount);
    }
    handle.add(2);
    for (const amount of bad) {
      gauge.add(amount);
      handle.add(amount);
    }
    handle.add(Number.MAX_VALUE);
    handle.add(Number.MAX_VALUE);
    handle.add(-Number.MAX_VALUE);
    expect(taken()).toEqual([2, Number.MAX_VALUE, 0].map((value) => `gauge jobs{queue=mail} ${value}`));
    expect(metrics.stats().dropped['invalid_value']).toBe(4 * bad.length + 1);
  });

  it('of a series that the guard has no room for is dropped, and comes right when there is room', () => {
    jest.useFakeTimers();
    const own = createMetrics({ backend, cardinality: { maxValuesPerTag: 2, idleAfter: 1000 }, onError: () => {} });
    const gauge = own.defineGauge('jobs', { tags: ['tenant'] });
    for (const tenant of ['a', 'b', 'c']) gauge.add(1, { tenant });
    for (const tenant of ['a', 'b']) gauge.add(-1, { tenant });
    const handle = gauge.with({ tenant: 'c' });
    handle.add(1);
    handle.add(-1);
    backend.host!.collect();
    expect(own.stats().dropped).toEqual({ gauge_would_merge: 3 });
    taken();
    jest.advanceTimersByTime(5000);
    gauge.add(-1, { tenant: 'c' });
    backend.host!.collect();
    expect(taken()).toEqual(['gauge jobs{tenant=c} 0', 'gauge jobs{tenant=c} 0']);
    jest.useRealTimers();
  });

  it('is bounded, also while nothing is registered', () => {
    const own = createMetrics({ backend, cardinality: { maxSeries: 100 }, onError: () => {} });
    const gauge = own.defineGauge('jobs', { tags: ['id'] });
    for (let id = 0; id < 500; id += 1) gauge.add(1, { id });
    expect(own.stats().dropped['too_many_series']).toBeGreaterThan(300);
    const early = createMetrics();
    const handles = early.defineGauge('jobs', { tags: ['id'] });
    for (let id = 0; id < 100_000; id += 1) handles.add(1, { id });
    const next = new JournalBackend();
    early.register(next, { cardinality: { mode: 'off' }, onError: () => {} });
    next.host!.collect();
    expect(next.lines.length).toBe(90_000);
    expect(early.stats()).toEqual(expect.objectContaining({ discarded: 100_000, dropped: {} }));
  });

  it('keeps nothing of invalid tags, and drops each sample', () => {
    const gauge = metrics.defineGauge('jobs', { tags: ['a'] });
    const own = createMetrics();
    const early = own.defineGauge('jobs', { tags: ['a'] });
    for (const tags of [{ a: {} }, 'a', [], { a: Symbol('a') }] as never[]) {
      gauge.add(1, tags);
      gauge.with(tags).add();
      early.add(1, tags);
    }
    expect(Object.values(metrics.stats().dropped).reduce((sum, count) => sum + count)).toBe(8);
    own.register(backend, { onError: () => {} });
    backend.host!.collect();
    backend.host!.collect();
    expect(taken()).toEqual([]);
  });

  it('reaches each backend of combine, and a handle without its object never throws', () => {
    const others = [new JournalBackend(), new JournalBackend()];
    const own = createMetrics({ backend: combine(...others) });
    const handle = own.defineGauge('jobs').with({});
    handle.add(2);
    others[1]!.host!.collect();
    for (const other of others) expect(taken(other)).toEqual(['gauge jobs 2', 'gauge jobs 2']);
    const { add, set } = handle as unknown as { add(this: void): void; set(this: void, value: number): void };
    add();
    set(3);
  });

  it('is repeated in strict mode, in which a bad amount is thrown', () => {
    const own = createMetrics({ backend, strict: true });
    const gauge = own.defineGauge('jobs');
    gauge.add(2);
    expect(() => gauge.add(Number.NaN)).toThrow('invalid_value');
    backend.host!.collect();
    expect(taken()).toEqual(['gauge jobs 2', 'gauge jobs 2']);
  });
});
