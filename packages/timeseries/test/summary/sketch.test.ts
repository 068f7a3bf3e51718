import fc from 'fast-check';
import { Sketch } from '../../src/summary/sketch.js';

const PERCENTILES = ['p0', 'p1', 'p25', 'p50', 'p75', 'p90', 'p99', 'p99.9', 'p100'] as const;

/** Values of all sizes that a sketch distinguishes, of both signs, and zero without a sign: neither of two zeros is smaller. */
const size = fc.double({ min: -9, max: 15, noNaN: true }).map((exponent) => 10 ** exponent);
const value = fc
  .oneof(
    size,
    size.map((each) => -each),
    fc.constant(0),
    fc.double({ min: -1e3, max: 1e3, noNaN: true }),
  )
  .map((each) => each + 0);
const values = fc.array(value, { minLength: 1, maxLength: 200 });

function sketchOf(list: readonly number[]): Sketch {
  const sketch = new Sketch();
  for (const each of list) sketch.record(each);
  return sketch;
}

test('percentiles are within 1 % of the exact sample; count, sum, minimum and maximum are exact', () => {
  fc.assert(
    fc.property(values, (list) => {
      const sketch = sketchOf(list);
      const sorted = [...list].sort((one, other) => one - other);
      for (const percentile of PERCENTILES) {
        const exact = sorted[Math.floor((Number(percentile.slice(1)) / 100) * (list.length - 1))]!;
        // Values smaller than 1e-9 count as zero.
        const tolerance = Math.max(0.01 * Math.abs(exact), 1e-9);
        expect(Math.abs(sketch.statistic(percentile)! - exact)).toBeLessThanOrEqual(tolerance);
      }
      expect(sketch.statistic('count')).toBe(list.length);
      expect(sketch.statistic('min')).toBe(sorted[0]);
      expect(sketch.statistic('max')).toBe(sorted.at(-1));
      const sum = list.reduce((total, each) => total + each, 0);
      expect(sketch.statistic('sum')).toBe(sum);
      expect(sketch.statistic('mean')).toBe(sum / list.length);
    }),
  );
});

test('a sketch merged from encoded ones equals a sketch of all values', () => {
  fc.assert(
    fc.property(fc.array(values, { minLength: 1, maxLength: 5 }), (lists) => {
      const merged = new Sketch();
      for (const list of lists) merged.merge(sketchOf(list).encode());
      const whole = sketchOf(lists.flat());
      for (const statistic of [...PERCENTILES, 'count', 'min', 'max'] as const)
        expect(merged.statistic(statistic)).toBe(whole.statistic(statistic));
      const again = new Sketch();
      again.merge(merged.encode());
      expect(again.encode()).toBe(merged.encode());
      const totals = new Sketch();
      totals.merge(merged.encode(), 'mean');
      expect(totals.statistic('mean')).toBe(merged.statistic('mean'));
      merged.clear();
      expect(merged.statistic('p50')).toBeUndefined();
      merged.record(5);
      expect(merged.encode()).toBe(sketchOf([5]).encode());
    }),
  );
});

test('values beyond all bounds stay finite', () => {
  const sketch = sketchOf([1e308, 1e308, -1e308, 5e-324, 1e16]);
  for (const statistic of [...PERCENTILES, 'sum', 'mean'] as const)
    expect(Number.isFinite(sketch.statistic(statistic))).toBe(true);
  expect(sketch.statistic('p99')).toBeGreaterThanOrEqual(1e15 * 0.99);
  expect(sketch.statistic('max')).toBe(1e308);
});

test('a summary of a hundred values of one order of magnitude is a few hundred bytes', () => {
  const list = Array.from({ length: 100 }, (_, index) => 10 + index * 0.9);
  expect(sketchOf(list).encode().length).toBeLessThan(300);
});

test('its bins can be read and added to another sketch', () => {
  const whole = sketchOf([-3, 0, 1, 1, 7, 1e9]);
  const copy = new Sketch();
  whole.forEachBin((bin, count) => copy.addBin(bin, count));
  copy.addTotals(whole.count, whole.sum, whole.min, whole.max);
  expect(copy.encode()).toBe(whole.encode());
});
