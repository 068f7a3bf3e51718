import fc from 'fast-check';
import { fuzzRuns, fuzzTimeout } from 'test-kit/fuzz-runs';
import { hostileNumber, hostileString } from 'test-kit/hostile';
import { describeWithRedis, RedisServer } from 'test-kit/redis-server';
import { addEncodedSketch, decodeGauge, decodeSum, encodeGauge, encodeSketch } from '../../src/redis/redis-encoding.js';
import { RedisStore } from '../../src/redis.js';
import type { Statistic } from '../../src/statistic.js';
import { Sketch } from '../../src/summary/sketch.js';
import { TestStoreHost, testSeries } from '../test-store-host.js';

const finite = hostileNumber.filter(Number.isFinite).map((value) => value + 0);
/** Contents that another program may have written: bytes, or nearly what belongs there. */
const anything = fc.oneof(
  hostileString,
  fc.array(fc.oneof(hostileNumber.map(String), hostileString), { maxLength: 9 }).map((parts) => parts.join(' ')),
);
const STATISTICS = ['count', 'sum', 'mean', 'min', 'max', 'p50', 'p99'] as const;

test(
  'readings of gauges are decoded as they were encoded, and any bytes as finite numbers or as nothing',
  () =>
    fc.assert(
      fc.property(finite, finite, finite, anything, (one, two, three, text) => {
        const [min, last, max] = [one, two, three].toSorted((a, b) => a - b) as [number, number, number];
        expect(decodeGauge(encodeGauge(5, { last, min, max }))).toEqual({ last, min, max });
        const { last: read, min: low, max: high } = decodeGauge(text) ?? { last: 0, min: 0, max: 0 };
        expect([read, low, high].every(Number.isFinite) && low <= read && read <= high).toBe(true);
        expect(Number.isFinite(decodeSum(text))).toBe(true);
        expect(decodeSum(String(one))).toBe(one);
      }),
      fuzzRuns(2000),
    ),
  fuzzTimeout(),
);

test(
  'summaries are decoded as they were encoded, and any bytes leave every statistic a number',
  () =>
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1, maxLength: 20 }), anything, (values, text) => {
        const [sketch, copy] = [new Sketch(), new Sketch()];
        for (const value of values) sketch.record(value);
        addEncodedSketch(copy, encodeSketch(sketch));
        for (const statistic of STATISTICS) expect(copy.statistic(statistic)).toBe(sketch.statistic(statistic));
        addEncodedSketch(copy, text);
        for (const statistic of STATISTICS) expect(Number.isFinite(copy.statistic(statistic))).toBe(true);
        expect(copy.count).toBeGreaterThanOrEqual(values.length);
      }),
      fuzzRuns(1000),
    ),
  fuzzTimeout(),
);

describeWithRedis('a history that another program has written into', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.remove());

  test.each(['counter', 'gauge', 'timing'] as const)(
    '%s: a bucket without a number is as if it were empty',
    async (kind) => {
      await server.ask('FLUSHALL');
      const host = new TestStoreHost();
      const store = new RedisStore({ url: server.url });
      store.start(host);
      try {
        const series = testSeries(kind, 'jobs');
        const record = (): void => {
          if (kind === 'counter') store.counter(series, host.bucket, 5, 1);
          else if (kind === 'gauge') store.gauge(series, host.bucket, { last: 5, min: 5, max: 5 }, 1);
          else store.values(series, host.bucket, Float64Array.of(5), 1);
        };
        record();
        await store.flush();
        const pages = (await server.ask('KEYS', '*')).split('\r\n').filter((line) => /:\d+:/.test(line));
        for (const page of pages)
          if ((await server.ask('TYPE', page)).includes('hash'))
            for (let field = 0; field < 60; field += 1) await server.ask('HSET', page, `${field}`, 'forged NaN');
        const statistics = kind === 'counter' ? ['sum'] : kind === 'gauge' ? ['last', 'min'] : ['mean', 'p50'];
        const [rollup] = host.rollups as [(typeof host.rollups)[number]];
        const { step } = rollup;
        for (const statistic of statistics as Statistic[]) {
          const [value] = await store.read([series], { rollup, from: host.bucket, step, points: 1, statistic });
          expect(value).toBe(kind === 'counter' ? 0 : undefined);
        }
        record();
        await store.flush();
        expect(host.confirmed + (host.dropped['redis_refused'] ?? 0)).toBe(2);
      } finally {
        await store.close({ timeout: 5000 });
      }
    },
  );
});
