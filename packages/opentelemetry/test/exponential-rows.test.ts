import {
  AggregationTemporality,
  AggregationType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import fc from 'fast-check';
import { countOf, ExponentialRows, exportBuckets } from '../src/exponential-rows.js';

const number = fc.oneof(
  fc.double({ noNaN: true, min: 1e-9, max: 1e9 }),
  fc.constantFrom(0, 1, 2, 4, 0.5, 0.25, 1024, 3, 2 ** -20, 1e-300, 1e300),
);

test('buckets are those of the SDK, whatever the values', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(number, fc.boolean()), { minLength: 1, maxLength: 60 }), async (values) => {
      const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
      const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e6 });
      const provider = new MeterProvider({
        readers: [reader],
        views: [{ instrumentName: '*', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
      });
      const histogram = provider.getMeter('test').createHistogram('values');
      const rows = new ExponentialRows(160, 1);
      const row = rows.acquire();
      for (const [value] of values) {
        histogram.record(value);
        rows.record(row, value);
      }
      await provider.forceFlush();
      await provider.shutdown();
      // oxlint-disable-next-line typescript/no-explicit-any -- a histogram's value
      const theirs: any = exporter.getMetrics()[0]!.scopeMetrics[0]!.metrics[0]!.dataPoints[0]!.value;
      const ours = rows.counts(row);
      expect(countOf(ours)).toBe(theirs.count);
      expect(ours.zeroCount).toBe(theirs.zeroCount);
      // If there are only zeros, it does not matter.
      if (theirs.count > theirs.zeroCount) expect(ours.scale).toBe(theirs.scale);
      expect(filled(ours.positive.offset, ours.positive.counts)).toEqual(
        filled(theirs.positive.offset, theirs.positive.bucketCounts),
      );
    }),
    { numRuns: 60 },
  );
});

test('counts that were taken and added back are as if they had stayed', () => {
  fc.assert(
    fc.property(fc.array(number, { maxLength: 40 }), fc.array(number, { maxLength: 40 }), (first, second) => {
      const rows = new ExponentialRows(20, 1);
      const [row, whole] = [rows.acquire(), rows.acquire()];
      for (const value of first) rows.record(row, -value);
      const taken = rows.take(row);
      for (const value of second) rows.record(row, -value);
      rows.add(row, taken);
      for (const value of [...first, ...second]) rows.record(whole, -value);
      const [one, other] = [rows.counts(row), rows.counts(whole)];
      expect([one.zeroCount, countOf(one), one.scale]).toEqual([other.zeroCount, countOf(other), other.scale]);
      expect(filled(one.negative.offset, one.negative.counts)).toEqual(
        filled(other.negative.offset, other.negative.counts),
      );
    }),
  );
});

test('buckets are (lower, upper]: a power of two is in the one below it, all that is greater in the one above', () => {
  // https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponential-buckets
  const indexes: number[] = [];
  const expected: number[] = [];
  for (let exponent = -1074; exponent < 1024; exponent += 1) {
    const power = 2 ** exponent;
    const border = exponent * 2 ** 20;
    indexes.push(indexAt20(power), indexAt20(-power));
    expected.push(border - 1, border - 1);
    // Neighbors of numbers that are too small for all of their bits are far away.
    if (exponent < -1021) continue;
    indexes.push(indexAt20(power * (1 + Number.EPSILON)), indexAt20(power * (1 - Number.EPSILON / 2)));
    expected.push(border, border - 1);
  }
  expect(indexes).toEqual(expected);
  expect(indexAt20(Number.MAX_VALUE)).toBe(2 ** 30 - 1);
});

test('a value is between the bounds of its bucket', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (value) => {
      const position = Math.log2(value) * 2 ** 20;
      const index = indexAt20(value);
      expect(index - position).toBeLessThan(1e-4);
      expect(position - (index + 1)).toBeLessThan(1e-4);
    }),
  );
});

test('the scale is the greatest at which the buckets of both signs fit, and the counts are those of its buckets', () => {
  const values = fc.array(
    fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ min: 1, max: 1.01, noNaN: true }),
      fc.constantFrom(0, 1, 2, 4, 8, 16, -1, -2, 0.5, 2 ** -20, -(2 ** 20), 3),
    ),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(values, fc.constantFrom(2, 3, 4, 20, 160), fc.constantFrom(1, 4), (all, maxSize, divisor) => {
      const rows = new ExponentialRows(maxSize, divisor);
      const [other, row] = [rows.acquire(), rows.acquire()];
      rows.record(other, 5);
      // A divisor that is a power of two is exact, except for the smallest numbers.
      const recorded = all.filter((value) => value === 0 || Math.abs(value) > 1e-300);
      for (const value of recorded) rows.record(row, value);
      const counts = rows.counts(row);
      const sides = [1, -1].map((sign) =>
        recorded.filter((value) => value * sign > 0).map((value) => indexAt20(value / divisor)),
      );
      const fits = (scale: number): boolean =>
        sides.every((side) => spanOf(side.map((index) => index >> (20 - scale))) <= maxSize);
      let scale = 20;
      while (scale > -10 && !fits(scale)) scale -= 1;
      expect(counts).toMatchObject({ scale, zeroCount: recorded.filter((value) => value === 0).length });
      for (const [at, buckets] of [counts.positive, counts.negative].entries()) {
        const expected = new Map<number, number>();
        for (const index of sides[at]!)
          expected.set(index >> (20 - scale), (expected.get(index >> (20 - scale)) ?? 0) + 1);
        expect(new Map(filled(buckets.offset, buckets.counts))).toEqual(expected);
        // The first and the last bucket are not empty, so that an export has no more of them than there must be.
        if (expected.size > 0) expect(buckets.counts.at(0)! > 0 && buckets.counts.at(-1)! > 0).toBe(true);
        expect(buckets.counts).toHaveLength(spanOf([...expected.keys()]));
      }
      expect(countOf(counts)).toBe(recorded.length);
      expect(countOf(rows.counts(other))).toBe(1);
    }),
    { numRuns: 300 },
  );
});

test('at the smallest scale nothing is halved further, and the smallest and greatest numbers are in three buckets', () => {
  const rows = new ExponentialRows(2, 1);
  const row = rows.acquire();
  for (const value of [Number.MIN_VALUE, 1, 2, Number.MAX_VALUE]) rows.record(row, value);
  expect(rows.counts(row)).toMatchObject({ scale: -10, positive: { offset: -2, counts: [1, 1, 2] } });
});

test('a row that is released is empty and used again, and one that is exported does not change with later values', () => {
  const rows = new ExponentialRows(160, 1);
  const [first, second] = [rows.acquire(), rows.acquire()];
  for (const row of [first, second]) rows.record(row, 4);
  const exported = exportBuckets(rows.counts(second).positive);
  rows.record(second, 4);
  expect(exported).toEqual({ offset: 2 * 2 ** 20 - 1, bucketCounts: [1] });
  rows.release(first);
  const empty = { scale: 20, zeroCount: 0, positive: { offset: 0, counts: [] }, negative: { offset: 0, counts: [] } };
  expect(rows.counts(first)).toEqual(empty);
  expect([rows.acquire(), rows.acquire()]).toEqual([first, 2]);
  expect(rows.counts(first)).toEqual(empty);
  expect(countOf(rows.take(second))).toBe(2);
  expect(rows.counts(second)).toEqual(empty);
});

/** The index of a value's bucket at the greatest scale, which a row has that holds no other. */
function indexAt20(value: number): number {
  const rows = new ExponentialRows(2, 1);
  const row = rows.acquire();
  rows.record(row, value);
  const { scale, positive, negative } = rows.counts(row);
  const { offset, counts } = value > 0 ? positive : negative;
  return scale === 20 && counts.length === 1 && counts[0] === 1 ? offset : Number.NaN;
}

function spanOf(indexes: readonly number[]): number {
  return indexes.length === 0 ? 0 : Math.max(...indexes) - Math.min(...indexes) + 1;
}

/** The counts that are not 0, by index. */
function filled(offset: number, counts: readonly number[]): [number, number][] {
  return counts.flatMap((count, at): [number, number][] => (count > 0 ? [[offset + at, count]] : []));
}
