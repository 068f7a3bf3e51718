import { AsyncLocalStorage } from 'node:async_hooks';
import { ContextTags } from '../../src/engine/context-tags.js';
import { createMetrics, type Metrics, type Problem } from '../../src/index.js';
import { JournalBackend } from '../journal-backend.js';
import { setUp } from '../set-up.js';

let backend: JournalBackend;
let problems: Problem[];
let metrics: Metrics;

beforeEach(() => {
  ({ backend, metrics, problems } = setUp());
});

const tick = (): Promise<void> => new Promise(setImmediate);

it('context tags apply after awaits, each to its own context', async () => {
  const request = (id: string): Promise<void> =>
    metrics.withTags({ route: id }, async () => {
      await tick();
      metrics.incr('x');
      await metrics.withTags({ step: 1 }, async () => {
        await tick();
        metrics.incr('x');
      });
      metrics.incr('x');
    });
  await Promise.all([request('a'), request('b')]);
  metrics.incr('x');
  expect(backend.lines.toSorted()).toEqual([
    'counter x 1',
    'counter x{route=a,step=1} 1',
    'counter x{route=a} 1',
    'counter x{route=a} 1',
    'counter x{route=b,step=1} 1',
    'counter x{route=b} 1',
    'counter x{route=b} 1',
  ]);
});

it('addTags applies until the enclosing withTags ends', async () => {
  await metrics.withTags({ a: 1 }, async () => {
    metrics.addTags({ b: 2 });
    await tick();
    metrics.withTags({}, () => {
      metrics.addTags({ c: 3 });
      metrics.incr('x');
    });
    metrics.incr('x');
  });
  metrics.incr('x');
  expect(backend.lines).toEqual(['counter x{a=1,b=2,c=3} 1', 'counter x{a=1,b=2} 1', 'counter x 1']);
  expect(problems).toEqual([]);
});

it('addTags outside of any context is reported', () => {
  metrics.addTags({ a: 1 });
  expect(problems).toMatchObject([{ code: 'no_context' }]);
});

it('invalid context tags are reported, and the function runs', () => {
  expect(metrics.withTags([1] as never, () => 5)).toBe(5);
  expect(() =>
    metrics.withTags({ a: 1 }, () => {
      throw new Error('mine');
    }),
  ).toThrow('mine');
  expect(problems).toMatchObject([{ code: 'invalid_tags' }]);
});

it('instruments take only the context tags they declare, and handles none', () => {
  const counter = metrics.defineCounter('jobs', { tags: ['queue', 'region'] });
  const handle = counter.with({ queue: 'mail' });
  metrics.withTags({ region: 'eu', request: '1' }, () => {
    counter.incr({ queue: 'mail' });
    handle.incr();
    metrics.incr('jobs', { tags: { queue: 'mail' } });
    metrics.incr('free');
  });
  expect(backend.lines).toEqual([
    'counter jobs{queue=mail,region=eu} 1',
    'counter jobs{queue=mail} 1',
    'counter jobs{queue=mail,region=eu} 1',
    'counter free{region=eu,request=1} 1',
  ]);
  expect(problems).toEqual([]);
});

it('equal contexts share their caches: a new context object per request opens no new series', () => {
  for (let i = 0; i < 1000; i += 1)
    metrics.withTags({ region: 'eu' }, () =>
      metrics.withTags({ step: i % 2 }, () => metrics.incr('x', { tags: { a: 1 } })),
    );
  expect(backend.opened).toHaveLength(2);
  expect(backend.lines).toHaveLength(1000);
});

it('any number of contexts are forgotten and stay right', () => {
  metrics.withTags({ outer: 1 }, () => {
    for (let i = 0; i < 25_000; i += 1) metrics.withTags({ n: i }, () => metrics.withTags({ m: i % 3 }, () => {}));
    metrics.withTags({ n: 1 }, () => metrics.withTags({ m: 1 }, () => metrics.incr('x')));
  });
  expect(backend.lines).toEqual(['counter x{m=1,n=1,outer=1} 1']);
});

it('equal sets of tags are one object, until ten thousand others came', () => {
  const context = new ContextTags(new AsyncLocalStorage());
  const setOf = (value: number | string) => context.run(new Map([['region', `${value}`]]), () => context.current());
  const first = setOf('eu');
  setOf('us');
  expect(setOf('eu')).toBe(first);
  for (let other = 0; other < 9998; other += 1) setOf(other);
  expect(setOf('eu')).toBe(first);
  setOf('one more');
  expect(setOf('eu')).not.toBe(first);
  expect(setOf('eu')).toEqual(first);
});

it('tags of a context apply whatever was recorded before, in it or outside, and after a change of the backend', () => {
  const counter = metrics.defineCounter('jobs', { tags: ['region'] });
  const record = (): void => {
    metrics.incr('x');
    counter.incr();
  };
  const both = (): void => {
    record();
    metrics.withTags({ region: 'eu' }, record);
  };
  const lines = ['counter x 1', 'counter jobs 1', 'counter x{region=eu} 1', 'counter jobs{region=eu} 1'];
  both();
  both();
  expect(backend.lines).toEqual([...lines, ...lines]);
  const next = new JournalBackend();
  metrics.register(next, { replace: true });
  both();
  both();
  expect(next.lines).toEqual([...lines, ...lines]);
});

it('without AsyncLocalStorage everything else works and the lack is reported', () => {
  const getBuiltinModule = process.getBuiltinModule;
  try {
    process.getBuiltinModule = () => undefined;
    const own = createMetrics({ backend, onError: (problem) => problems.push(problem) });
    expect(own.withTags({ a: 1 }, () => own.timer('t', () => 5))).toBe(5);
    own.addTags({ a: 1 });
    own.incr('x', { tags: { b: 1 } });
    expect(backend.lines.at(-1)).toBe('counter x{b=1} 1');
    expect(problems.map(({ code }) => code)).toEqual(['context_unavailable']);
  } finally {
    process.getBuiltinModule = getBuiltinModule;
  }
});
