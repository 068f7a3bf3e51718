import { countCustomMetrics, estimateCost } from '../../src/cardinality/cost.js';

const report = {
  metrics: [
    { kind: 'timing', series: 4 },
    { kind: 'distribution', series: 1 },
    { kind: 'counter', series: 1 },
  ],
} as const;

it('counts a series of a timing as five custom metrics, of a distribution as five or ten, of any other kind as one', () => {
  expect(countCustomMetrics(report)).toBe(4 * 5 + 5 + 1);
  expect(countCustomMetrics(report, { percentiles: true })).toBe(4 * 5 + 10 + 1);
  expect(countCustomMetrics(report, { timing: 2 })).toBe(4 * 2 + 5 + 1);
  expect(report.metrics.map((metric) => countCustomMetrics({ metrics: [metric] }))).toEqual([20, 5, 1]);
  expect(
    countCustomMetrics({
      metrics: [
        { kind: 'gauge', series: 2 },
        { kind: 'set', series: 3 },
      ],
    }),
  ).toBe(5);
});

it('estimates the price of custom metrics that no host includes', () => {
  const price = { percentiles: true, pricePer100: 5 };
  expect(estimateCost(report, { ...price, hosts: 100, includedPerHost: 11 })).toEqual({
    customMetrics: 3100,
    included: 1100,
    billable: 2000,
    perMonth: 100,
  });
  expect(estimateCost(report, { ...price, includedPerHost: 100 })).toMatchObject({ billable: 0, perMonth: 0 });
});
