import { combine, createMetrics, type Metrics, type Observation, type Problem } from '../../src/index.js';
import { JournalBackend } from '../journal-backend.js';
import { setUp } from '../set-up.js';

let backend: JournalBackend;
let problems: Problem[];
let metrics: Metrics;
const collect = (): void => backend.host!.collect();
const taken = (): string[] => backend.lines.splice(0);
const codes = (): string[] => problems.splice(0).map(({ code, metric }) => `${code} ${metric}`);

beforeEach(() => {
  ({ backend, metrics, problems } = setUp());
});

describe('an observer of a gauge', () => {
  it('sets any number of series, by its argument or by the gauge; a number is the series without tags', () => {
    const gauge = metrics.defineGauge('size', { tags: ['pool'] });
    const handle = gauge.with({ pool: 'handle' });
    gauge.observe((given) => {
      given.set(1, { pool: 'a' });
      gauge.set(2, { pool: 'b' });
      handle.set(3);
      return 4;
    });
    gauge.observe(({ set }) => set(5, { pool: 'c' }));
    metrics.defineGauge('other', { tags: ['pool'], observe: ({ set }) => set(6, { pool: 'd' }) });
    collect();
    expect(taken()).toEqual([
      ...['a} 1', 'b} 2', 'handle} 3'].map((line) => `gauge size{pool=${line}`),
      'gauge size 4',
      'gauge size{pool=c} 5',
      'gauge other{pool=d} 6',
    ]);
    expect(codes()).toEqual([]);
  });

  it.each(['given', 'gauge', 'handles'])('ends a series immediately that it no longer sets (set by %s)', (by) => {
    const pools = new Map([
      ['a', 1],
      ['b', 2],
    ]);
    const gauge = metrics.defineGauge('size', { tags: ['pool'] });
    gauge.observe((given) => {
      for (const [pool, size] of pools)
        if (by === 'handles') gauge.with({ pool }).set(size);
        else (by === 'given' ? given : gauge).set(size, { pool });
    });
    collect();
    pools.delete('a');
    collect();
    expect(backend.ends).toEqual(['size{pool=a} ended']);
    expect(metrics.stats().series).toBe(1);
    pools.set('a', 3);
    taken();
    collect();
    expect(taken().toSorted()).toEqual(['gauge size{pool=a} 3', 'gauge size{pool=b} 2']);
    pools.clear();
    collect();
    collect();
    expect(backend.ends.toSorted()).toEqual(['size{pool=a} ended', 'size{pool=a} ended', 'size{pool=b} ended']);
    expect(metrics.stats().series).toBe(0);
  });

  it('ends only what it has set: not what another one or the application sets, nor another gauge', () => {
    const gauge = metrics.defineGauge('size', { tags: ['pool'] });
    const other = metrics.defineGauge('rest');
    let isFirst = true;
    gauge.observe(({ set }) => {
      if (!isFirst) return;
      set(1, { pool: 'shared' });
      set(1, { pool: 'own' });
      other.set(9);
    });
    gauge.observe(({ set }) => set(2, { pool: 'shared' }));
    gauge.set(7, { pool: 'application' });
    collect();
    isFirst = false;
    collect();
    collect();
    expect(backend.ends).toEqual(['size{pool=own} ended']);
    expect(taken().filter((line) => line.includes('shared'))).toEqual(
      [1, 2, 2, 2].map((value) => `gauge size{pool=shared} ${value}`),
    );
  });

  it('ends its series when it is disposed, once, and is not read any more; `using` works', () => {
    let reads = 0;
    const gauge = metrics.defineGauge('size', { tags: ['pool'] });
    {
      using first = gauge.observe(({ set }) => {
        reads += 1;
        set(1, { pool: 'a' });
      });
      collect();
      first.dispose();
      first.dispose();
      expect(backend.ends).toEqual(['size{pool=a} ended']);
    }
    collect();
    expect(reads).toBe(1);
    const second: Observation = gauge.observe(() => {
      reads += 1;
      second.dispose();
      return 8;
    });
    const third = gauge.observe(({ set }) => set(3, { pool: 'c' }));
    gauge.observe(() => third.dispose());
    collect();
    collect();
    expect(reads).toBe(2);
    expect(backend.ends).toEqual(['size{pool=a} ended', 'size{pool=c} ended', 'size ended']);
    expect(metrics.stats().series).toBe(0);
  });

  it('that throws or returns a promise is reported, stops no other, and ends nothing', async () => {
    const rejections: unknown[] = [];
    const onRejection = (cause: unknown): unknown => rejections.push(cause);
    process.on('unhandledRejection', onRejection);
    const gauge = metrics.defineGauge('size', { tags: ['pool'] });
    let failure: undefined | (() => unknown);
    gauge.observe(({ set }) => {
      set(1, { pool: 'a' });
      const failed = failure?.();
      set(2, { pool: 'b' });
      return failed as undefined;
    });
    gauge.observe(() => 3);
    const reject = async (): Promise<never> => {
      throw new Error('later');
    };
    collect();
    for (const [fail, code] of [
      [() => JSON.parse('{'), 'observe_failed size'],
      [reject, 'observe_async size'],
      // oxlint-disable-next-line unicorn/no-thenable -- it is the point
      [() => ({ then: (_: unknown, no: (cause: Error) => void) => no(new Error('thenable')) }), undefined],
      [async () => 5, undefined],
    ] as const) {
      taken();
      failure = fail;
      collect();
      expect(taken()).toContain('gauge size 3');
      expect(codes()).toEqual(code === undefined ? [] : [code]);
    }
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', onRejection);
    expect(rejections).toEqual([]);
    expect(backend.ends).toEqual([]);
    failure = undefined;
    collect();
    expect(backend.ends).toEqual([]);
    expect(metrics.stats().dropped).toEqual({});
  });

  it('ends with close, unless a declaration asks for it; the declared one is read by the next backend', async () => {
    const reads: string[] = [];
    const gauge = metrics.defineGauge('declared', { observe: () => void reads.push('declared') });
    gauge.observe(() => void reads.push('observed'));
    await metrics.close();
    expect(reads.splice(0)).toEqual(['declared', 'observed']);
    backend = new JournalBackend();
    metrics.register(backend);
    collect();
    expect(reads).toEqual(['declared']);
  });

  it('of a declaration: the first one holds, also if an earlier declaration had none', () => {
    const reads: string[] = [];
    metrics.defineGauge('size');
    const observe = (): void => void reads.push('first');
    metrics.defineGauge('size', { observe });
    metrics.defineGauge('size', { observe });
    metrics.defineGauge('size');
    expect(codes()).toEqual([]);
    metrics.defineGauge('size', { observe: () => void reads.push('second') });
    expect(codes()).toEqual(['definition_conflict size']);
    collect();
    expect(reads).toEqual(['first']);
  });

  it('is read once per collect, whatever combine holds, and follows another registration', () => {
    const others = [new JournalBackend(), new JournalBackend()];
    const own = createMetrics({ backend: combine(...others) });
    let reads = 0;
    const gauge = own.defineGauge('size', { tags: ['pool'] });
    const observation = gauge.observe(({ set }) => {
      reads += 1;
      set(reads, { pool: reads < 3 ? 'a' : 'b' });
    });
    others[0]!.host!.collect();
    expect(reads).toBe(1);
    for (const other of others) expect(other.lines).toEqual(['gauge size{pool=a} 1']);
    own.register(backend, { replace: true });
    own.incr('first');
    collect();
    collect();
    expect(taken()).toEqual(['counter first 1', 'gauge size{pool=a} 2', 'gauge size{pool=b} 3']);
    expect(backend.ends).toEqual(['size{pool=a} ended']);
    observation.dispose();
    expect(backend.ends).toEqual(['size{pool=a} ended', 'size{pool=b} ended']);
  });

  it('may observe, dispose, declare, register, flush and close while it is read', async () => {
    const gauge = metrics.defineGauge('size', { tags: ['pool'] });
    let next: JournalBackend | undefined;
    const nested: (() => unknown)[] = [
      () => gauge.observe(({ set }) => set(1, { pool: 'nested' })),
      () => metrics.defineGauge('more', { observe: () => 2 }),
      () => void metrics.flush(),
      () => metrics.register((next = new JournalBackend()), { replace: true }),
      () => void metrics.close(),
    ];
    gauge.observe(({ set }) => {
      set(0, { pool: 'before' });
      nested.shift()?.();
      set(0, { pool: 'after' });
    });
    for (let turn = 0; turn < 7; turn += 1) {
      collect();
      if (next !== undefined) backend = next;
    }
    await metrics.close();
    expect(codes()).toEqual([]);
    expect(metrics.stats().dropped).toEqual({});
  });

  it('does not end a series under a handle, a level or a sweep', () => {
    jest.useFakeTimers();
    const own = createMetrics({ backend, cardinality: { idleAfter: 1000 } });
    const gauge = own.defineGauge('size', { tags: ['pool'] });
    const handle = gauge.with({ pool: 'a' });
    const level = gauge.with({ pool: 'level' });
    level.add(2);
    let isLeftOut = false;
    gauge.observe(({ set }) => {
      if (isLeftOut) return;
      set(1, { pool: 'a' });
      set(3, { pool: 'level' });
    });
    collect();
    for (let id = 0; id < 600; id += 1) own.incr('filler', 1, { tags: { shard: id % 400 } });
    jest.advanceTimersByTime(1000);
    collect();
    isLeftOut = true;
    jest.advanceTimersByTime(1000);
    collect();
    jest.advanceTimersByTime(0);
    taken();
    handle.set(5);
    level.add(1);
    own.gauge('size', 6, { tags: { pool: 'a' } });
    expect(taken()).toEqual(['gauge size{pool=a} 5', 'gauge size{pool=level} 4', 'gauge size{pool=a} 6']);
    jest.advanceTimersByTime(500);
    for (let id = 0; id < 600; id += 1) own.incr('filler', 1, { tags: { shard: id % 400 } });
    expect(own.stats().dropped).toEqual({});
    jest.useRealTimers();
  });

  it('is reported and never read beyond the number of metrics; one that ends makes room', () => {
    const own = createMetrics({
      backend,
      cardinality: { maxMetrics: 3 },
      onError: (problem) => problems.push(problem),
    });
    const gauge = own.defineGauge('size', { tags: ['pool'] });
    let reads = 0;
    const read = (): void => {
      reads += 1;
    };
    const observations = Array.from({ length: 5 }, () => gauge.observe(read));
    expect(codes()).toEqual(['too_many_metrics size']);
    collect();
    expect(reads).toBe(3);
    for (const observation of observations) observation.dispose();
    gauge.observe(read);
    collect();
    expect(reads).toBe(4);
  });

  it('only reports in strict mode', () => {
    const own = createMetrics({ backend, strict: true, onError: (problem) => problems.push(problem) });
    const gauge = own.defineGauge('size', { tags: ['pool'] });
    gauge.observe(({ set }) => {
      set(Number.NaN);
      set(1, { pool: 'a' });
    });
    collect();
    expect(taken()).toEqual(['gauge size{pool=a} 1']);
    expect(codes()).toEqual(['invalid_value size']);
  });
});

it('a day of observers, levels and handles that come and go leaves nothing', async () => {
  jest.useFakeTimers();
  metrics = createMetrics({ backend, onError: (problem) => problems.push(problem) });
  const gauge = metrics.defineGauge('size', { tags: ['pool'] });
  const counter = metrics.defineCounter('done', { tags: ['pool'] });
  const running: Observation[] = [];
  const heap: number[] = [];
  const opened = new Set<number>();
  for (let minute = 0; minute < 24 * 60; minute += 1) {
    const pool = `pool ${minute % 400}`;
    running.push(gauge.observe(({ set }) => set(minute, { pool: `${pool} observed` })));
    if (running.length > 5) running.shift()!.dispose();
    const child = metrics.child({ tags: { minute: minute % 60 } }).defineGauge('active', { tags: ['pool'] });
    const short = child.observe(() => minute);
    const handle = gauge.with({ pool });
    handle.add(3);
    child.add(1, { pool });
    jest.advanceTimersByTime(30_000);
    collect();
    handle.add(-3);
    child.add(-1, { pool });
    counter.with({ pool }).incr();
    jest.advanceTimersByTime(30_000);
    collect();
    short.dispose();
    taken();
    backend.opened.length = backend.ends.length = backend.released.length = 0;
    opened.add(metrics.stats().series);
    if (minute % 360 === 359) {
      globalThis.gc?.();
      heap.push(process.memoryUsage().heapUsed);
    }
  }
  for (const observation of running) observation.dispose();
  // Three sweeps of ten minutes.
  jest.advanceTimersByTime(1_800_000);
  expect(Math.max(...opened)).toBeLessThan(100);
  expect(metrics.stats()).toEqual(expect.objectContaining({ series: 0, dropped: {} }));
  collect();
  expect(taken()).toEqual([]);
  expect(codes()).toEqual([]);
  // Without a collection of garbage on demand, the heap says nothing.
  if (globalThis.gc) expect(heap.at(-1)! - heap[0]!).toBeLessThan(2e6);
  jest.useRealTimers();
});
