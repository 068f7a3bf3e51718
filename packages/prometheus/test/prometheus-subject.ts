import { join } from 'node:path';
import type { BackendUnderTest, DeliveredSample } from '@metrics/testing/conformance';
import { type ParsedFamily, parseExposition } from 'test-kit/parse-exposition';
import { PrometheusBackend } from '../src/index.js';

/** The backend, and a server that scrapes it whenever the suite looks. */
export const prometheusSubject: BackendUnderTest = {
  capabilities: {
    kinds: { counter: 'counter', gauge: 'gauge', timing: 'timing', distribution: 'distribution', set: 'gauge' },
    tags: 'kept',
    instance: 'tag',
    sampled: [],
    timestamps: false,
    events: false,
    serviceChecks: false,
    monotonic: true,
    cumulative: true,
  },
  create: () => {
    const backend = new PrometheusBackend({ setWindow: 3_600_000 });
    return {
      backend,
      delivered: async () => ({ samples: parseExposition(await backend.expose()).flatMap(toDelivered) }),
    };
  },
  program: {
    cwd: join(__dirname, '..'),
    source: `
      import { createBackend } from '@metrics/prometheus';
      const backend = createBackend({ port: 0 });
      backend.start({ report() {}, collect() {} });
      backend.open(0, { kind: 'counter', key: 'a', name: 'a', tags: [] });
      backend.incr(0, 1, 1);
    `,
  },
};

/** Returns what a family shows in the words of the suite, whose names have dots and no units. */
function toDelivered({ type, name, samples }: ParsedFamily): DeliveredSample[] {
  const plain = { name: name.replace(/_(?:total|seconds)$/, '').replaceAll('_', '.') };
  const seconds = name.endsWith('_seconds');
  return samples.flatMap((sample): DeliveredSample[] => {
    const { exported_instance: instance, le, ...rest } = sample.labels;
    const tags = instance === undefined ? rest : { ...rest, instance };
    if (type !== 'histogram') return [{ ...plain, kind: type as 'counter' | 'gauge', tags, value: sample.value }];
    if (!sample.name.endsWith('_count')) return [];
    const identity = JSON.stringify(sample.labels);
    const own = samples.filter((each) => {
      const labels: Record<string, string> = { ...each.labels };
      delete labels['le'];
      return JSON.stringify(labels) === identity;
    });
    const total = own.find((each) => each.name === `${name}_sum`)!.value * (seconds ? 1000 : 1);
    const bucketCounts = own.flatMap(({ labels, value }): [number, number][] =>
      labels['le'] === undefined || labels['le'] === '+Inf'
        ? []
        : [[Number(labels['le']) * (seconds ? 1000 : 1), value]],
    );
    if (sample.value === 0 || le !== undefined) return [];
    return [
      {
        ...plain,
        kind: seconds ? 'timing' : 'distribution',
        tags,
        count: sample.value,
        value: total / sample.value,
        bucketCounts,
      },
    ];
  });
}
