import fc from 'fast-check';
import { describeWithRedis, RedisServer } from 'test-kit/redis-server';
import type { Statistic, StoredSeries, StoreQuery, TimeSeriesStore } from '../../src/index.js';
import { MemoryStore } from '../../src/index.js';
import { RedisStore } from '../../src/redis.js';
import { oldestBucket } from '../../src/rollup.js';
import { TestStoreHost, testSeries } from '../test-store-host.js';

const KINDS = ['counter', 'gauge', 'timing', 'set'] as const;
const STATISTICS = {
  counter: ['sum'],
  gauge: ['last', 'min', 'max'],
  timing: ['count', 'sum', 'mean', 'min', 'max', 'p50', 'p99'],
  set: ['count'],
} as const satisfies Record<string, readonly Statistic[]>;
const ROLLUPS = [
  { step: 10, points: 100 },
  { step: 300, points: 20 },
  { step: 3600, points: 3 },
];

/** Numbers that add up exactly in any order. */
const value = fc.integer({ min: -4000, max: 4000 }).map((quarters) => quarters / 4);

const write = fc.record({
  series: fc.nat(2),
  kind: fc.constantFrom(...KINDS),
  /** Seconds before the present. */
  age: fc.oneof(fc.nat(60), fc.nat(1100), fc.nat(20_000)),
  values: fc.array(value, { minLength: 1, maxLength: 12 }),
  /** Seconds that the clock advances, or is set back. */
  pause: fc.oneof(fc.constant(0), fc.integer({ min: -20, max: 700 })),
  /** Which of two processes writes, and whether it then flushes. */
  process: fc.nat(1),
  flush: fc.boolean(),
});

const read = fc.record({
  kind: fc.constantFrom(...KINDS),
  series: fc.subarray([0, 1, 2], { minLength: 1 }),
  rollup: fc.constantFrom(...ROLLUPS),
  /** Steps before the present, and steps in a point. */
  back: fc.nat(130),
  merged: fc.integer({ min: 1, max: 7 }),
  statistic: fc.nat(6),
});

const nthSeries = (kind: StoredSeries['kind'], index: number) =>
  testSeries(kind, `metric.${kind}`, { index: `${index}` });

function writeTo(
  store: TimeSeriesStore,
  host: TestStoreHost,
  increment: typeof write extends fc.Arbitrary<infer T> ? T : never,
): void {
  const { kind, values } = increment;
  const series = nthSeries(kind, increment.series);
  const time = Math.floor((host.time - increment.age) / 10) * 10;
  const sorted = [...values].sort((one, other) => one - other);
  const reading = { last: values.at(-1)!, min: sorted[0]!, max: sorted.at(-1)! };
  if (kind === 'counter') store.counter(series, time, values[0]!, values.length);
  else if (kind === 'gauge') store.gauge(series, time, reading, values.length);
  else {
    const numbers = kind === 'set' ? values.map((each) => Math.abs(each) * 4) : values;
    store.values(series, time, Float64Array.from([...numbers, 12_345]), values.length);
  }
}

describeWithRedis('Reads of RedisStore', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start('--appendonly', 'no');
  });
  afterAll(() => server.remove());

  test('equal those of MemoryStore, whatever two processes wrote, when and how late', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(write, { minLength: 1, maxLength: 60 }),
        fc.array(read, { maxLength: 12 }),
        async (writes, reads) => {
          await server.ask('FLUSHALL');
          const [host, memoryHost] = [new TestStoreHost(ROLLUPS), new TestStoreHost(ROLLUPS)];
          const memory = new MemoryStore();
          memory.start(memoryHost);
          const stores = [new RedisStore({ url: server.url }), new RedisStore({ url: server.url })];
          for (const store of stores) store.start(host);
          let before = 0;
          for (const each of writes) {
            // The value of a gauge stored last is the last one, so both must see the same order.
            if (each.process !== before) await stores[before]!.flush();
            before = each.process;
            writeTo(stores[each.process]!, host, each);
            writeTo(memory, memoryHost, each);
            // Pending samples may become too old while time passes; in memory they cannot.
            if (each.flush || each.pause !== 0) await stores[each.process]!.flush();
            host.time += each.pause;
            memoryHost.time = host.time;
          }
          for (const store of stores) await store.flush();
          await memory.flush();

          for (const { kind, series, rollup, back, merged, statistic } of reads) {
            const step = rollup.step * merged;
            const from = Math.floor((host.time - back * rollup.step) / step) * step;
            const points = Math.max(1, Math.ceil((host.bucket + 10 - from) / step));
            const names: readonly Statistic[] = STATISTICS[kind];
            const query: StoreQuery = { rollup, from, step, points, statistic: names[statistic % names.length]! };
            // Readers never query older buckets.
            if (from < oldestBucket(rollup, host.time)) continue;
            const ofKind = series.map((index) => nthSeries(kind, index));
            const [found, expected] = [await stores[0]!.read(ofKind, query), await memory.read(ofKind, query)];
            // Redis estimates the number of members.
            if (kind === 'set')
              expect(found.map((count) => Math.sign(count ?? 0))).toEqual(
                expected.map((count) => Math.sign(count ?? 0)),
              );
            else expect(found).toEqual(expected);
            if (kind === 'set')
              found.forEach((count, point) =>
                expect(Math.abs((count ?? 0) - (expected[point] ?? 0))).toBeLessThanOrEqual(2),
              );
          }
          for (const kind of KINDS) {
            const indexes = async (store: TimeSeriesStore) =>
              (await store.series(`metric.${kind}`)).map(({ identity }) => identity).sort();
            // In memory history expires by the clock of the test, on Redis by the clock of the server.
            expect(await indexes(stores[1]!)).toEqual(expect.arrayContaining(await indexes(memory)));
          }
          expect([host.confirmed, host.dropped]).toEqual([memoryHost.confirmed, memoryHost.dropped]);
          for (const store of stores) await store.close({ timeout: 5000 });
        },
      ),
      { numRuns: 300 },
    );
  });
});
