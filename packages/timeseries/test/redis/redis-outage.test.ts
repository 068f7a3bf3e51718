import { createClient } from 'redis';
import { CuttingProxy } from 'test-kit/cutting-proxy';
import { describeWithRedis, RedisServer } from 'test-kit/redis-server';
import { RedisStore, type RedisStoreOptions } from '../../src/redis.js';
import { TestStoreHost, testSeries } from '../test-store-host.js';

const jobs = testSeries('counter', 'jobs');
const users = testSeries('set', 'users');
const latency = testSeries('distribution', 'latency');

describeWithRedis('RedisStore, when something fails', () => {
  let server: RedisServer;
  let host: TestStoreHost;
  const stores: RedisStore[] = [];

  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.remove());
  beforeEach(async () => {
    host = new TestStoreHost();
    await server.ask('FLUSHALL');
  });
  afterEach(async () => {
    server.thaw();
    for (const store of stores.splice(0)) await store.close({ timeout: 5000 });
  });

  function openStore(options: RedisStoreOptions = {}): RedisStore {
    const store = new RedisStore(options.client === undefined ? { url: server.url, ...options } : options);
    store.start(host);
    stores.push(store);
    return store;
  }

  test.each([1, 2, 3])('stores a batch once, although its reply was lost %d times', async (times) => {
    const proxy = await CuttingProxy.start(server.port);
    const store = openStore({ url: proxy.url });
    store.counter(jobs, host.bucket, 1, 1);
    await store.flush();
    proxy.loseReplies(times);
    store.counter(jobs, host.bucket, 10, 1);
    for (let flush = 1; flush <= times; flush += 1) {
      await store.flush();
      expect(proxy.repliesToLose).toBe(times - flush);
      expect(host.confirmed).toBe(1);
      expect(store.pending).toBe(flush);
      // Samples recorded meanwhile wait for another batch.
      store.counter(jobs, host.bucket, 100, 1);
    }
    expect(await host.total(openStore(), jobs)).toBe(11);
    await store.flush();
    expect(await host.total(store, jobs)).toBe(11 + times * 100);
    expect(host).toEqual(expect.objectContaining({ confirmed: 2 + times, dropped: {} }));
    expect(host.problems.map(({ code }) => code)).toEqual(['redis_unavailable']);
    await proxy.stop();
  });

  test('keeps aggregating while Redis is down, and stores everything when Redis is back', async () => {
    const store = openStore();
    store.counter(jobs, host.bucket, 1, 1);
    await store.flush();
    await server.stop();
    for (let minute = 0; minute < 3; minute += 1) {
      host.time += 10;
      store.counter(jobs, host.bucket, 10, 2);
      store.values(users, host.bucket, Float64Array.of(1, 2, minute), 3);
      store.values(latency, host.bucket, Float64Array.of(5, 6), 2);
      await store.flush();
    }
    expect(store.pending).toBe(3 * 7);
    expect(host.problems).toMatchObject([{ code: 'redis_unavailable', count: 1 }]);
    await expect(host.total(store, jobs)).rejects.toThrow(/^Redis: /);
    await server.start();
    await store.flush();
    expect(store.pending).toBe(0);
    expect(host).toEqual(expect.objectContaining({ confirmed: 22, dropped: {} }));
    expect(await host.total(store, jobs)).toBe(31);
    expect(await host.total(store, latency)).toBe(33);
    await server.stop();
    store.counter(jobs, host.bucket, 1, 1);
    await store.flush();
    expect(host.problems).toHaveLength(2);
    await server.start();
  });

  test('drops the oldest samples at maxPendingBytes, and counts each of them', async () => {
    const store = openStore({ maxPendingBytes: 2 ** 16 });
    await server.stop();
    for (let bucket = 0; bucket < 300; bucket += 1) {
      store.counter(jobs, host.bucket - 3000 + bucket * 10, 1, 2);
      if (bucket % 50 === 0) await store.flush();
    }
    const dropped = host.dropped['pending_full']!;
    expect(dropped).toBeGreaterThan(0);
    expect(store.pending).toBe(600 - dropped);
    expect(host.problems.filter(({ code }) => code === 'pending_full').length).toBeGreaterThan(0);
    await server.start();
    await store.flush();
    expect(host.confirmed).toBe(600 - dropped);
    const query = {
      rollup: host.rollups[0]!,
      from: host.bucket - 3000,
      step: 10,
      points: 300,
      statistic: 'sum',
    } as const;
    const points = await store.read([jobs], query);
    const first = points.lastIndexOf(0) + 1;
    expect(points.slice(first).every((sum) => sum === 1)).toBe(true);
    // The batch that was being sent when Redis went down stays, because it may have been stored.
    const kept = points.filter((sum) => sum === 1).length;
    expect(kept).toBe((600 - dropped) / 2);
    expect(300 - first).toBeGreaterThan(kept / 2);
  });

  test('waits for a server that does not respond up to commandTimeout, and stores its batch once', async () => {
    const store = openStore({ commandTimeout: 1000 });
    store.counter(jobs, host.bucket, 1, 1);
    await store.flush();
    server.freeze();
    store.counter(jobs, host.bucket, 10, 1);
    await store.flush();
    await expect(store.keys()).rejects.toThrow('Redis: no reply within 1000 ms');
    await store.flush();
    server.thaw();
    expect(host.problems).toMatchObject([{ code: 'redis_unavailable' }]);
    while (store.pending > 0) await store.flush();
    expect(await host.total(store, jobs)).toBe(11);
    expect(host).toEqual(expect.objectContaining({ confirmed: 2, dropped: {} }));
  });

  test("sends nothing more through the application's client before it has a reply", async () => {
    const client = await createClient({ url: server.url }).connect();
    const store = openStore({ client, commandTimeout: 1000 });
    store.counter(jobs, host.bucket, 1, 1);
    await store.flush();
    const before = await countBatches();
    server.freeze();
    store.counter(jobs, host.bucket, 10, 1);
    for (let flush = 0; flush < 3; flush += 1) await store.flush();
    expect(host.problems[0]!.message).toContain('no reply within 1000 ms');
    server.thaw();
    while (store.pending > 0) await store.flush();
    expect(await host.total(store, jobs)).toBe(11);
    // The late one and its repetition.
    expect((await countBatches()) - before).toBe(2);
    client.destroy();
  });

  test('closes within its deadline, and counts the samples it could not store', async () => {
    const store = openStore({ commandTimeout: 10_000 });
    store.counter(jobs, host.bucket, 1, 1);
    await store.flush();
    server.freeze();
    store.counter(jobs, host.bucket, 1, 5);
    store.values(users, host.bucket, Float64Array.of(1, 2, 3), 3);
    await store.close({ timeout: 100 });
    expect(host).toMatchObject({ confirmed: 1, dropped: { timeout: 8 } });
    expect(store.pending).toBe(0);
  });

  test('does not count a batch twice whose reply arrives after close', async () => {
    const client = await createClient({ url: server.url }).connect();
    const store = openStore({ client });
    store.counter(jobs, host.bucket, 1, 1);
    await store.flush();
    server.freeze();
    store.counter(jobs, host.bucket, 1, 5);
    await store.close({ timeout: 50 });
    server.thaw();
    // Replies come in order, so the late one arrives before this one.
    await client.ping();
    await new Promise((resolve) => setImmediate(resolve));
    expect(host).toMatchObject({ confirmed: 1, dropped: { timeout: 5 } });
    client.destroy();
  });

  test('closes immediately if there is no server', async () => {
    const store = openStore({ url: 'redis://127.0.0.1:1' });
    store.counter(jobs, host.bucket, 1, 5);
    await store.close({ timeout: Number.POSITIVE_INFINITY });
    expect(host.dropped).toEqual({ timeout: 5 });
  });

  test('finds its series again after the server has lost everything', async () => {
    const store = openStore();
    store.counter(jobs, host.bucket, 1, 1);
    await store.flush();
    await server.ask('FLUSHALL');
    expect(await store.keys()).toEqual([]);
    store.counter(jobs, host.bucket, 2, 1);
    expect(await store.keys()).toEqual(['jobs']);
    expect(await host.total(store, ...(await store.series('jobs')))).toBe(2);
  });

  test('reports that the server has lost what it had acknowledged, once for each loss', async () => {
    const store = openStore();
    const record = async () => {
      store.counter(jobs, host.bucket, 1, 1);
      await store.flush();
    };
    const losses = () => host.problems.filter(({ code }) => code === 'history_lost').length;
    await record();
    await record();
    await server.stop();
    await server.start();
    await record();
    expect(host.problems).toEqual([]); // it had everything on its disk
    for (let loss = 1; loss <= 2; loss += 1) {
      await server.ask('FLUSHALL');
      await record();
      await record();
      expect(losses()).toBe(loss);
    }
    expect(host.problems[0]!.message).toContain('appendonly yes');
    expect(host).toEqual(expect.objectContaining({ confirmed: 7, dropped: {} }));
  });

  test('reports the writes that a replica did not have when it took over', async () => {
    const store = openStore();
    store.counter(jobs, host.bucket, 1, 1);
    await store.flush();
    const [writer] = /ts:\{.\}:writer:[\w-]+/.exec(await server.ask('KEYS', '*:writer:*'))!;
    const before = /\d+ [01] -/.exec(await server.ask('GET', writer))![0];
    store.counter(jobs, host.bucket, 2, 1);
    await store.flush();
    await server.ask('SET', writer, before); // as it was before the last write
    store.counter(jobs, host.bucket, 4, 1);
    await store.flush();
    expect(host.problems).toMatchObject([{ code: 'history_lost', count: 1 }]);
  });

  test('reports no loss when the server forgot a process that wrote nothing for a day', async () => {
    const store = openStore();
    store.counter(jobs, host.bucket, 1, 1);
    await store.flush();
    const [writer] = /ts:\{.\}:writer:[\w-]+/.exec(await server.ask('KEYS', '*:writer:*'))!;
    await server.ask('DEL', writer);
    const now = performance.now();
    const clock = jest.spyOn(performance, 'now').mockReturnValue(now + 24.5 * 3_600_000);
    store.counter(jobs, host.bucket, 1, 1);
    await store.flush();
    clock.mockRestore();
    expect(host).toMatchObject({ confirmed: 2, problems: [] });
  });

  test('keeps samples that a full server refuses', async () => {
    const store = openStore();
    store.counter(jobs, host.bucket, 1, 1);
    await store.flush();
    await server.ask('CONFIG', 'SET', 'maxmemory', '1');
    store.counter(jobs, host.bucket, 2, 1);
    await store.flush();
    expect(host).toEqual(expect.objectContaining({ confirmed: 1, dropped: {} }));
    expect(host.problems[0]!.message).toContain('OOM');
    await server.ask('CONFIG', 'SET', 'maxmemory', '0');
    await store.flush();
    expect(await host.total(store, jobs)).toBe(3);
  });

  test('keeps samples that a server refuses for lack of permissions, and says which', async () => {
    await server.ask('ACL', 'SETUSER', 'reader', 'on', '>sesame', '~*', '+@read', '+hello');
    const store = openStore({ url: server.url.replace('//', '//reader:sesame@') });
    store.counter(jobs, host.bucket, 2, 1);
    await store.flush();
    expect(host.problems).toMatchObject([{ code: 'redis_unavailable' }]);
    expect(host.problems[0]!.message).toMatch(/NOPERM.*evalsha/);
    expect(store.pending).toBe(1);
    await server.ask('ACL', 'SETUSER', 'reader', '+@all');
    await store.flush();
    expect(host.confirmed).toBe(1);
  });

  test('drops a batch when it can no longer find out whether it was stored', async () => {
    const proxy = await CuttingProxy.start(server.port);
    const store = openStore({ url: proxy.url });
    store.counter(jobs, host.bucket, 1, 1);
    await store.flush();
    proxy.loseReplies(1);
    store.counter(jobs, host.bucket, 10, 4);
    await store.flush();
    await proxy.stop();
    store.counter(jobs, host.bucket, 10, 1);
    const now = performance.now();
    const clock = jest.spyOn(performance, 'now').mockReturnValue(now + 23.5 * 3_600_000);
    await store.flush();
    clock.mockRestore();
    expect(host).toMatchObject({ confirmed: 1, dropped: { unacknowledged: 4 } });
    expect(store.pending).toBe(1);
  });

  /** Resolves with the number of batches that the server received. */
  async function countBatches(): Promise<number> {
    const calls = /cmdstat_evalsha:calls=(\d+)/.exec(await server.ask('INFO', 'commandstats'));
    return Number(calls?.[1] ?? 0);
  }
});
