import { formatRate } from '../../src/line/decimal.js';

test.each([
  [1, '1'],
  [2, '0.5'],
  [10, '0.1'],
  [1000, '0.001'],
  [93, '0.01075268817204301'],
  [1e9, '0.0000000009999999999999999'],
])('the rate 1/%i is written as %s', (sampleWeight, text) => {
  expect(formatRate(sampleWeight)).toBe(text);
});

test('for every k the truncated inverse of the formatted rate is k, and the rate is next to 1/k', () => {
  let nudged = 0;
  const wrong: number[] = [];
  const check = (sampleWeight: number): void => {
    const text = formatRate(sampleWeight);
    const rate = Number(text);
    if (Math.trunc(1 / rate) !== sampleWeight || !/^(1|0\.\d+)$/.test(text)) wrong.push(sampleWeight);
    if (Math.abs(rate * sampleWeight - 1) > 4 * Number.EPSILON) wrong.push(sampleWeight);
    if (rate !== 1 / sampleWeight) nudged += 1;
  };
  for (let sampleWeight = 1; sampleWeight <= 100_000; sampleWeight += 1) check(sampleWeight);
  // Such weights occur in reservoirs of sampled values.
  for (let sampleWeight = 100_003; sampleWeight < 1e12; sampleWeight = Math.floor(sampleWeight * 1.001))
    check(sampleWeight);
  expect(wrong).toEqual([]);
  expect(nudged).toBeGreaterThan(5000);
});
