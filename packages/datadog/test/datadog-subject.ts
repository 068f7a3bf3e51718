import { join } from 'node:path';
import type { Series, SeriesId } from '@metrics/core';
import { type BackendUnderTest, type Delivered, type DeliveredSample } from '@metrics/testing/conformance';
import { RecordingIntake } from '@metrics/testing/servers';
import { DatadogMetricsBackend, type DatadogOptions } from '../src/index.js';

/** Remembers which series are sets, because these arrive as gauges of their number of members. */
class ObservedBackend extends DatadogMetricsBackend {
  readonly sets = new Set<string>();

  override open(id: SeriesId, series: Series): void {
    if (series.kind === 'set') this.sets.add(series.name);
    super.open(id, series);
  }
}

/** The backend with these options, and an intake that checks the documented limits and formats. */
export function datadogSubject(options: DatadogOptions = {}): BackendUnderTest {
  const timing = options.timings === 'histogram' ? 'timing' : 'distribution';
  return {
    capabilities: {
      kinds: { counter: 'counter', gauge: 'gauge', timing, distribution: 'distribution' },
      tags: 'kept',
      instance: 'tag',
      sampled: [],
      timestamps: false,
      events: true,
      serviceChecks: false,
    },
    // For busy machines: 100,000 series are written as JSON.
    timeout: 10_000,
    create: async () => {
      const intake = await RecordingIntake.start();
      const { url: baseUrl, ca } = intake;
      const backend = new ObservedBackend({ apiKey: 'key-of-the-test', baseUrl, ca, processTag: false, ...options });
      return {
        backend,
        delivered: () => delivered(intake, backend.sets),
        breakTransport: () => intake.outage(),
        dispose: () => intake.stop(),
      };
    },
    program: {
      cwd: join(__dirname, '..'),
      source: `
        import { DatadogMetricsBackend } from '@metrics/datadog';
        const backend = new DatadogMetricsBackend({ apiKey: 'key-of-the-test', ...${JSON.stringify(options)} });
        backend.start({ report() {}, collect() {} });
        backend.open(0, { kind: 'counter', key: 'a', name: 'a', tags: [], internal: false });
        backend.incr(0, 1, 1);
      `,
    },
  };
}

function delivered(intake: RecordingIntake, sets: ReadonlySet<string>): Delivered {
  if (intake.violations.length > 0 || intake.overwrites.length > 0) throw new Error(intake.toString());
  const points = intake.series
    .filter(({ metric }) => !sets.has(metric))
    .flatMap((series) => series.points.map((point) => ({ ...series, ...point })));
  const averages = new Map(
    points.map((point) => [`${point.metric}@${point.timestamp}${point.tags.join()}`, point.value]),
  );
  const samples = points.flatMap(({ metric, type, tags: texts, timestamp, value }): DeliveredSample[] => {
    const tags = tagsOf(texts);
    const [, name = metric, aggregate] = /^(.*)\.(min|max|sum|avg|median|count|\d+percentile)$/.exec(metric) ?? [];
    if (aggregate === 'count') {
      const mean = averages.get(`${name}.avg@${timestamp}${texts.join()}`);
      if (mean !== undefined) return [{ kind: 'timing', name, tags, value: mean, count: value }];
    } else if (aggregate !== undefined) return [];
    return [{ kind: type === 'count' ? 'counter' : 'gauge', name: metric, tags, value }];
  });
  const values = intake.distributions.flatMap(({ metric: name, tags, points: all }) =>
    all.flatMap((point) =>
      point.values.map((value) => ({ kind: 'distribution' as const, name, tags: tagsOf(tags), value })),
    ),
  );
  return { samples: [...samples, ...values], events: intake.events };
}

function tagsOf(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(texts.map((text) => [text.split(':', 1)[0]!, text.slice(text.indexOf(':') + 1)]));
}
