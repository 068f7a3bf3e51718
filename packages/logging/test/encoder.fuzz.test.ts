import { createMetrics } from '@metrics/core';
import fc from 'fast-check';
import { fuzzRuns, fuzzTimeout } from 'test-kit/fuzz-runs';
import { expectExactDelivery, type HostileCalls, hostileCalls } from 'test-kit/hostile-calls';
import { parseLogLine } from 'test-kit/strict-log-line';
import type { Logform } from 'winston';
import { LoggingBackend, metricsFormat, metricsJsonFormat } from '../src/index.js';
import { LineCollector } from './line-collector.js';
import { loggingSubject } from './logging-subject.js';

const VERBS = { counter: 'incr', gauge: 'gauge', timing: 'timing', distribution: 'distribution', set: 'set' } as const;

/** Returns the lines of all calls. */
function linesOf(calls: readonly HostileCalls[], format: Logform.Format): LineCollector {
  const collector = new LineCollector({ format });
  const metrics = createMetrics();
  metrics.register(new LoggingBackend({ logger: collector.logger }), {
    cardinality: { mode: 'off' },
    onError: () => {},
  });
  for (const { kind, key, tags, instance, values } of calls)
    for (const value of values) metrics[VERBS[kind]](`x${key}`, value as never, { tags, instance });
  return collector;
}

test(
  'every line is read strictly, and as text it says what it says as JSON',
  () =>
    fc.assert(
      fc.property(hostileCalls, (calls) => {
        const lines = linesOf(calls, metricsFormat()).lines.map(parseLogLine);
        const entries = linesOf(calls, metricsJsonFormat()).entries;
        expect(lines.map(({ level, instance, tags }) => ({ level, instance, tags: { ...tags } }))).toEqual(
          entries.map(({ level, instance, tags }) => ({ level: String(level).toUpperCase(), instance, tags })),
        );
      }),
      fuzzRuns(200),
    ),
  fuzzTimeout(),
);

test(
  'entries hold what was recorded, whatever it is',
  () =>
    fc.assert(
      fc.asyncProperty(hostileCalls, async (calls) => {
        const { backend, delivered } = await loggingSubject().create();
        const metrics = createMetrics();
        metrics.register(backend, { cardinality: { mode: 'off' }, onError: () => {} });
        await expectExactDelivery(metrics, { backend, delivered: delivered! }, calls, [
          'counter',
          'gauge',
          'timing',
          'distribution',
        ]);
        await metrics.close();
      }),
      fuzzRuns(30),
    ),
  fuzzTimeout(),
);
