import { resolveTotalsOptions } from '../../src/index.js';
import { seriesOf, setUpTotals } from './totals-set-up.js';

const DEFAULTS = { milliseconds: [5, 10], values: [1, 2] };

test('a counter that is released and comes back continues, and one that ended starts again', () => {
  const { totals, open, read } = setUpTotals();
  for (const [id, ended] of [
    [0, false],
    [1, false],
    [2, true],
    [3, true],
  ] as const) {
    open(id, 'jobs', 'counter', ['a']);
    totals.incr(id, 3);
    totals.release(id, ended);
    expect(read()).toEqual(ended ? {} : { 'counter jobs a': 3 * (id + 1) });
  }
});

test('a negative amount of a counter is dropped and reported with the metric, that of one that falls is not', () => {
  const { totals, accounting, problems, open, read } = setUpTotals();
  open(0, 'jobs', 'counter');
  open(1, 'balance', 'up-down');
  for (const id of [0, 1]) {
    totals.incr(id, 5);
    totals.incr(id, -2);
  }
  expect(read()).toEqual({ 'counter jobs ': 5, 'up-down balance ': 3 });
  expect(accounting.stats(3).dropped).toEqual({ negative_increment: 1 });
  expect(problems).toMatchObject([{ code: 'negative_increment', metric: 'jobs', count: 1 }]);
});

test('a family of another kind under a name in use is rejected until the name is free', () => {
  const { totals, accounting, problems, open, read } = setUpTotals();
  open(0, 'jobs', 'counter', ['a']);
  open(1, 'jobs', 'gauge', ['b']);
  totals.gauge(1, 7);
  expect(read()).toEqual({ 'counter jobs a': 0 });
  expect(accounting.stats(0).dropped).toEqual({ name_conflict: 1 });
  expect(problems).toMatchObject([{ code: 'name_conflict', metric: 'jobs' }]);
  totals.release(0, true);
  totals.release(1, false);
  open(1, 'jobs', 'gauge', ['b']);
  totals.gauge(1, 7);
  expect(read()).toEqual({ 'gauge jobs b': 7 });
});

test('a set shows the distinct members of the last whole window, and of the first one so far', () => {
  jest.useFakeTimers();
  const { totals, open, read } = setUpTotals({ setWindow: 1000 });
  open(0, 'users', 'set');
  const readings: unknown[] = [];
  for (const members of [['ann', 'bob', 'ann'], ['ann'], [], [], ['eve']]) {
    for (const member of members) totals.set(0, member);
    readings.push(read()['set users ']);
    jest.advanceTimersByTime(1000);
  }
  jest.useRealTimers();
  expect(readings).toEqual([2, 2, 1, 0, 0]);
});

test('a released series with unread samples that ended is forgotten once they are read', () => {
  const unread = new Set<number>();
  const forgotten: number[] = [];
  const { totals, open } = setUpTotals({
    isUnread: (slot) => unread.has(slot),
    onForget: (slot) => forgotten.push(slot),
  });
  open(0, 'jobs', 'counter');
  const slot = totals.incr(0, 1);
  unread.add(slot);
  totals.release(0, true);
  totals.settle(slot);
  expect([totals.size, forgotten]).toEqual([1, []]);
  unread.clear();
  totals.settle(slot);
  expect([totals.size, forgotten]).toEqual([0, [slot]]);
});

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
  ['a bound that is not a number', { buckets: { a: [1, 'x'] } }, /buckets of "a"/],
  ['a list of bounds without a pattern', { buckets: [1, 2] }, /buckets must be bounds by a pattern/],
  ['a pattern that is not in a list', { upDown: 'jobs' }, /upDown must be a list/],
  ['a window of zero', { setWindow: 0 }, /setWindow/],
  ['a bound of released series that is not an integer', { maxReleased: 1.5 }, /maxReleased/],
])('%s is an error that shows it', (_, options, message) => {
  expect(() => resolveTotalsOptions(options, DEFAULTS)).toThrow(message);
});
