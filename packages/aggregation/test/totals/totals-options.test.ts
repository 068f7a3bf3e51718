import { isInMilliseconds, resolveTotalsOptions, withoutMilliseconds } from '../../src/index.js';
import { seriesOf } from './totals-set-up.js';

const DEFAULTS = { milliseconds: [5, 10], values: [1, 2] };

test('buckets are those of the option, then of the declaration, then the default for the unit', () => {
  const { bucketsFor } = resolveTotalsOptions({ buckets: { 'db.*': [7, 8], '*': [9] } }, DEFAULTS);
  expect([...bucketsFor(seriesOf({ buckets: [1] })).bounds]).toEqual([7, 8]);
  expect([...bucketsFor(seriesOf({ key: 'other' })).bounds]).toEqual([9]);
  const { bucketsFor: withDefaults } = resolveTotalsOptions({}, DEFAULTS);
  expect([...withDefaults(seriesOf({ buckets: [1] })).bounds]).toEqual([1]);
  expect([...withDefaults(seriesOf({})).bounds]).toEqual([5, 10]);
  expect([...withDefaults(seriesOf({ kind: 'distribution' })).bounds]).toEqual([1, 2]);
  expect([...withDefaults(seriesOf({ kind: 'distribution', unit: 'millisecond' })).bounds]).toEqual([5, 10]);
  expect([...withDefaults(seriesOf({ kind: 'distribution', unit: 'second' })).bounds]).toEqual([0.005, 0.01]);
});

test.each<[string, object, RegExp]>([
  ['bounds that do not ascend', { buckets: { 'db.*': [2, 1] } }, /buckets of "db\.\*".*2,1/],
  ['a bound that is there twice', { buckets: { a: [1, 2, 2] } }, /ascending numbers, not "1,2,2"/],
  ['an infinite bound', { buckets: { a: [1, Number.POSITIVE_INFINITY] } }, /buckets of "a".*not "1,Infinity"/],
  ['more bounds than anyone needs', { buckets: { a: Array.from({ length: 1001 }, (_, at) => at) } }, /at most 1000/],
  ['bounds that are a number', { buckets: { a: 5 } }, /buckets of "a".*not 5/],
  ['bounds that only look like a list', { buckets: { a: { length: 0 } } }, /buckets of "a"/],
  ['buckets that are null', { buckets: null }, /buckets must be bounds by a pattern.*not null/],
  ['buckets that are a number', { buckets: 7 }, /buckets must be bounds by a pattern.*not 7/],
  ['a pattern that is a number', { upDown: ['jobs', 7] }, /upDown must be a list/],
  ['a negative bound of released series', { maxReleased: -1 }, /maxReleased/],
  ['a bound that is not a number', { buckets: { a: [1, 'x'] } }, /buckets of "a"/],
  ['a list of bounds without a pattern', { buckets: [1, 2] }, /buckets must be bounds by a pattern/],
  ['a pattern that is not in a list', { upDown: 'jobs' }, /upDown must be a list/],
  ['a window of zero', { setWindow: 0 }, /setWindow/],
  ['a bound of released series that is not an integer', { maxReleased: 1.5 }, /maxReleased/],
])('%s is an error that shows it', (_, options, message) => {
  expect(() => resolveTotalsOptions(options, DEFAULTS)).toThrow(message);
});

test('bounds up to a thousand, empty lists and limits at their ends are accepted', () => {
  const bounds = Array.from({ length: 1000 }, (_, at) => at - 500);
  const resolved = resolveTotalsOptions(
    { buckets: { a: bounds, b: [] }, maxReleased: 0, setWindow: 86_400_000 },
    DEFAULTS,
  );
  expect(resolved.bucketsFor(seriesOf({ key: 'a' })).bounds).toHaveLength(1000);
  expect(resolved.bucketsFor(seriesOf({ key: 'b' })).bounds).toHaveLength(0);
  expect(resolved).toMatchObject({ maxReleased: 0, setWindow: 86_400_000 });
  expect(resolveTotalsOptions({}, DEFAULTS)).toMatchObject({ maxReleased: 100_000, setWindow: 60_000 });
});

test('series with equal bounds share their rows, and later changes of the options do not matter', () => {
  const buckets = { 'db.*': [1, 2] };
  const upDown = ['jobs.*'];
  const { bucketsFor, kindOf } = resolveTotalsOptions({ buckets, upDown }, DEFAULTS);
  const rows = bucketsFor(seriesOf({}));
  buckets['db.*'].push(3);
  upDown[0] = 'others';
  expect(bucketsFor(seriesOf({}))).toBe(rows);
  expect(bucketsFor(seriesOf({ key: 'size', kind: 'distribution' }))).toBe(rows);
  expect(bucketsFor(seriesOf({ key: 'size', buckets: [12] }))).not.toBe(rows);
  expect(kindOf(seriesOf({ kind: 'counter', key: 'jobs.balance' }))).toBe('up-down');
});

test('counters that a pattern names may fall; timings and distributions are histograms', () => {
  const { kindOf } = resolveTotalsOptions({ upDown: ['balance', 'pool.*'] }, DEFAULTS);
  const kinds = [
    ['counter', 'jobs', 'counter'],
    ['counter', 'balance', 'up-down'],
    ['counter', 'pool.size', 'up-down'],
    ['gauge', 'balance', 'gauge'],
    ['set', 'pool.users', 'set'],
    ['timing', 'balance', 'histogram'],
    ['distribution', 'pool.size', 'histogram'],
  ] as const;
  for (const [kind, key, expected] of kinds) expect([key, kindOf(seriesOf({ kind, key }))]).toEqual([key, expected]);
  expect(resolveTotalsOptions({}, DEFAULTS).kindOf(seriesOf({ kind: 'counter', key: 'balance' }))).toBe('counter');
});

test.each(['ms', 'millis', 'millisecond', 'milliseconds'])('the unit %s is converted, except that of a set', (unit) => {
  for (const kind of ['counter', 'gauge', 'distribution'] as const) {
    expect(isInMilliseconds({ kind, unit })).toBe(true);
    expect(isInMilliseconds({ kind, unit: `${unit}x` })).toBe(false);
  }
  expect(isInMilliseconds({ kind: 'set', unit })).toBe(false);
  for (const separator of ['.', '_', '-']) {
    expect(withoutMilliseconds(`lag${separator}${unit}`)).toBe('lag');
    expect(withoutMilliseconds(`lag${separator}${unit}${separator}max`)).toBe(`lag${separator}${unit}${separator}max`);
    // Something must be left of the name.
    expect(withoutMilliseconds(`${separator}${unit}`)).toBe(`${separator}${unit}`);
  }
  expect(withoutMilliseconds(`lag${unit}`)).toBe(`lag${unit}`);
});

test('the time of a timing is in milliseconds whatever its unit says, and units of seconds have bounds in seconds', () => {
  expect(isInMilliseconds(seriesOf({ unit: undefined }))).toBe(true);
  expect(isInMilliseconds(seriesOf({ unit: 'byte' }))).toBe(true);
  expect(isInMilliseconds(seriesOf({ kind: 'gauge', unit: undefined }))).toBe(false);
  const { bucketsFor } = resolveTotalsOptions({}, DEFAULTS);
  for (const unit of ['s', 'sec', 'second', 'seconds'])
    expect([...bucketsFor(seriesOf({ kind: 'distribution', unit })).bounds]).toEqual([0.005, 0.01]);
});
