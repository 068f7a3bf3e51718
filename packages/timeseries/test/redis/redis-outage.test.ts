import { createClient } from 'redis';
import { CuttingProxy } from 'test-kit/cutting-proxy';
import { describeWithRedis, RedisServer } from 'test-kit/redis-server';
import { RedisStore, type RedisStoreOptions } from '../../src/redis.js';
import { StoreBooks, seriesOf } from '../store-books.js';

const jobs = seriesOf('counter', 'jobs');
const users = seriesOf('set', 'users');
const latency = seriesOf('distribution', 'latency');

describeWithRedis('RedisStore, when something goes wrong', () => {
  let server: RedisServer;
  let books: StoreBooks;
  const stores: RedisStore[] = [];

  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.remove());
  beforeEach(async () => {
    books = new StoreBooks();
    await server.ask('FLUSHALL');
  });
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close({ timeout: 5000 });
  });

  function opened(options: RedisStoreOptions = {}): RedisStore {
    const store = new RedisStore(options.client === undefined ? { url: server.url, ...options } : options);
    store.start(books);
    stores.push(store);
    return store;
  }

  test.each([1, 2, 3])('stores a batch once, though its reply was lost %d times', async (times) => {
    const proxy = await CuttingProxy.start(server.port);
    const store = opened({ url: proxy.url });
    store.counter(jobs, books.bucket, 1, 1);
    await store.flush();
    proxy.loseReplies(times);
    store.counter(jobs, books.bucket, 10, 1);
    for (let flush = 1; flush <= times; flush += 1) {
      await store.flush();
      expect(proxy.repliesToLose).toBe(times - flush);
      expect(books.settled).toBe(1);
      expect(store.pending).toBe(flush);
      // What comes meanwhile waits for a batch of its own.
      store.counter(jobs, books.bucket, 100, 1);
    }
    expect(await books.total(opened(), jobs)).toBe(11);
    await store.flush();
    expect(await books.total(store, jobs)).toBe(11 + times * 100);
    expect(books).toMatchObject({ settled: 2 + times, lost: {} });
    expect(books.problems.map(({ code }) => code)).toEqual(['redis_unavailable']);
    await proxy.stop();
  });

  test('goes on aggregating while Redis is away, and stores all of it when Redis is back', async () => {
    const store = opened();
    store.counter(jobs, books.bucket, 1, 1);
    await store.flush();
    await server.stop();
    for (let minute = 0; minute < 3; minute += 1) {
      books.time += 10;
      store.counter(jobs, books.bucket, 10, 2);
      store.values(users, books.bucket, Float64Array.of(1, 2, minute), 3);
      store.values(latency, books.bucket, Float64Array.of(5, 6), 2);
      await store.flush();
    }
    expect(store.pending).toBe(3 * 7);
    expect(books.problems).toMatchObject([{ code: 'redis_unavailable', count: 1 }]);
    await expect(books.total(store, jobs)).rejects.toThrow(/^Redis: /);
    await server.start();
    await store.flush();
    expect(store.pending).toBe(0);
    expect(books).toMatchObject({ settled: 22, lost: {} });
    expect(await books.total(store, jobs)).toBe(31);
    expect(await books.total(store, latency)).toBe(33);
    await server.stop();
    store.counter(jobs, books.bucket, 1, 1);
    await store.flush();
    expect(books.problems).toHaveLength(2);
    await server.start();
  });

  test('loses the oldest first when more waits than may, and counts each of them', async () => {
    const store = opened({ maxPendingBytes: 2 ** 16 });
    await server.stop();
    for (let bucket = 0; bucket < 300; bucket += 1) {
      store.counter(jobs, books.bucket - 3000 + bucket * 10, 1, 2);
      if (bucket % 50 === 0) await store.flush();
    }
    const lost = books.lost['pending_full']!;
    expect(lost).toBeGreaterThan(0);
    expect(store.pending).toBe(600 - lost);
    expect(books.problems.filter(({ code }) => code === 'pending_full').length).toBeGreaterThan(0);
    await server.start();
    await store.flush();
    expect(books.settled).toBe(600 - lost);
    const query = {
      rollup: books.rollups[0]!,
      from: books.bucket - 3000,
      step: 10,
      points: 300,
      statistic: 'sum',
    } as const;
    const points = await store.read([jobs], query);
    const first = points.lastIndexOf(0) + 1;
    expect(points.slice(first).every((sum) => sum === 1)).toBe(true);
    // The batch that was to be sent when Redis went away stays, as it may have been stored.
    const kept = points.filter((sum) => sum === 1).length;
    expect(kept).toBe((600 - lost) / 2);
    expect(300 - first).toBeGreaterThan(kept / 2);
  });

  test('waits for a server that does not answer no longer than it may, and stores once what it asked for', async () => {
    const store = opened({ commandTimeout: 200 });
    store.counter(jobs, books.bucket, 1, 1);
    await store.flush();
    await server.ask('CLIENT', 'PAUSE', '1500');
    store.counter(jobs, books.bucket, 10, 1);
    const started = performance.now();
    await store.flush();
    await expect(store.keys()).rejects.toThrow('Redis: no answer within 200 ms');
    await store.flush();
    expect(performance.now() - started).toBeLessThan(1400);
    expect(books.problems).toMatchObject([{ code: 'redis_unavailable' }]);
    while (store.pending > 0) await store.flush();
    expect(await books.total(store, jobs)).toBe(11);
    expect(books).toMatchObject({ settled: 2, lost: {} });
  });

  test("sends nothing more through the application's client before that has an answer", async () => {
    const client = await createClient({ url: server.url }).connect();
    const store = opened({ client, commandTimeout: 100 });
    store.counter(jobs, books.bucket, 1, 1);
    await store.flush();
    const before = await commands();
    await server.ask('CLIENT', 'PAUSE', '1000');
    store.counter(jobs, books.bucket, 10, 1);
    for (let flush = 0; flush < 5; flush += 1) await store.flush();
    expect(books.problems[0]!.message).toContain('no answer within 100 ms');
    while (store.pending > 0) await store.flush();
    expect(await books.total(store, jobs)).toBe(11);
    // The one that was late, and its repetition.
    expect((await commands()) - before).toBe(2);
    client.destroy();
  });

  test('closes within its deadline, and counts what it could not store', async () => {
    const store = opened({ commandTimeout: 10_000 });
    store.counter(jobs, books.bucket, 1, 1);
    await store.flush();
    await server.ask('CLIENT', 'PAUSE', '1000');
    store.counter(jobs, books.bucket, 1, 5);
    store.values(users, books.bucket, Float64Array.of(1, 2, 3), 3);
    const started = performance.now();
    await store.close({ timeout: 100 });
    expect(performance.now() - started).toBeLessThan(900);
    expect(books).toMatchObject({ settled: 1, lost: { timeout: 8 } });
    expect(store.pending).toBe(0);
    await server.ask('CLIENT', 'UNPAUSE');
  });

  test('does not count twice what is answered after close', async () => {
    const client = await createClient({ url: server.url }).connect();
    const store = opened({ client });
    store.counter(jobs, books.bucket, 1, 1);
    await store.flush();
    await server.ask('CLIENT', 'PAUSE', '500');
    store.counter(jobs, books.bucket, 1, 5);
    await store.close({ timeout: 50 });
    // Replies come in order, so the one that was too late is there before this one.
    await client.ping();
    await new Promise((resolve) => setImmediate(resolve));
    expect(books).toMatchObject({ settled: 1, lost: { timeout: 5 } });
    client.destroy();
  });

  test('closes at once where there is no server', async () => {
    const store = opened({ url: 'redis://127.0.0.1:1' });
    store.counter(jobs, books.bucket, 1, 5);
    const started = performance.now();
    await store.close({ timeout: Number.POSITIVE_INFINITY });
    expect(performance.now() - started).toBeLessThan(2000);
    expect(books.lost).toEqual({ timeout: 5 });
  });

  test('finds its series again after the server forgot everything', async () => {
    const store = opened();
    store.counter(jobs, books.bucket, 1, 1);
    await store.flush();
    await server.ask('FLUSHALL');
    expect(await store.keys()).toEqual([]);
    store.counter(jobs, books.bucket, 2, 1);
    expect(await store.keys()).toEqual(['jobs']);
    expect(await books.total(store, ...(await store.series('jobs')))).toBe(2);
  });

  test('keeps what a full server refuses', async () => {
    const store = opened();
    store.counter(jobs, books.bucket, 1, 1);
    await store.flush();
    await server.ask('CONFIG', 'SET', 'maxmemory', '1');
    store.counter(jobs, books.bucket, 2, 1);
    await store.flush();
    expect(books).toMatchObject({ settled: 1, lost: {} });
    expect(books.problems[0]!.message).toContain('OOM');
    await server.ask('CONFIG', 'SET', 'maxmemory', '0');
    await store.flush();
    expect(await books.total(store, jobs)).toBe(3);
  });

  test('keeps what a server refuses for want of rights, and says what it needs', async () => {
    await server.ask('ACL', 'SETUSER', 'reader', 'on', '>sesame', '~*', '+@read', '+hello');
    const store = opened({ url: server.url.replace('//', '//reader:sesame@') });
    store.counter(jobs, books.bucket, 2, 1);
    await store.flush();
    expect(books.problems).toMatchObject([{ code: 'redis_unavailable' }]);
    expect(books.problems[0]!.message).toMatch(/NOPERM.*evalsha/);
    expect(store.pending).toBe(1);
    await server.ask('ACL', 'SETUSER', 'reader', '+@all');
    await store.flush();
    expect(books.settled).toBe(1);
  });

  test('gives up a batch of which it cannot know any more whether it was stored', async () => {
    const proxy = await CuttingProxy.start(server.port);
    const store = opened({ url: proxy.url });
    store.counter(jobs, books.bucket, 1, 1);
    await store.flush();
    proxy.loseReplies(1);
    store.counter(jobs, books.bucket, 10, 4);
    await store.flush();
    await proxy.stop();
    store.counter(jobs, books.bucket, 10, 1);
    const now = performance.now();
    const clock = jest.spyOn(performance, 'now').mockReturnValue(now + 23.5 * 3_600_000);
    await store.flush();
    clock.mockRestore();
    expect(books).toMatchObject({ settled: 1, lost: { unacknowledged: 4 } });
    expect(store.pending).toBe(1);
  });

  /** How many batches the server was asked to store. */
  async function commands(): Promise<number> {
    const calls = /cmdstat_evalsha:calls=(\d+)/.exec(await server.ask('INFO', 'commandstats'));
    return Number(calls?.[1] ?? 0);
  }
});
