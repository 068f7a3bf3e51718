// Levels and observers of gauges where several callers, registrations or observers meet.
import { createMetrics, type Metrics, type Observation, type Problem } from '../../src/index.js';
import { JournalBackend } from '../journal-backend.js';
import { setUp } from '../set-up.js';

let backend: JournalBackend;
let problems: Problem[];
let metrics: Metrics;

beforeEach(() => {
  ({ backend, metrics, problems } = setUp());
});

const collect = (): void => backend.host!.collect();
const taken = (from = backend): string[] => from.lines.splice(0);

describe('a level', () => {
  it('starts from what any caller set last, whatever the number of series and the sign', () => {
    const gauge = metrics.defineGauge('size', { tags: ['shard'] });
    const valueOf = (id: number): number => [-id - 1, 0, id][id % 3]!;
    for (let id = 0; id < 200; id += 1) {
      gauge.set(1000, { shard: id });
      const handle = gauge.with({ shard: id });
      handle.set(2000);
      metrics.gauge('size', valueOf(id), { tags: { shard: id } });
      taken();
      if (id % 2 === 0) handle.add(1);
      else gauge.add(1, { shard: id });
      expect(taken()).toEqual([`gauge size{shard=${id}} ${valueOf(id) + 1}`]);
    }
  });

  it('is not a discarded sample when it would be repeated while nothing is registered', async () => {
    const own = createMetrics();
    own.defineGauge('jobs').add(2);
    await own.flush();
    await own.flush();
    expect(own.stats().discarded).toBe(1);
  });

  it.each(['collect', 'sample'])('of a gauge that is switched off is not moved by another series (by a %s)', (by) => {
    const handle = metrics.defineGauge('jobs').with({});
    handle.add(2);
    const denying = new JournalBackend();
    metrics.register(denying, { replace: true, deny: ['jobs'], onError: () => {} });
    // It has the number of the first series before.
    metrics.gauge('other', 7);
    if (by === 'collect') denying.host!.collect();
    metrics.gauge('other', 8);
    denying.host!.collect();
    expect(taken(denying)).toEqual(['gauge other 7', 'gauge other 8']);
    const next = new JournalBackend();
    metrics.register(next, { replace: true, onError: () => {} });
    handle.add(1);
    expect(taken(next)).toEqual(['gauge jobs 3']);
  });

  it('of a gauge that is switched off makes room for others', () => {
    const own = createMetrics();
    const old = own.defineGauge('old', { tags: ['id'] });
    for (let id = 0; id < 100; id += 1) old.add(1, { id });
    own.register(backend, { deny: ['old'], cardinality: { maxSeries: 100 }, onError: () => {} });
    collect();
    own.defineGauge('new').add(5);
    expect(taken()).toEqual(['gauge new 5']);
    expect(own.stats().dropped['too_many_series']).toBeUndefined();
  });

  it('without room for its series is not that of another one without room', () => {
    jest.useFakeTimers();
    const own = createMetrics({ backend, cardinality: { maxValuesPerTag: 2, idleAfter: 1000 }, onError: () => {} });
    const gauge = own.defineGauge('jobs', { tags: ['tenant'] });
    for (const [index, tenant] of ['a', 'b', 'c', 'd'].entries()) gauge.add(index + 1, { tenant });
    own.setTags({ shard: 'x' });
    collect();
    for (const [index, tenant] of ['a', 'b'].entries()) gauge.add(-index - 1, { tenant });
    collect();
    jest.advanceTimersByTime(5000);
    taken();
    for (const tenant of ['c', 'd']) gauge.add(1, { tenant });
    expect(taken()).toEqual(['gauge jobs{shard=x,tenant=c} 4', 'gauge jobs{shard=x,tenant=d} 5']);
    jest.useRealTimers();
  });

  it('of 0 makes room for others while nothing is registered', () => {
    const own = createMetrics();
    const gauge = own.defineGauge('jobs', { tags: ['id'] });
    for (let id = 0; id < 95_000; id += 1) {
      gauge.add(1, { id });
      gauge.add(-1, { id });
    }
    gauge.add(5, { id: 'late' });
    own.register(backend, { onError: () => {} });
    collect();
    expect(taken().filter((line) => !line.endsWith(' 0'))).toEqual(['gauge jobs{id=late} 5']);
  });

  it.each<[string, (record: Record<'tagged' | 'plain', () => void>) => void]>([
    ['the tagged one first', (record) => [record.tagged(), record.plain()]],
    ['the plain one first', (record) => [record.plain(), record.tagged()]],
  ])('is the sum of those whose series the tags of a registration make one (%s)', (_name, inOrder) => {
    const own = createMetrics();
    const gauge = own.defineGauge('jobs', { tags: ['env'] });
    const handles = [gauge.with({}), gauge.with({ env: 'test' })] as const;
    inOrder({ plain: () => handles[0].add(4), tagged: () => handles[1].add(3) });
    const first = new JournalBackend();
    own.register(first, { tags: { env: 'test' }, onError: () => {} });
    first.host!.collect();
    first.host!.collect();
    expect(taken(first)).toEqual([7, 7].map((value) => `gauge jobs{env=test} ${value}`));
    handles[0].add(-4);
    handles[1].add(-2);
    gauge.add(5);
    own.gauge('jobs', 9);
    first.host!.collect();
    handles[0].set(2);
    first.host!.collect();
    handles[1].add(1);
    expect(taken(first)).toEqual([3, 1, 6, 9, 9, 2, 2, 3].map((value) => `gauge jobs{env=test} ${value}`));
  });

  it.each([
    [4, 3],
    [3, 4],
  ])('of two of %d and %d, which are apart again, has no move twice', (tagged, plain) => {
    const own = createMetrics();
    const gauge = own.defineGauge('jobs', { tags: ['env'] });
    const handles = [gauge.with({ env: 'test' }), gauge.with({})] as const;
    handles[0].add(tagged);
    handles[1].add(plain);
    own.register(new JournalBackend(), { tags: { env: 'test' }, onError: () => {} });
    handles[0].add(1);
    own.register(backend, { replace: true, onError: () => {} });
    for (const handle of handles) handle.add(1);
    const sum = taken().reduce((total, line) => total + Number(line.split(' ')[2]), 0);
    expect(sum).toBe(tagged + plain + 3);
  });
});

describe('an observer', () => {
  it('that is disposed while it sets a series ends it once, after its reading', () => {
    const gauge = metrics.defineGauge('size', { tags: ['pool'] });
    const observation: Observation = gauge.observe(({ set }) => {
      set(1, { pool: 'a' });
      observation.dispose();
      set(2, { pool: 'a' });
    });
    collect();
    expect([backend.opened.length, backend.ends]).toEqual([1, ['size{pool=a} ended']]);
    observation.dispose();
    expect(backend.ends).toEqual(['size{pool=a} ended']);
  });

  it('that another one removes in the same collect is not read any more', () => {
    const gauge = metrics.defineGauge('size', { tags: ['pool'] });
    let reads = 0;
    gauge.observe(() => second.dispose());
    const second = gauge.observe(() => void (reads += 1));
    collect();
    expect(reads).toBe(0);
  });

  it('that is disposed does not end a series that another one set last', () => {
    const gauge = metrics.defineGauge('size', { tags: ['pool'] });
    const first = gauge.observe(({ set }) => set(1, { pool: 'shared' }));
    gauge.observe(({ set }) => set(2, { pool: 'shared' }));
    collect();
    first.dispose();
    expect(backend.ends).toEqual([]);
    taken();
    collect();
    expect(taken()).toEqual(['gauge size{pool=shared} 2']);
    expect(backend.opened).toHaveLength(1);
  });

  it('ends no series of another registration that has its number', () => {
    const gauge = metrics.defineGauge('size', { tags: ['pool'] });
    let pools = ['a', 'b'];
    gauge.observe(({ set }) => {
      for (const pool of pools) set(1, { pool });
    });
    collect();
    backend = new JournalBackend();
    metrics.register(backend, { replace: true });
    metrics.incr('x');
    metrics.incr('y');
    pools = [];
    collect();
    collect();
    expect(backend.released).toEqual([]);
  });

  it('that throws or returns a promise is reported with what to do', () => {
    const cause = new Error('no');
    const gauge = metrics.defineGauge('size', { tags: ['pool'] });
    gauge.observe(() => {
      throw cause;
    });
    gauge.observe((async () => {}) as never);
    collect();
    expect(problems).toMatchObject([
      { code: 'observe_failed', metric: 'size', cause, message: 'The gauge could not be read. See the cause.' },
      {
        code: 'observe_async',
        metric: 'size',
        message:
          'The function of an observed gauge returned a promise, but it is read synchronously: set() the gauge when the value is there.',
      },
    ]);
  });
});

describe('a series that ended', () => {
  /** A gauge with a series per pool, which an observer sets. */
  const observedPools = () => {
    const gauge = metrics.defineGauge('size', { tags: ['pool'] });
    const pools = ['a', 'b', 'c'];
    gauge.observe(({ set }) => {
      for (const pool of pools) set(1, { pool });
    });
    collect();
    pools.length = 0;
    taken();
    return gauge;
  };

  it('is opened again by all that recorded to it', () => {
    const gauge = observedPools();
    const handle = gauge.with({ pool: 'a' });
    const options = { tags: { pool: 'c' } };
    handle.set(2);
    gauge.set(3, { pool: 'b' });
    metrics.gauge('size', 4, options);
    taken();
    collect();
    expect(backend.ends).toEqual(['a', 'b', 'c'].map((pool) => `size{pool=${pool}} ended`));
    handle.set(5);
    gauge.set(6, { pool: 'b' });
    metrics.gauge('size', 7, options);
    expect(taken()).toEqual(['gauge size{pool=a} 5', 'gauge size{pool=b} 6', 'gauge size{pool=c} 7']);
    expect([backend.opened.length, problems]).toEqual([6, []]);
  });

  it('is released once, although the release of another one ends all', () => {
    observedPools();
    const release = backend.release.bind(backend);
    backend.release = (id, ended) => {
      release(id, ended);
      if (backend.released.length === 1) metrics.setTags({ shard: 'b' });
    };
    collect();
    expect(backend.released).toEqual([0, 1, 2]);
    expect(problems).toEqual([]);
  });

  it('is no series of a backend that is registered while others are released', () => {
    observedPools();
    const next = new JournalBackend();
    const release = backend.release.bind(backend);
    backend.release = (id, ended) => {
      release(id, ended);
      if (backend.released.length > 1) return;
      metrics.register(next, { replace: true });
      for (const name of ['x', 'y', 'z']) metrics.incr(name);
    };
    collect();
    for (const name of ['x', 'y', 'z']) metrics.incr(name);
    expect(next.released).toEqual([]);
    expect(next.lines).toEqual(['x', 'y', 'z', 'x', 'y', 'z'].map((name) => `counter ${name} 1`));
  });
});
