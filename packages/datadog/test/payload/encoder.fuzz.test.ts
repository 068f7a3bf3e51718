import { createMetrics } from '@metrics/core';
import fc from 'fast-check';
import { fuzzRuns, fuzzTimeout } from 'test-kit/fuzz-runs';
import { hostileString } from 'test-kit/hostile';
import { expectExactDelivery, hostileCalls } from 'test-kit/hostile-calls';
import { datadogSubject } from '../datadog-subject.js';

test.each([1, 2] as const)(
  'every payload is read strictly, and holds what was recorded: version %i of the series',
  (seriesVersion) =>
    fc.assert(
      fc.asyncProperty(hostileCalls, fc.record({ title: hostileString, text: hostileString }), async (calls, event) => {
        const { backend, delivered, dispose } = await datadogSubject({ seriesVersion }).create();
        const metrics = createMetrics();
        metrics.register(backend, { cardinality: { mode: 'off' }, onError: () => {} });
        try {
          metrics.event({ ...event, tags: { [`k${event.title}`]: event.text } });
          const kinds = ['counter', 'gauge', 'timing', 'distribution'] as const;
          await expectExactDelivery(metrics, { backend, delivered: delivered! }, calls, kinds);
        } finally {
          await metrics.close();
          await dispose?.();
        }
      }),
      { ...fuzzRuns(10), endOnFailure: true },
    ),
  fuzzTimeout(),
);
