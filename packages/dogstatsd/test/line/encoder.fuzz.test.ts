import { createMetrics } from '@metrics/core';
import fc from 'fast-check';
import { fuzzRuns, fuzzTimeout } from 'test-kit/fuzz-runs';
import { hostileNumber, hostileString } from 'test-kit/hostile';
import { expectExactDelivery, hostileCalls } from 'test-kit/hostile-calls';
import { waitUntil } from 'test-kit/wait-until';
import type { DogStatsdOptions } from '../../src/index.js';
import { subject } from '../dogstatsd-subject.js';

const KINDS = ['counter', 'gauge', 'timing', 'distribution', 'set'] as const;
const options: DogStatsdOptions[] = [{}, { aggregation: false }, { packing: false }];

test.each(options.map((each) => [JSON.stringify(each), each] as const))(
  'every packet is read strictly, and holds what was recorded: %s',
  (_shown, option) =>
    fc.assert(
      fc.asyncProperty(hostileCalls, async (calls) => {
        const { backend, delivered, dispose } = await subject('udp', option).create();
        const metrics = createMetrics();
        metrics.register(backend, { cardinality: { mode: 'off' }, onError: () => {} });
        try {
          await expectExactDelivery(metrics, { backend, delivered: delivered! }, calls, KINDS);
        } finally {
          await metrics.close();
          await dispose?.();
        }
      }),
      { ...fuzzRuns(10), endOnFailure: true },
    ),
  fuzzTimeout(),
);

test(
  'every event and every service check is read strictly, and each counts once',
  () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ title: hostileString, text: hostileString, tag: hostileString, time: hostileNumber }), {
          minLength: 1,
          maxLength: 6,
        }),
        async (all) => {
          const { backend, delivered, dispose } = await subject('udp').create();
          const metrics = createMetrics();
          metrics.register(backend, { onError: () => {} });
          try {
            for (const { title, text, tag, time } of all) {
              const fields = { tags: { [`k${tag}`]: tag }, hostname: text, timestamp: time };
              metrics.event({ title, text, aggregationKey: tag, sourceTypeName: tag, instance: tag, ...fields });
              metrics.serviceCheck({ name: title, status: 'ok', message: text, ...fields });
            }
            await metrics.flush();
            const { sent, accepted } = backend.stats();
            const count = async (): Promise<number> => {
              const { events = [], serviceChecks = [] } = await delivered!();
              return events.length + serviceChecks.length;
            };
            expect(accepted).toBe(sent);
            await waitUntil(async () => (await count()) >= sent, count);
            expect(await count()).toBe(sent);
          } finally {
            await metrics.close();
            await dispose?.();
          }
        },
      ),
      { ...fuzzRuns(30), endOnFailure: true },
    ),
  fuzzTimeout(),
);
