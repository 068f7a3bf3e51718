import { join } from 'node:path';
import type { MetricKind } from '@metrics/core';
import type { BackendUnderTest, Delivered, DeliveredSample } from '@metrics/testing/conformance';
import { LoggingBackend, type LoggingOptions } from '../src/index.js';
import { EntryCollector } from './entry-collector.js';
import { transportThat } from './transport-that.js';

/** An entry as winston passes it to a stream of objects. JSON would turn minus zero into zero. */
interface Entry {
  readonly kind: MetricKind | 'event' | 'service_check';
  readonly metric: string;
  readonly value?: number;
  readonly mean?: number;
  readonly count?: number;
  readonly member?: string;
  readonly title: string;
  readonly text: string;
  readonly check: string;
  readonly status: string;
  readonly instance?: string;
  readonly tags: Record<string, string>;
  readonly epochSeconds?: number;
}

/** The backend on a winston logger whose entries are collected, and whose transport can fail. */
export function loggingSubject(options: LoggingOptions = {}): BackendUnderTest {
  const isSummary = options.summary !== undefined;
  return {
    timeout: 10_000,
    capabilities: {
      kinds: {
        counter: 'counter',
        gauge: 'gauge',
        timing: 'timing',
        distribution: 'distribution',
        // A summary has the number of members, not the members.
        ...(!isSummary && { set: 'set' }),
      },
      tags: 'kept',
      instance: 'field',
      sampled: [],
      timestamps: true,
      events: true,
      serviceChecks: true,
    },
    create: () => {
      const collector = new EntryCollector();
      return {
        backend: new LoggingBackend({ logger: collector.logger, ...options }),
        delivered: () => delivered(collector.entries as unknown as readonly Entry[], isSummary),
        breakTransport: () => {
          collector.logger.clear().add(transportThat((_info, done) => setImmediate(done, new Error('no space left'))));
        },
      };
    },
    program: {
      cwd: join(__dirname, '..'),
      source: `
        import { LoggingBackend } from '@metrics/logging';
        const backend = new LoggingBackend(${JSON.stringify(options)});
        backend.start({ report() {}, collect() {} });
        backend.open(0, { kind: 'counter', key: 'a', name: 'a', tags: [], internal: false });
        backend.incr(0, 1, 1);
      `,
    },
  };
}

function delivered(entries: readonly Entry[], isSummary: boolean): Delivered {
  const events = entries.filter(({ kind }) => kind === 'event');
  const checks = entries.filter(({ kind }) => kind === 'service_check');
  return {
    events: events.map(({ title, text }) => ({ title, text: text.replaceAll('\\n', '\n') })),
    serviceChecks: checks.map(({ check, status }) => ({ name: check, status })),
    samples: entries.filter((entry) => 'metric' in entry && !(isSummary && entry.kind === 'set')).map(sample),
  };
}

function sample(entry: Entry): DeliveredSample {
  const { kind, metric: name, instance, tags, member, value, mean, count, epochSeconds: timestamp } = entry;
  const isValues = kind === 'timing' || kind === 'distribution';
  return {
    kind: kind as MetricKind,
    name,
    instance,
    tags,
    member,
    value: value ?? mean,
    count: isValues ? count : undefined,
    timestamp,
  };
}
