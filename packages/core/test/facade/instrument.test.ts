import { createMetrics, type Metrics, type Problem } from '../../src/index.js';
import { JournalBackend } from '../journal-backend.js';
import { setUp } from '../set-up.js';

let backend: JournalBackend;
let problems: Problem[];
let metrics: Metrics;

beforeEach(() => {
  ({ backend, metrics, problems } = setUp({ tags: { env: 'test' } }));
});

it('every kind records through its instrument and its handle', async () => {
  const counter = metrics.defineCounter('c', { tags: ['a'], unit: 'job', internal: true });
  counter.incr();
  counter.incr({ a: 1 });
  counter.incr(3);
  counter.incr(4, { a: 1 });
  counter.with({ a: 1 }).incr();
  counter.with({ a: 1 }).incr(2);
  const gauge = metrics.defineGauge('g', { tags: ['a'] });
  gauge.set(5, { a: 1 });
  gauge.with({}).set(6);
  const timing = metrics.defineTiming('t', { tags: ['a'] });
  timing.record(7, { a: 1 });
  timing.with({ a: 1 }).record(8);
  const distribution = metrics.defineDistribution('d');
  distribution.record(9);
  distribution.with({}).record(-1);
  const set = metrics.defineSet('s');
  set.add('ann');
  set.with({}).add(10);
  expect(backend.lines).toEqual([
    'counter c{env=test} 1',
    'counter c{a=1,env=test} 1',
    'counter c{env=test} 3',
    'counter c{a=1,env=test} 4',
    'counter c{a=1,env=test} 1',
    'counter c{a=1,env=test} 2',
    'gauge g{a=1,env=test} 5',
    'gauge g{env=test} 6',
    'timing t{a=1,env=test} 7',
    'timing t{a=1,env=test} 8',
    'distribution d{env=test} 9',
    'distribution d{env=test} -1',
    'set s{env=test} ann',
    'set s{env=test} 10',
  ]);
  expect(backend.opened[0]).toMatchObject({ key: 'c', unit: 'job', internal: true });
});

it('a declared timing times functions, and its result needs no declaration', async () => {
  const timing = metrics.defineTiming('t', { tags: ['a'] });
  expect(timing.timer(() => 5)).toBe(5);
  await expect(
    timing.timer({ a: 1 }, async () => {
      throw new Error('mine');
    }),
  ).rejects.toThrow('mine');
  expect(backend.lines.map((line) => line.replace(/ [\d.]+$/, ''))).toEqual([
    'timing t{env=test,result=success}',
    'timing t{a=1,env=test,result=failure}',
  ]);
  expect(problems).toEqual([]);
});

it('an undeclared tag is dropped and reported, also through the facade', () => {
  const counter = metrics.defineCounter('c', { tags: ['a'] });
  counter.incr({ a: 1, b: 2 } as never);
  metrics.incr('c', { tags: { a: 1, b: 2 } });
  expect(backend.lines).toEqual(Array(2).fill('counter c{a=1,env=test} 1'));
  expect(problems).toMatchObject([{ code: 'undeclared_tag', metric: 'c', tag: 'b' }]);
});

it('register and child tags are added always', () => {
  metrics
    .child({ tags: { shard: 3 } })
    .defineCounter('c')
    .incr();
  expect(backend.lines).toEqual(['counter c{env=test,shard=3} 1']);
});

it('an equal definition returns the same instrument; another one is reported and the first one holds', () => {
  const first = metrics.defineCounter('c', { tags: ['a', 'b'], description: 'one' });
  expect(metrics.defineCounter('c', { tags: ['b', 'a'], description: 'two' })).toBe(first);
  expect(problems).toEqual([]);
  expect(metrics.defineCounter('c', { tags: ['a'] })).toBe(first);
  const gauge = metrics.defineGauge('c');
  gauge.set(1);
  expect(problems.map(({ code }) => code)).toEqual(['definition_conflict', 'kind_conflict']);
  expect(metrics.stats().dropped).toEqual({ kind_conflict: 1 });
});

it('a metric declared after its first use closes its tags from then on', () => {
  metrics.incr('c', { tags: { free: 1 } });
  metrics.defineCounter('c', { tags: ['a'] });
  metrics.incr('c', { tags: { free: 1 } });
  metrics.gauge('g', 1);
  metrics.defineCounter('g').incr();
  expect(backend.lines).toEqual(['counter c{env=test,free=1} 1', 'counter c{env=test} 1', 'gauge g{env=test} 1']);
  expect(problems.map(({ code }) => code)).toEqual(['undeclared_tag', 'definition_conflict', 'kind_conflict']);
});

it('equal tags return the same handle', () => {
  const counter = metrics.defineCounter('c', { tags: ['a', 'b'] });
  const handle = counter.with({ a: 1, b: 2 });
  expect(counter.with({ b: '2', a: '1' })).toBe(handle);
  expect(counter.with({ a: 1 })).not.toBe(handle);
});

it('a handle keeps the tags it was made with, even if the object changes', () => {
  const tags = { a: 1 };
  const handle = metrics.defineCounter('c', { tags: ['a'] }).with(tags);
  tags.a = 2;
  metrics.register(new JournalBackend(), { replace: true });
  metrics.register((backend = new JournalBackend()), { replace: true });
  handle.incr();
  expect(backend.lines).toEqual(['counter c{a=1} 1']);
});

it('bad values and bad tags are dropped and reported', () => {
  const counter = metrics.defineCounter('c', { tags: ['a'] });
  counter.incr(Number.NaN);
  counter.incr('5' as never);
  counter.with({ a: {} as never }).incr();
  counter.with({ a: 1 }).incr(Number.NaN);
  counter.incr([1] as never);
  metrics.defineTiming('t').record(-1);
  metrics.defineSet('s').add({} as never);
  expect(backend.lines).toEqual([]);
  expect(metrics.stats().dropped['invalid_value']).toBe(5);
});

describe('an observed gauge', () => {
  it('is read at each flush and before a close', async () => {
    let depth = 3;
    metrics.defineGauge('depth', { observe: () => depth });
    await metrics.flush();
    depth = 4;
    backend.lines.length = 0;
    await metrics.close();
    expect(backend.lines).toEqual(['gauge depth{env=test} 4']);
  });

  it('skips a reading that is undefined, or fails, which is reported', async () => {
    metrics.defineGauge('none', { observe: () => undefined });
    metrics.defineGauge('broken', {
      observe: () => {
        throw new Error('no');
      },
    });
    metrics.defineGauge('nan', { observe: () => Number.NaN });
    await metrics.flush();
    expect(backend.lines).toEqual([]);
    expect(new Set(problems.map(({ code, metric }) => `${code} ${metric}`))).toEqual(
      new Set(['observe_failed broken', 'invalid_value nan']),
    );
  });

  it('is not read while samples are discarded', async () => {
    const own = createMetrics();
    const observe = jest.fn(() => 1);
    own.defineGauge('depth', { observe });
    await own.flush();
    expect(observe).not.toHaveBeenCalled();
  });
});

it('hands description and buckets of a declaration to the backend; invalid buckets are reported and ignored', () => {
  const buckets = [5, 10, 100];
  const timing = metrics.defineTiming('db.query', { tags: ['table'], description: 'Time of a query.', buckets });
  buckets.length = 0;
  timing.record(7, { table: 'users' });
  for (const invalid of [[1, 1], [2, 1], [Number.NaN], 'many'] as number[][])
    metrics.defineTiming(`x.${String(invalid)}`, { buckets: invalid }).record(1);
  const [valid, ...others] = backend.opened;
  expect(valid).toMatchObject({ description: 'Time of a query.', buckets: [5, 10, 100] });
  expect(others.map(({ buckets: ignored }) => ignored)).toEqual(Array(4).fill(undefined));
  expect(problems.map(({ code }) => code)).toEqual(Array(4).fill('invalid_options'));
});
