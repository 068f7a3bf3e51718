import { expectTypeOf } from 'expect-type';
import { type Counter, createMetrics, type MetricsBackend, type Tags } from '../src/index.js';

// Checked by the compiler: an expected error that does not come fails the type check.
const metrics = createMetrics();

it('tags in the wrong place are type errors', () => {
  // @ts-expect-error tags go inside the options
  metrics.incr('x', 1, { status: '200' });
  // @ts-expect-error tags go inside the options
  metrics.incr('x', { status: '200' });
  // @ts-expect-error an array is no tags
  metrics.incr('x', { tags: ['status:200'] });
  // @ts-expect-error a Map is no tags
  metrics.incr('x', { tags: new Map([['status', '200']]) });
  // @ts-expect-error there is no fourth argument
  metrics.incr('x', 1, {}, { status: '200' });
  // @ts-expect-error a nested object is no tag value
  metrics.incr('x', { tags: { user: { name: 'ann' } } });
  // @ts-expect-error a timing has no unit: it is milliseconds
  metrics.timing('x', 1, { unit: 'second' });
  // @ts-expect-error a timing has no timestamp
  metrics.timing('x', 1, { timestamp: 5 });
});

it('what people have at hand passes', () => {
  const record: Record<string, string> = { a: 'b' };
  const optional: { a?: string | undefined } = {};
  metrics.incr('x', { tags: record });
  metrics.incr('x', { tags: { ...record, ...optional, b: 1, c: true, d: null, e: undefined } });
  metrics.incr('x', undefined, undefined);
  expectTypeOf<{ readonly a: 'b' }>().toExtend<Tags>();
});

it('instruments close their tag keys', () => {
  const counter = metrics.defineCounter('jobs', { tags: ['queue', 'result'] });
  expectTypeOf(counter).toEqualTypeOf<Counter<'queue' | 'result'>>();
  counter.incr({ queue: 'mail' });
  counter.incr(2, { queue: 'mail', result: undefined });
  // @ts-expect-error not declared
  counter.incr({ user_id: 1 });
  // @ts-expect-error not declared
  counter.with({ user_id: 1 });
  // @ts-expect-error a counter without tags takes none
  metrics.defineCounter('plain').incr({ queue: 'mail' });
  // @ts-expect-error a counter is no gauge
  metrics.defineCounter('plain').set(1);
  // @ts-expect-error timings are milliseconds
  metrics.defineTiming('t', { unit: 'second' });
});

it('timers and wrappers keep types', () => {
  expectTypeOf(metrics.timer('t', () => 5)).toEqualTypeOf<number>();
  expectTypeOf(metrics.timer('t', {}, async (tags) => (tags['a'] = 'b'))).toEqualTypeOf<Promise<string>>();
  expectTypeOf(metrics.wraps('t', (a: number, b?: string) => a > (b?.length ?? 0))).toEqualTypeOf<
    (a: number, b?: string) => boolean
  >();
  expectTypeOf(metrics.withTags({ a: 1 }, async () => 5)).toEqualTypeOf<Promise<number>>();
});

it('a backend may leave out what is optional', () => {
  expectTypeOf<
    Pick<
      MetricsBackend,
      'open' | 'release' | 'incr' | 'gauge' | 'timing' | 'distribution' | 'set' | 'flush' | 'close' | 'stats'
    >
  >().toExtend<MetricsBackend>();
});
