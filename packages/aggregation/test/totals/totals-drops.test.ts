import { setUpTotals } from './totals-set-up.js';

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

test.each<[reason: string, record: (shop: ReturnType<typeof setUpTotals>) => number]>([
  ['unknown_series', ({ totals }) => totals.incr(9, 1)],
  ['unknown_series', ({ totals }) => totals.gauge(9, 1)],
  ['unknown_series', ({ totals }) => totals.value(9, 1)],
  ['unknown_series', ({ totals }) => totals.set(9, 'ann')],
  ['wrong_kind', ({ totals }) => totals.incr(1, 1)],
  ['wrong_kind', ({ totals }) => totals.gauge(2, 1)],
  ['wrong_kind', ({ totals }) => totals.value(3, 1)],
  ['wrong_kind', ({ totals }) => totals.set(0, 'ann')],
  ['not_finite', ({ totals }) => totals.incr(0, Number.POSITIVE_INFINITY)],
  ['not_finite', ({ totals }) => totals.gauge(1, Number.NaN)],
  ['not_finite', ({ totals }) => totals.value(2, Number.NEGATIVE_INFINITY)],
  ['closed', ({ totals }) => (totals.close(), totals.gauge(1, 1))],
  ['empty_name', ({ totals }) => (totals.reject(1, 'empty_name'), totals.gauge(1, 1))],
  ['unknown_series', ({ totals }) => (totals.reject(1, 'empty_name'), totals.release(1, false), totals.gauge(1, 1))],
  ['closed', ({ totals }) => (totals.reject(1, 'empty_name'), totals.close(), totals.gauge(1, 1))],
])('a sample that is in no total is counted as dropped under its reason, once: %s', (reason, record) => {
  const shop = setUpTotals();
  for (const [id, kind] of (['counter', 'gauge', 'histogram', 'set'] as const).entries()) shop.open(id, kind, kind);
  const before = shop.read();
  expect(record(shop)).toBe(-1);
  expect(shop.accounting.stats(0).dropped).toEqual({ [reason]: 1 });
  expect(shop.read()).toEqual(before);
  expect(shop.problems.map(({ code }) => code)).toEqual([reason]);
});

test('zero is an amount of a counter, and the samples of a rejected series are reported by its conflict alone', () => {
  const { totals, open, problems } = setUpTotals();
  open(0, 'jobs', 'counter');
  expect(totals.incr(0, 0)).toBeGreaterThanOrEqual(0);
  open(1, 'pool', 'gauge');
  open(2, 'pool', 'counter');
  totals.incr(2, 1);
  totals.incr(0, -1);
  expect(problems.map(({ code, message }) => [code, message])).toEqual([
    [
      'name_conflict',
      'Another metric is exported as "pool_total", "pool", so samples of this one are dropped. Rename one of them.',
    ],
    [
      'negative_increment',
      'A counter only grows here, so its negative amount is dropped. Name the counter in the option `upDown`, or record a gauge.',
    ],
  ]);
});

test.each(['counter', 'gauge', 'histogram', 'set'] as const)(
  'the first series of all is recorded if it is a %s',
  (kind) => {
    const { totals, open, accounting } = setUpTotals();
    open(0, kind, kind);
    const verb = ({ counter: 'incr', gauge: 'gauge', histogram: 'value', set: 'set' } as const)[kind];
    expect([totals[verb](0, 1 as never), accounting.stats(0).dropped]).toEqual([0, {}]);
  },
);
