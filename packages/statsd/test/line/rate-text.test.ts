import { rateText } from '../../src/line/rate-text.js';

test.each([
  [1, '1'],
  [2, '0.5'],
  [10, '0.1'],
  [1000, '0.001'],
  [93, '0.01075268817204301'],
  [1e9, '0.0000000009999999999999999'],
])('the rate 1/%i is written as %s', (inverse, text) => {
  expect(rateText(inverse)).toBe(text);
});

test('for every k the truncated inverse of what is written is k, and it is next to 1/k', () => {
  let nudged = 0;
  const wrong: number[] = [];
  const check = (inverse: number): void => {
    const text = rateText(inverse);
    const rate = Number(text);
    if (Math.trunc(1 / rate) !== inverse || !/^(1|0\.\d+)$/.test(text)) wrong.push(inverse);
    if (Math.abs(rate * inverse - 1) > 4 * Number.EPSILON) wrong.push(inverse);
    if (rate !== 1 / inverse) nudged += 1;
  };
  for (let inverse = 1; inverse <= 100_000; inverse += 1) check(inverse);
  // What reservoirs of sampled values come to.
  for (let inverse = 100_003; inverse < 1e12; inverse = Math.floor(inverse * 1.001)) check(inverse);
  expect(wrong).toEqual([]);
  expect(nudged).toBeGreaterThan(5000);
});
