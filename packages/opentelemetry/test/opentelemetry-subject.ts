import { join } from 'node:path';
import type { BackendUnderTest, Capabilities, DeliveredSample } from '@metrics/testing/conformance';
import type { ReceivedPoint } from 'test-kit/otlp-messages';
import { OpenTelemetryBackend } from '../src/index.js';
import { OtlpReceiver } from './otlp-receiver.js';
import { OTLPMetricExporter } from './real-exporter.js';

const capabilities: Capabilities = {
  kinds: { counter: 'counter', gauge: 'gauge', timing: 'timing', distribution: 'distribution', set: 'gauge' },
  tags: 'kept',
  instance: 'tag',
  sampled: [],
  timestamps: false,
  events: false,
  serviceChecks: false,
  monotonic: true,
};

/** The backend with the exporter that most applications have, and a strict receiver. */
export function opentelemetrySubject(temporality: 'cumulative' | 'delta'): BackendUnderTest {
  return {
    capabilities: { ...capabilities, cumulative: temporality === 'cumulative' },
    timeout: 30_000,
    create: async () => {
      const receiver = await OtlpReceiver.start();
      const temporalityPreference = temporality === 'delta' ? 0 : 1;
      const exporter = new OTLPMetricExporter({ url: receiver.url, temporalityPreference, timeoutMillis: 10_000 });
      return {
        backend: new OpenTelemetryBackend({ exporter, setWindow: 3_600_000, maxReleased: 10_000 }),
        delivered: () => {
          if (receiver.violations.length > 0) throw new Error(receiver.violations[0]);
          return { samples: receiver.points.flatMap(toDelivered) };
        },
        breakTransport: () => {
          receiver.reply = () => ({ status: 400 });
        },
        dispose: () => receiver[Symbol.asyncDispose](),
      };
    },
    program: {
      cwd: join(__dirname, '..'),
      source: `
        import { OpenTelemetryBackend } from '@metrics/opentelemetry';
        const exporter = { export() {}, async forceFlush() {}, async shutdown() {} };
        const backend = new OpenTelemetryBackend({ exporter });
        backend.start({ report() {}, collect() {} });
        backend.open(0, { kind: 'counter', key: 'a', name: 'a', tags: [] });
        backend.incr(0, 1, 1);
      `,
    },
  };
}

/** The backend without an exporter, as an SDK collects it. */
export const collectedSubject: BackendUnderTest = {
  capabilities: { ...capabilities, cumulative: true },
  create: () => {
    const backend = new OpenTelemetryBackend({ setWindow: 3_600_000 });
    return {
      backend,
      delivered: async () => ({ samples: collectedPoints(await backend.collect()).flatMap(toDelivered) }),
    };
  },
};

// oxlint-disable-next-line typescript/no-explicit-any -- a CollectionResult
function collectedPoints({ resourceMetrics }: any): ReceivedPoint[] {
  const points: ReceivedPoint[] = [];
  for (const { metrics } of resourceMetrics.scopeMetrics)
    for (const { descriptor, dataPointType, dataPoints } of metrics)
      for (const { value, attributes } of dataPoints)
        points.push({
          ...descriptor,
          kind: (['histogram', 'exponentialHistogram', 'gauge', 'sum'] as const)[dataPointType as number],
          attributes,
          value,
          ...(dataPointType === 0 && { ...value, bounds: value.buckets.boundaries, counts: value.buckets.counts }),
        });
  return points;
}

/** Returns a point in the words of the suite. */
function toDelivered({
  name,
  kind,
  unit,
  attributes: tags,
  value,
  count,
  sum,
  bounds,
  counts,
}: ReceivedPoint): DeliveredSample[] {
  if (kind === 'sum' || kind === 'gauge') return [{ kind: kind === 'sum' ? 'counter' : 'gauge', name, tags, value }];
  if (count === 0) return [];
  const factor = unit === 's' ? 1000 : 1;
  let below = 0;
  const bucketCounts = bounds.map((bound, index): [number, number] => [bound * factor, (below += counts[index]!)]);
  return [
    { kind: unit === 's' ? 'timing' : 'distribution', name, tags, count, value: (sum / count) * factor, bucketCounts },
  ];
}
