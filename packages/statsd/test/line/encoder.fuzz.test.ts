import { createMetrics } from '@metrics/core';
import fc from 'fast-check';
import { fuzzRuns, fuzzTimeout } from 'test-kit/fuzz-runs';
import { expectExactDelivery, hostileCalls } from 'test-kit/hostile-calls';
import type { StatsdOptions } from '../../src/index.js';
import { udpSubject } from '../statsd-subject.js';

const KINDS = ['counter', 'gauge', 'timing', 'distribution', 'set'] as const;
/** Telegraf reads counters as whole numbers: fractions wait for the next flush. */
const OTHERS = KINDS.filter((kind) => kind !== 'counter');
/** A distribution is a timing, which is not negative. */
const isCarried = (kind: string, value: number | string): boolean => kind !== 'distribution' || Number(value) >= 0;
const options: StatsdOptions[] = (['none', 'graphite', 'influx', 'datadog'] as const).flatMap((tagFormat) => [
  { tagFormat },
  { tagFormat, aggregation: false, maxPacketBytes: 64_000 },
]);

test.each(options.map((each) => [JSON.stringify(each), each] as const))(
  'every packet is read strictly, and holds what was recorded: %s',
  (_shown, option) =>
    fc.assert(
      fc.asyncProperty(hostileCalls, async (calls) => {
        const { backend, delivered, dispose } = await udpSubject(option).create();
        const metrics = createMetrics();
        metrics.register(backend, { cardinality: { mode: 'off' }, onError: () => {} });
        try {
          await expectExactDelivery(
            metrics,
            { backend, delivered: delivered! },
            calls,
            option.tagFormat === 'influx' ? OTHERS : KINDS,
            isCarried,
          );
        } finally {
          await metrics.close();
          await dispose?.();
        }
      }),
      { ...fuzzRuns(8), endOnFailure: true },
    ),
  fuzzTimeout(),
);
