import { type BackendUnderTest, conformanceChecks } from '@metrics/testing/conformance';
import { describeWithRedis, RedisServer } from 'test-kit/redis-server';
import { TimeSeriesBackend } from '../../src/index.js';
import { RedisStore } from '../../src/redis.js';
import { memoryBackend, readDelivered } from '../memory/memory-backend.js';

const redisBackend: BackendUnderTest = {
  ...memoryBackend,
  timeout: 20_000,
  create: async () => {
    const server = await RedisServer.start('--appendonly', 'no');
    const now = Math.floor(Date.now() / 60_000) * 60 + 35;
    // The second reads all, which takes a busy machine longer than a flush may take.
    const [backend, reader] = [5000, 60_000].map((commandTimeout) => {
      const store = new RedisStore({ url: server.url, maxPendingBytes: 2 ** 30, commandTimeout });
      return new TimeSeriesBackend({ store, clock: () => now * 1000 });
    }) as [TimeSeriesBackend, TimeSeriesBackend];
    return {
      backend,
      // Through another backend, because the suite also reads after close.
      delivered: () => readDelivered(reader, now),
      breakTransport: () => server.stop(),
      dispose: async () => {
        await reader.close({ timeout: 1000 });
        await server.remove();
      },
    };
  },
  program: {
    ...memoryBackend.program,
    source: `
      import { TimeSeriesBackend } from '@metrics/timeseries';
      import { RedisStore } from '@metrics/timeseries/redis';
      const backend = new TimeSeriesBackend({ store: new RedisStore({ url: 'redis://127.0.0.1:1' }) });
      backend.start({ report() {}, collect() {} });
      backend.open(0, { kind: 'counter', key: 'a', name: 'a', tags: [], internal: true });
      backend.incr(0, 1, 1);
      void backend.flush();
    `,
  },
};

describeWithRedis('TimeSeriesBackend on Redis', () => {
  // One of the checks reads the history of a hundred thousand series, one by one.
  test.each(conformanceChecks)('$name', ({ run }) => run(redisBackend), 800_000);
});
