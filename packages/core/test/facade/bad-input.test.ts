import fc from 'fast-check';
import { createMetrics, type Metrics, type Problem } from '../../src/index.js';
import { describeValue } from '../../src/problems/describe-value.js';
import { JournalBackend } from '../journal-backend.js';
import { setUp } from '../set-up.js';

// Plain JavaScript and `any` pass values that the types forbid.
// oxlint-disable-next-line typescript/no-explicit-any -- see above
type Untyped = any;

let backend: JournalBackend;
let problems: Problem[];
let metrics: Untyped;

beforeEach(() => {
  ({ backend, metrics, problems } = setUp());
});

const codes = (): string[] => problems.map(({ code }) => code);

test.each([
  ['NaN', Number.NaN],
  ['infinity', Number.POSITIVE_INFINITY],
  ['minus infinity', Number.NEGATIVE_INFINITY],
  ['a numeric string', '5'],
  ['null', null],
  ['an object', { valueOf: (): number => 5 }],
  ['a bigint', 5n],
  ['a symbol', Symbol('five')],
  [
    'an object whose toString throws',
    {
      toString: () => {
        throw new Error('no');
      },
    },
  ],
])('%s is not a value', (_name, value) => {
  metrics.gauge('g', value);
  metrics.timing('t', value);
  metrics.distribution('d', value);
  if (typeof value !== 'object') metrics.incr('c', value);
  if (typeof value !== 'string') metrics.set('s', value);
  expect(backend.lines).toEqual([]);
  const expected = 3 + (typeof value === 'object' ? 0 : 1) + (typeof value === 'string' ? 0 : 1);
  expect(metrics.stats().dropped).toEqual({ invalid_value: expected });
  expect(new Set(codes())).toEqual(new Set(['invalid_value']));
});

it('a timing is not negative, a distribution may be', () => {
  metrics.timing('t', -1);
  metrics.timing('t', -0);
  metrics.distribution('d', -1);
  expect(backend.lines).toEqual(['timing t 0', 'distribution d -1']);
  expect(metrics.stats().dropped).toEqual({ invalid_value: 1 });
});

it('a Map hides its tags, also next to an instance whose series is known without them', () => {
  metrics.incr('x', 1, { instance: 'a' });
  metrics.incr('x', 1, { instance: 'a' });
  metrics.incr('x', 1, { tags: new Map([['queue', 'mail']]), instance: 'a' });
  expect(metrics.stats().dropped).toEqual({ invalid_tags: 1 });
});

test.each([
  ['an empty string', ''],
  ['undefined', undefined],
  ['null', null],
  ['a number', 5],
  ['an object', {}],
  ['an object without a prototype', Object.create(null)],
  ['a symbol', Symbol('key')],
  ['a string of 1001 characters', 'k'.repeat(1001)],
])('%s is not a key', (_name, key) => {
  const observe = jest.fn(() => 1);
  metrics.defineGauge(key, { observe });
  metrics.incr(key);
  metrics.incr(key, { tags: { a: 1 } });
  metrics.timer(key, () => 1);
  metrics.defineCounter(key).incr();
  metrics.defineCounter(key).with({}).incr();
  expect(metrics.defineDistribution(key).timer(() => 5)).toBe(5);
  metrics.defineGauge(key).add(1);
  metrics.defineGauge(key).observe(() => 1);
  expect(metrics.stats().dropped).toEqual({ invalid_key: 7 });
  backend.host!.collect();
  expect(metrics.stats().dropped).toEqual({ invalid_key: 8 });
  expect(observe).not.toHaveBeenCalled();
  expect(backend.lines).toEqual([]);
  expect(problems[0]).toMatchObject({
    code: 'invalid_key',
    message: "A metric's key is a string of 1 to 1000 characters.",
    value: describeValue(key),
  });
  const early: Untyped = createMetrics();
  early.defineGauge(key).with({}).add();
  expect(early.stats()).toEqual(expect.objectContaining({ discarded: 1, dropped: {} }));
});

test.each([
  ['an array', ['a', 'b']],
  ['an empty array', []],
  ['a Map', new Map([['a', 'b']])],
  ['a Set', new Set(['a'])],
  ['a Date', new Date(0)],
  ['a string', 'status:200'],
  ['a number', 5],
  ['a function', () => {}],
  ['a promise', Promise.resolve()],
])('%s is not tags, on the first call and on later ones', (_name, tags) => {
  metrics.incr('x', 1);
  for (let i = 0; i < 3; i += 1) metrics.incr('x', 1, { tags });
  expect(backend.lines).toEqual(['counter x 1']);
  expect(metrics.stats().dropped).toEqual({ invalid_tags: 3 });
  expect(problems).toMatchObject([{ code: 'invalid_tags', metric: 'x', count: 1 }]);
});

test.each([
  ['a nested object', {}],
  ['an array', [1]],
  ['a symbol', Symbol('v')],
  ['a function', () => {}],
  ['a bigint', 1n],
])('%s is not a tag value', (_name, value) => {
  metrics.incr('x', { tags: { ok: 1, bad: value } });
  metrics.incr('x', { tags: { ok: 1 } });
  expect(backend.lines).toEqual(['counter x{ok=1} 1']);
  expect(problems).toMatchObject([{ code: 'invalid_tag_value', metric: 'x', tag: 'bad' }]);
});

it('tags in the wrong place are reported, with the message', () => {
  metrics.incr('x');
  metrics.incr('x', 1, { status: '200' });
  metrics.incr('x', { status: '200' });
  metrics.incr('x', { tags: {} }, { tags: { a: 1 } });
  metrics.gauge('g', 1, {}, { a: 1 });
  metrics.incr('x', 1, ['status:200']);
  metrics.incr('x', 1, 0.5);
  metrics.incr('x', 1, 'status:200');
  expect(backend.lines).toEqual(['counter x 1']);
  expect(metrics.stats().dropped).toEqual({ invalid_options: 7 });
  expect(problems[0]!.message).toContain('{ tags: { status: 200 } }');
});

it('empty and absent options are fine', () => {
  metrics.incr('x', 1, {});
  metrics.incr('x', 1, undefined);
  metrics.incr('x', 1, null);
  metrics.incr('x', undefined, null);
  metrics.incr('x', { tags: undefined, instance: undefined, sampleRate: undefined, timestamp: undefined });
  metrics.incr('x', { tags: null });
  expect(backend.lines).toEqual(Array(6).fill('counter x 1'));
});

it('null, and an undefined that is passed alone, are no amounts: a value that is missing is not one', () => {
  const counter = metrics.defineCounter('c', { tags: ['a'] });
  const handle = counter.with({ a: 1 });
  metrics.incr('x', null);
  metrics.incr('x', null, { tags: { a: 1 } });
  metrics.incr('x', undefined);
  counter.incr(null);
  counter.incr(undefined);
  counter.incr(null, { a: 1 });
  handle.incr(null);
  handle.incr(undefined);
  expect(backend.lines).toEqual([]);
  expect(metrics.stats().dropped).toEqual({ invalid_value: 8 });
  metrics.incr('x');
  metrics.incr('x', undefined, { tags: { a: 1 } });
  metrics.incr('x', { tags: { a: 1 } });
  counter.incr();
  counter.incr(undefined, { a: 1 });
  counter.incr({ a: 1 });
  handle.incr();
  expect(backend.lines.length).toBe(7);
  const strict = createMetrics({ backend: new JournalBackend(), strict: true, onError: () => {} });
  expect(() => strict.incr('x', undefined)).toThrow(/invalid_value/);
});

it('33 tags are too many, ten thousand of them too', () => {
  const many = (count: number): object => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]));
  metrics.incr('x', { tags: many(32) });
  metrics.incr('x', { tags: many(33) });
  metrics.incr('x', { tags: many(10_000) });
  expect(backend.lines).toHaveLength(1);
  expect(metrics.stats().dropped).toEqual({ too_many_tags: 2 });
});

test.each([[-1], [Number.NaN], ['0.5'], [true]])('%p is not a sample rate', (sampleRate) => {
  metrics.incr('x', 1, { sampleRate });
  expect(backend.lines).toEqual([]);
  expect(metrics.stats().dropped).toEqual({ invalid_sample_rate: 1 });
});

test.each([[0], [-1], [Number.NaN], ['now'], [Date.now()], [new Date()]])(
  '%p is no timestamp in seconds',
  (timestamp) => {
    metrics.incr('x', 1, { timestamp });
    expect(backend.lines).toEqual([]);
    expect(metrics.stats().dropped).toEqual({ invalid_timestamp: 1 });
  },
);

it('lone surrogates become the replacement character in keys, tags and instances', () => {
  metrics.incr('x\uD800', { tags: { 'a\uDC00': 'b\uD800' }, instance: '\uDFFF' });
  expect(backend.lines).toEqual(['counter x\uFFFD{a\uFFFD=b\uFFFD}#\uFFFD 1']);
});

it('a getter that throws costs its sample only', () => {
  const tags = {
    get a(): string {
      throw new Error('no');
    },
  };
  metrics.incr('x', { tags });
  metrics.incr('x');
  metrics.withTags(tags, () => metrics.incr('x'));
  metrics.child({ tags }).incr('x');
  metrics
    .defineCounter('y', { tags: ['a'] })
    .with(tags)
    .incr();
  expect(backend.lines.filter((line) => line.startsWith('counter x'))).toEqual(Array(3).fill('counter x 1'));
  expect(metrics.stats().dropped['recording_failed']).toBe(2);
  expect(problems).toContainEqual(expect.objectContaining({ code: 'recording_failed', cause: new Error('no') }));
});

it('a backend that throws costs its sample only', () => {
  backend.incr = () => {
    throw new Error('broken');
  };
  metrics.incr('x');
  metrics.gauge('g', 1);
  expect(backend.lines).toEqual(['gauge g 1']);
  expect(metrics.stats().dropped).toEqual({ recording_failed: 1 });
});

it('an onError that throws, rejects or records metrics has no effect on others', async () => {
  const own: Metrics = createMetrics({
    backend,
    onError: async () => {
      own.incr('');
      throw new Error('handler');
    },
  });
  own.incr('', 1);
  const thrower = createMetrics({
    backend,
    onError: () => {
      throw new Error('handler');
    },
  });
  thrower.incr('');
  await new Promise(setImmediate);
  expect(own.stats().dropped).toEqual({ invalid_key: 2 });
});

it('no input makes it throw, and every sample is counted', () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withTypedArray: true,
  });
  const verb = fc.constantFrom('incr', 'gauge', 'timing', 'distribution', 'set');
  const options = fc.oneof(
    anything,
    fc.record({ tags: anything, instance: anything, sampleRate: anything, unit: anything }, { requiredKeys: [] }),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(verb, fc.oneof(fc.string(), anything), anything, options), { maxLength: 30 }),
      (calls) => {
        const journal = new JournalBackend();
        const own: Untyped = createMetrics({ backend: journal, onError: () => {} });
        for (const [name, key, value, given] of calls) own[name](key, value, given);
        const { dropped, sampledOut } = own.stats();
        const lost = Object.values<number>(dropped).reduce((sum, count) => sum + count, 0);
        expect(journal.lines.length + lost + sampledOut).toBe(calls.length);
      },
    ),
    { numRuns: 500 },
  );
});
