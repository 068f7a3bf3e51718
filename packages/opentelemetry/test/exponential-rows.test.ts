import {
  AggregationTemporality,
  AggregationType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import fc from 'fast-check';
import { countOf, ExponentialRows } from '../src/exponential-rows.js';

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

/** The counts that are not 0, by index. */
function filled(offset: number, counts: readonly number[]): [number, number][] {
  return counts.flatMap((count, at): [number, number][] => (count > 0 ? [[offset + at, count]] : []));
}
