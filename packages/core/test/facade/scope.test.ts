import { Engine } from '../../src/engine/engine.js';
import { Lifecycle } from '../../src/engine/lifecycle.js';
import { Scope } from '../../src/facade/scope.js';
import { createMetrics, type Problem, type Tags } from '../../src/index.js';
import { JournalBackend } from '../journal-backend.js';

/** Spellings of the same tags, each a path in the cache: a number or a string for each of 14 values. */
const spelling = (number: number): Tags =>
  Object.fromEntries(Array.from({ length: 14 }, (_, tag) => [`t${tag}`, (number >> tag) & 1 ? tag : String(tag)]));

/** The same tags in another order. */
const order = (number: number): Tags => {
  const keys = Array.from({ length: 8 }, (_, tag) => `t${tag}`);
  let rest = number;
  const tags: Record<string, number> = {};
  while (keys.length > 0) {
    const [key = ''] = keys.splice(rest % keys.length, 1);
    rest = Math.floor(rest / (keys.length + 1));
    tags[key] = 1;
  }
  return tags;
};

describe('the cache of the series of calls', () => {
  it.each([
    ['spellings', spelling, 16_384, 3 * 4096 + 2],
    ['orders', order, 8000, 4096 + 3],
  ])('is bounded, and any number of %s of the same tags stay one series', (_name, tagsOf, count, bound) => {
    const engine = new Engine();
    const backend = new JournalBackend();
    new Lifecycle(engine).register(backend, {}, new Map());
    const scope = new Scope(engine, '', new Map());
    scope.refresh();
    const ids = new Set<number>();
    for (let number = 0; number < count; number += 1)
      ids.add(scope.findOrOpen('counter', 'x', { tags: tagsOf(number) }));
    expect(ids).toEqual(new Set([0]));
    expect(engine.cachedPaths).toBe(bound);
    for (let number = 0; number < 100; number += 1) ids.add(scope.findOrOpen('counter', 'x', { tags: tagsOf(number) }));
    expect(ids).toEqual(new Set([0]));
    expect(scope.findOrOpen('counter', 'x', { tags: { ...tagsOf(0), other: 1 } })).toBe(1);
    expect(backend.opened).toHaveLength(2);
  });
});

describe('a declaration', () => {
  it('of a key that a child declared before is remembered as well', () => {
    const metrics = createMetrics({ backend: new JournalBackend() });
    metrics.child({ prefix: 'db.' }).defineCounter('x', { tags: ['a'] });
    const counter = metrics.defineCounter('db.x', { tags: ['a'] });
    expect(metrics.defineCounter('db.x', { tags: ['a'] })).toBe(counter);
  });

  it('as a distribution of a metric of another kind lets its timers run, and changes nothing of the metric', () => {
    const backend = new JournalBackend();
    const problems: Problem[] = [];
    const metrics = createMetrics({ backend, onError: (problem) => problems.push(problem) });
    for (const [key, define] of [
      ['counted', () => metrics.defineCounter('counted', { tags: ['a'] })],
      ['used', () => metrics.incr('used')],
    ] as const) {
      define();
      expect(metrics.defineDistribution(key, { tags: ['a'] }).timer(() => 5)).toBe(5);
    }
    metrics.incr('counted', { tags: { result: 'x' } });
    expect(backend.lines).toEqual(['counter used 1', 'counter counted 1']);
    expect(problems.at(-1)).toMatchObject({ code: 'undeclared_tag', metric: 'counted', tag: 'result' });
    expect(metrics.stats().dropped).toEqual({ kind_conflict: 2 });
  });

  it('as a timing of a metric that is a distribution changes nothing of the metric', () => {
    const backend = new JournalBackend();
    const codes: string[] = [];
    const metrics = createMetrics({ backend, onError: ({ code }) => codes.push(code) });
    metrics.defineDistribution('d', { tags: ['a'] });
    expect(metrics.defineTiming('d', { tags: ['a'] }).timer(() => 5)).toBe(5);
    metrics.distribution('d', 1, { tags: { result: 'x' } });
    expect(backend.lines).toEqual(['distribution d 1']);
    expect(codes).toEqual(['definition_conflict', 'kind_conflict', 'undeclared_tag']);
  });

  it('of a timed distribution needs no guard, and its timers change it once', () => {
    const backend = new JournalBackend();
    const metrics = createMetrics({ backend, cardinality: { mode: 'off' } });
    const distribution = metrics.defineDistribution('d', { unit: 'byte' });
    for (let call = 0; call < 3; call += 1) distribution.timer(() => call);
    expect(backend.lines.map((line) => line.split(' ')[1])).toEqual(Array(3).fill('d{result=success}'));
    expect(backend.opened).toHaveLength(1);
  });

  it('keeps the timers of a timing in milliseconds, whatever unit it has', () => {
    const backend = new JournalBackend();
    const metrics = createMetrics({ backend });
    let now = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => (now += 250));
    metrics.defineTiming('t', { unit: 'second' } as object).timer(() => 5);
    jest.restoreAllMocks();
    expect(backend.lines).toEqual(['timing t{result=success} 250']);
  });
});

it('a series that is opened for the second time, because the backend changed, keeps the prefix, the unit and the flag', () => {
  for (const isDiscarding of [false, true]) {
    const next = Object.assign(new JournalBackend(), { discards: isDiscarding });
    const first = new JournalBackend();
    const metrics = createMetrics({ backend: first });
    first.open = () => void metrics.register(next, { replace: true });
    metrics.child({ prefix: 'db.' }).incr('x', 2, { unit: 'byte', internal: true });
    expect(next.lines).toEqual(isDiscarding ? [] : ['counter db.x 2']);
    expect(next.opened).toMatchObject(isDiscarding ? [] : [{ key: 'db.x', unit: 'byte', internal: true }]);
    expect(metrics.stats()).toEqual(expect.objectContaining({ discarded: isDiscarding ? 1 : 0, dropped: {} }));
  }
});

it('a series is not opened for the second time, if the next registration denies its metric', () => {
  const next = new JournalBackend();
  const first = new JournalBackend();
  const metrics = createMetrics({ backend: first });
  first.open = () => void metrics.register(next, { replace: true, deny: ['x'] });
  metrics.incr('x');
  expect(next.opened).toEqual([]);
  expect(metrics.stats().dropped).toEqual({ denied: 1 });
});
