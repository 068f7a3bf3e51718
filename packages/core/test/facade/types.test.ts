import { expectTypeOf } from 'expect-type';
import {
  anyValue,
  type CheckedTags,
  type Counter,
  createMetrics,
  DummyMetricsBackend,
  type MetricOptions,
  type Metrics,
  type MetricsBackend,
  type RecordOptions,
  type Tags,
} from '../../src/index.js';

// Checked by the compiler: an expected error that does not come fails the type check.
const metrics = createMetrics();

declare module '../../src/index.js' {
  interface AllowedTags {
    broker_id: true;
  }
}

it('tags in the wrong place are type errors', () => {
  // @ts-expect-error tags go inside the options
  metrics.incr('x', 1, { status: '200' });
  // @ts-expect-error tags go inside the options
  metrics.incr('x', { status: '200' });
  // @ts-expect-error an array is not tags
  metrics.incr('x', { tags: ['status:200'] });
  // @ts-expect-error a Map is not tags
  metrics.incr('x', { tags: new Map([['status', '200']]) });
  // @ts-expect-error a tuple is not tags
  metrics.incr('x', { tags: ['status:200'] as const });
  // @ts-expect-error a Set is not tags
  metrics.incr('x', { tags: new Set(['status']) });
  // @ts-expect-error a Date is not tags
  metrics.incr('x', { tags: new Date() });
  // @ts-expect-error a string is not tags
  metrics.incr('x', { tags: 'status:200' });
  // @ts-expect-error a function is not tags
  metrics.incr('x', { tags: () => 'status:200' });
  // @ts-expect-error there is no fourth argument
  metrics.incr('x', 1, {}, { status: '200' });
  // @ts-expect-error a nested object is not a tag value
  metrics.incr('x', { tags: { user: { name: 'ann' } } });
  // @ts-expect-error a timing has no unit: it is milliseconds
  metrics.timing('x', 1, { unit: 'second' });
  // @ts-expect-error a timing has no timestamp
  metrics.timing('x', 1, { timestamp: 5 });
});

it('common types of tags pass', () => {
  const record: Record<string, string> = { a: 'b' };
  const optional: { a?: string | undefined } = {};
  metrics.incr('x', { tags: record });
  metrics.incr('x', { tags: { ...record, ...optional, b: 1, c: true, d: null, e: undefined } });
  metrics.incr('x', undefined, undefined);
  expectTypeOf<{ readonly a: 'b' }>().toExtend<Tags>();
});

interface Shape {
  status: string;
  readonly code?: number | undefined;
}

it('tags of any shape pass unless a key is rejected', () => {
  const shape: Shape = { status: 'ok' };
  const partial: Partial<Record<'a' | 'b', number>> = {};
  const maybe: Tags | undefined = Math.random() > 2 ? {} : undefined;
  metrics.incr('x', { tags: shape });
  metrics.incr('x', 1, { tags: { ...shape, ...partial } });
  metrics.incr('x', { tags: maybe });
  metrics.incr('x', { tags: Math.random() > 0.5 ? { a: 1 } : { b: 2 } });
  metrics.incr('x', { tags: { status: 'ok', code: 200 } as const });
  metrics.incr('x', {
    tags: new (class {
      readonly status = 'ok';
    })(),
  });
  metrics.incr('x', { tags: { paid: true, valid: true, grid: 1, void: 'x', PAID: 1, broker_id: 5 } });
  metrics.event({ title: 'x', text: 'y', tags: shape });
  createMetrics().register(new DummyMetricsBackend(), { tags: shape });
  metrics.child({ tags: shape }).withTags(shape, () => metrics.addTags(shape));
  metrics.withTags<number>({ a: 1 }, () => 5);
});

// oxlint-disable typescript/no-unnecessary-type-parameters -- this is how people write wrappers
it('wrappers pass their tags on, generic ones too', () => {
  const plain = (tags: Tags): void => metrics.incr('x', { tags });
  const optional = (tags?: Tags): void => metrics.incr('x', { tags: { ...tags, more: 1 } });
  const options = (given?: MetricOptions): void => metrics.incr('x', 1, given);
  const timed = (given?: RecordOptions): number => metrics.timer('x', given, () => 1);
  const generic = <Given extends Tags>(tags: Given): void => metrics.incr('x', { tags });
  const spread = <Given extends Tags>(tags: Given): void => metrics.incr('x', { tags: { ...tags, more: 1 } });
  const records = <Given extends Record<string, string>>(tags: Given): void => metrics.incr('x', { tags });
  const keyed = <Key extends string>(tags: Record<Key, string>): void => metrics.incr('x', { tags });
  const checked = <Given extends CheckedTags<Given>>(tags: Given): void => metrics.incr('x', { tags });
  for (const wrapper of [plain, optional, generic, spread]) wrapper({ status: 'ok' });
  records({ status: 'ok' });
  keyed({ status: 'ok' });
  checked({ status: 'ok' });
  options({ tags: { status: 'ok' } });
  timed({ tags: { status: 'ok' } });
  // @ts-expect-error callers of a checked wrapper are checked
  checked({ user_id: 'x' });
  // @ts-expect-error a type parameter is checked by its constraint
  const wrong = <Given extends { status: object }>(tags: Given): void => metrics.incr('x', { tags });
  wrong({ status: {} });
});
// oxlint-enable typescript/no-unnecessary-type-parameters

it('another class can implement the facade without naming these types', () => {
  class Own implements Pick<Metrics, 'incr' | 'timing' | 'withTags'> {
    incr(_key: string, _amountOrOptions?: number | MetricOptions, _options?: MetricOptions): void {}
    timing(_key: string, _milliseconds: number, _options?: RecordOptions): void {}
    withTags<Result>(_tags: Tags, fn: () => Result): Result {
      return fn();
    }
  }
  expectTypeOf<Own>().toExtend<Pick<Metrics, 'incr' | 'timing' | 'withTags'>>();
});

it('a rejected tag is rejected in any form', () => {
  const tags = { request_id: 'x' };
  const optional: { user_id?: string } = {};
  // @ts-expect-error by name
  metrics.incr('x', { tags: { request_id: 'x' } });
  // @ts-expect-error in a variable
  metrics.incr('x', { tags });
  // @ts-expect-error in a spread
  metrics.incr('x', 1, { tags: { ...tags, a: 1 } });
  // @ts-expect-error as an optional member
  metrics.incr('x', { tags: optional });
  const options = { tags, instance: 'x' };
  // @ts-expect-error in options in a variable
  metrics.incr('x', options);
  // @ts-expect-error not even absent
  metrics.incr('x', { tags: { user_id: undefined } });
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
  // @ts-expect-error a counter without tags does not take any
  metrics.defineCounter('plain').incr({ queue: 'mail' });
  // @ts-expect-error a counter is not a gauge
  metrics.defineCounter('plain').set(1);
  // @ts-expect-error timings are milliseconds
  metrics.defineTiming('t', { unit: 'second' });
});

it('instruments close the values they list', () => {
  const counter = metrics.defineCounter('jobs.done', {
    tags: { result: ['success', 'failure'], status: [200, 404], cached: [true], user_id: anyValue },
  });
  counter.incr({ result: 'success', status: 200, cached: true, user_id: 'x' });
  counter.incr(2, { result: undefined, user_id: 5 });
  counter.with({ status: 404 }).incr();
  // @ts-expect-error a value that is not listed
  counter.incr({ result: 'other' });
  // @ts-expect-error a value that is not listed
  counter.incr(1, { status: 500 });
  // @ts-expect-error a value that is not listed
  counter.with({ cached: false });
  // @ts-expect-error a key that is not declared
  counter.incr({ queue: 'mail' });
  metrics.defineTiming('t', { tags: { table: ['users'] } }).timer({ table: 'users' }, () => 1);
  metrics.defineGauge('g', { tags: { table: ['users'] }, observe: () => 1 }).set(1, { table: 'users' });
  metrics.defineCounter('k', { tags: ['user_id'] }).incr({ user_id: 1 });
  // @ts-expect-error a string is not a list of keys
  metrics.defineCounter('x', { tags: 'queue' });
  // @ts-expect-error a value is not a list of values
  metrics.defineCounter('x', { tags: { result: 'success' } });
  const names: string[] = ['a'];
  metrics.defineCounter('names', { tags: names }).incr({ a: 1 });
});

it('timers and wrappers keep types', () => {
  expectTypeOf(metrics.timer('t', () => 5)).toEqualTypeOf<number>();
  expectTypeOf(metrics.timer('t', {}, async (tags) => (tags['a'] = 'b'))).toEqualTypeOf<Promise<string>>();
  expectTypeOf(metrics.wraps('t', (a: number, b?: string) => a > (b?.length ?? 0))).toEqualTypeOf<
    (a: number, b?: string) => boolean
  >();
  expectTypeOf(metrics.withTags({ a: 1 }, async () => 5)).toEqualTypeOf<Promise<number>>();
});

it('a backend may omit optional methods', () => {
  expectTypeOf<
    Pick<
      MetricsBackend,
      'open' | 'release' | 'incr' | 'gauge' | 'timing' | 'distribution' | 'set' | 'flush' | 'close' | 'stats'
    >
  >().toExtend<MetricsBackend>();
});

it('a method of a handle that is taken from it is a type error', () => {
  const handle = metrics.defineCounter('x').with({});
  const { incr } = handle;
  // @ts-expect-error it needs its handle
  incr();
  const { add } = metrics.defineSet('y').with({});
  // @ts-expect-error it needs its handle
  add('z');
  handle.incr();
});
