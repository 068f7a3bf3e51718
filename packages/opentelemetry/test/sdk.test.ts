// Next to an SDK, and side by side with it: the same recorded input comes out as the same series and values.
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import * as sdkOf3 from 'sdk-metrics-3';
import { setUp } from './set-up.js';

const BOUNDS = [5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000].map((bound) => bound / 1000);

test('an SDK collects the backend as a producer, with its own metrics and resource', async () => {
  const { backend, metrics } = setUp({});
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e6, metricProducers: [backend] });
  const provider = new MeterProvider({ readers: [reader] });
  provider.getMeter('application').createCounter('own').add(1);
  metrics.incr('jobs', 3);
  await provider.forceFlush();
  const names = exporter
    .getMetrics()[0]!
    .scopeMetrics.flatMap(({ metrics: all }) => all.map(({ descriptor }) => descriptor.name));
  expect(names).toEqual(['own', 'jobs']);
  expect(backend.stats()).toMatchObject({ accepted: 1, sent: 1, pending: 0 });
  await provider.shutdown();
  await metrics.close();
});

test('an SDK of the 3.x line collects it as well', async () => {
  const { backend, metrics } = setUp({});
  const exporter = new sdkOf3.InMemoryMetricExporter(sdkOf3.AggregationTemporality.CUMULATIVE);
  const reader = new sdkOf3.PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: 1e6,
    metricProducers: [backend],
  });
  const provider = new sdkOf3.MeterProvider({ readers: [reader] });
  metrics.incr('jobs', 3);
  await provider.forceFlush();
  const [jobs] = exporter.getMetrics()[0]!.scopeMetrics.flatMap(({ metrics: all }) => all);
  expect(jobs).toMatchObject({ descriptor: { name: 'jobs' }, dataPoints: [{ value: 3 }] });
  await provider.shutdown();
  await metrics.close();
});

test.each([AggregationTemporality.CUMULATIVE, AggregationTemporality.DELTA])(
  'series and values are those of the SDK, temporality %s',
  async (temporality) => {
    const [ours, theirs] = [new InMemoryMetricExporter(temporality), new InMemoryMetricExporter(temporality)];
    const { metrics } = setUp({ exporter: ours });
    const reader = new PeriodicExportingMetricReader({ exporter: theirs, exportIntervalMillis: 1e6 });
    const provider = new MeterProvider({ readers: [reader] });
    const meter = provider.getMeter('shop');
    const jobs = meter.createCounter('jobs.started');
    const queue = meter.createGauge('queue.length', { unit: 'By' });
    const query = meter.createHistogram('db.query', { unit: 's', advice: { explicitBucketBoundaries: BOUNDS } });
    for (let round = 0; round < 3; round += 1) {
      for (let call = 0; call < 500; call += 1) {
        const tags = { queue: `q${(call * (round + 1)) % 7}` };
        metrics.incr('jobs.started', call / 4, { tags });
        jobs.add(call / 4, tags);
        metrics.gauge('queue.length', call - 100, { tags, unit: 'byte' });
        queue.record(call - 100, tags);
        metrics.timing('db.query', (call * 7919) % 12_000, { tags });
        query.record(((call * 7919) % 12_000) / 1000, tags);
      }
      await metrics.flush();
      await provider.forceFlush();
      expect(valuesOf(ours)).toEqual(valuesOf(theirs));
      ours.reset();
      theirs.reset();
    }
    await metrics.close();
    await provider.shutdown();
  },
);

/** Values by series, rounded as the order of additions may change them, without the extremes that only the SDK has. */
function valuesOf(exporter: InMemoryMetricExporter): Record<string, unknown> {
  const all: Record<string, unknown> = {};
  const metrics: MetricData[] = exporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  for (const { descriptor, dataPointType, dataPoints } of metrics)
    for (const { attributes, value } of dataPoints) {
      const series = JSON.stringify([dataPointType, descriptor.name, descriptor.unit, attributes]);
      if (typeof value === 'number') all[series] = value.toPrecision(9);
      else {
        const { count, sum, buckets } = value as {
          count: number;
          sum: number;
          buckets: { boundaries: number[]; counts: number[] };
        };
        all[series] = [count, sum.toPrecision(9), buckets.boundaries, buckets.counts];
      }
    }
  return all;
}
