import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { createClient } from 'redis';
import { CuttingProxy } from 'test-kit/cutting-proxy';
import { describeWithRedis, RedisServer } from 'test-kit/redis-server';
import { RedisStore, type RedisStoreOptions } from '../../src/redis.js';
import { TestStoreHost, testSeries } from '../test-store-host.js';

const jobs = testSeries('counter', 'jobs');
const users = testSeries('set', 'users');

describeWithRedis('RedisStore, when the server refuses', () => {
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
    for (const store of stores.splice(0)) await store.close({ timeout: 0 });
  });

  function openStore(options: RedisStoreOptions = { url: server.url }): RedisStore {
    const store = new RedisStore(options);
    store.start(host);
    stores.push(store);
    return store;
  }

  test('reaches the new primary at the same address after a failover, and says what that one lacks', async () => {
    const other = await RedisServer.start();
    const address = await startAddress(() => port);
    let { port } = server;
    const store = openStore({ url: address.url });
    store.counter(jobs, host.bucket, 1, 1);
    await store.flush();
    // The old primary lives on as a replica, so the connection stays.
    port = other.port;
    await server.ask('REPLICAOF', '127.0.0.1', `${other.port}`);
    store.counter(jobs, host.bucket, 10, 1);
    await store.flush();
    expect(host).toMatchObject({ confirmed: 2, problems: [{ code: 'history_lost' }] });
    expect(host.dropped).toEqual({});
    expect(await host.total(openStore({ url: other.url }), jobs)).toBe(10);
    expect(await host.total(store, jobs)).toBe(10);
    await server.ask('REPLICAOF', 'NO', 'ONE');
    address.server.close();
    await store.close({ timeout: 0 });
    await other.remove();
  });

  test('keeps the samples while the only server is a replica, and says what to do', async () => {
    const store = openStore();
    store.counter(jobs, host.bucket, 1, 1);
    await store.flush();
    await server.ask('REPLICAOF', '127.0.0.1', '1');
    store.counter(jobs, host.bucket, 10, 1);
    await store.flush();
    expect(store.pending).toBe(1);
    expect(host.problems[0]!.message).toMatch(/READONLY.*This server is a replica: connect to the primary/);
    await server.ask('REPLICAOF', 'NO', 'ONE');
    await store.flush();
    expect(await host.total(store, jobs)).toBe(11);
    expect(host).toEqual(expect.objectContaining({ confirmed: 2, dropped: {} }));
  });

  test.each([1, 2])(
    'finds its series again when the reply that says the server forgot everything is lost %d times',
    async (times) => {
      const proxy = await CuttingProxy.start(server.port);
      const store = openStore({ url: proxy.url });
      const mails = testSeries('counter', 'jobs', { queue: 'mail' });
      store.counter(jobs, host.bucket, 1, 1);
      store.counter(mails, host.bucket, 1, 1);
      await store.flush();
      await server.ask('FLUSHALL');
      proxy.loseReplies(times);
      store.counter(jobs, host.bucket, 10, 1);
      for (let flush = 0; flush <= times; flush += 1) await store.flush();
      store.counter(mails, host.bucket, 100, 1);
      await store.flush();
      const reader = openStore();
      expect(await reader.keys()).toEqual(['jobs']);
      expect(await host.total(reader, ...(await reader.series('jobs')))).toBe(110);
      await store.close({ timeout: 0 });
      await proxy.stop();
    },
  );

  test('finds its series again when the server forgot only the last batches, as a replica may after a failover', async () => {
    const store = openStore();
    store.counter(testSeries('counter', 'jobs', { queue: 'old' }), host.bucket, 1, 1);
    await store.flush();
    const shard = (await server.ask('KEYS', '*writer*')).split('\r\n').find((line) => line.startsWith('ts:'))!;
    const before = (await server.ask('GET', shard)).split('\r\n')[1]!;
    const index = (await server.ask('KEYS', '*series*')).split('\r\n').find((line) => line.startsWith('ts:'))!;
    store.counter(jobs, host.bucket, 1, 1);
    await store.flush();
    await server.ask('SET', shard, before);
    await server.ask('ZREMRANGEBYRANK', index, '0', '-1');
    store.counter(jobs, host.bucket, 10, 1);
    await store.flush();
    expect((await openStore().series('jobs')).map(({ tags }) => tags)).toEqual([{}]);
  });

  test('uses the time of close when Redis is briefly away', async () => {
    const store = openStore();
    store.counter(jobs, host.bucket, 1, 1);
    await store.flush();
    await server.stop();
    store.counter(jobs, host.bucket, 10, 4);
    const closing = store.close({ timeout: 20_000 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await server.start();
    await closing;
    expect(host).toEqual(expect.objectContaining({ confirmed: 5, dropped: {} }));
    expect(await host.total(openStore(), jobs)).toBe(11);
  });

  test('drops samples at the deadline of close, and counts what is lost', async () => {
    const store = openStore({ url: 'redis://127.0.0.1:1' });
    store.counter(jobs, host.bucket, 10, 4);
    const started = performance.now();
    await store.close({ timeout: 400 });
    expect(performance.now() - started).toBeGreaterThan(390);
    expect(performance.now() - started).toBeLessThan(5000);
    expect(host.dropped).toEqual({ timeout: 4 });
  });

  test.each<[string, string[], RegExp]>([
    ['a command of counters', ['-hset'], /NOPERM.*hset.*Give the user the permission/i],
    ['a command of sets', ['-pfadd'], /NOPERM.*pfadd.*Give the user the permission/i],
    ['a command of the index', ['-zadd'], /NOPERM.*zadd.*Give the user the permission/i],
    ['all scripts', ['-@scripting'], /NOPERM.*Give the user the permission/],
    ['the keys', ['resetkeys', '~other:*'], /NOPERM.*all keys that begin with the prefix/],
  ])('keeps the samples if the user may not use %s, says so, and names no user', async (_what, rules, message) => {
    await server.ask('ACL', 'SETUSER', 'historian', 'reset', 'on', '>sesame', '~ts:*', '+@all');
    const url = server.url.replace('//', '//historian:sesame@');
    const store = openStore({ url });
    store.counter(jobs, host.bucket, 1, 1);
    store.values(users, host.bucket, Float64Array.of(1, 2), 2);
    await store.flush();
    expect(host).toEqual(expect.objectContaining({ confirmed: 3, dropped: {}, problems: [] }));
    await server.ask('ACL', 'SETUSER', 'historian', ...rules);
    host.time += 10;
    store.counter(jobs, host.bucket, 10, 1);
    store.counter(testSeries('counter', 'jobs', { queue: 'new' }), host.bucket, 10, 1);
    store.values(users, host.bucket, Float64Array.of(3), 1);
    await store.flush();
    expect(host.dropped).toEqual({});
    expect(host.problems).toMatchObject([{ code: 'redis_unavailable', message: expect.stringMatching(message) }]);
    expect(host.problems[0]!.message).not.toMatch(/historian|sesame|something else/);
    await server.ask('ACL', 'SETUSER', 'historian', '~ts:*', '+@all');
    await store.flush();
    expect(host).toEqual(expect.objectContaining({ confirmed: 6, dropped: {} }));
    expect(await host.total(openStore(), jobs)).toBe(11);
  });

  test('says that a key holds something else only when it does', async () => {
    const store = openStore();
    store.counter(jobs, host.bucket, 1, 1);
    await store.flush();
    const page = (await server.ask('KEYS', '*:10:*')).split('\r\n').find((line) => line.startsWith('ts:'))!;
    await server.ask('SET', page, 'something else');
    store.counter(jobs, host.bucket, 1, 3);
    await store.flush();
    expect(host.dropped).toEqual({ redis_refused: 3 });
    expect(host.problems).toMatchObject([
      {
        code: 'redis_refused',
        count: 3,
        message: expect.stringContaining('A key of the history holds something else'),
      },
    ]);
  });

  test.each<[string, RegExp]>([
    ['NOAUTH Authentication required.', /NOAUTH.*requires a password/],
    ['WRONGPASS invalid username-password pair or user is disabled.', /WRONGPASS.*correct them in the URL/],
    ["OOM command not allowed when used memory > 'maxmemory'.", /OOM.*raise it/],
    ['MISCONF Redis is configured to save RDB snapshots.', /MISCONF.*cannot write to its disk/],
    ['LOADING Redis is loading the dataset in memory', /LOADING.*wait for it/],
    ['BUSY Redis is busy running a script.', /BUSY.*Another script/],
    ['READONLY You can not write against a read only replica.', /READONLY.*connect to the primary/],
    ['MASTERDOWN Link with MASTER is down', /MASTERDOWN.*connect to the primary/],
    ['NOREPLICAS Not enough good replicas to write.', /NOREPLICAS.*min-replicas-to-write/],
    ['CLUSTERDOWN The cluster is down', /CLUSTERDOWN.*start the missing nodes/],
    ['MOVED 3999 127.0.0.1:6381', /MOVED.*createCluster/],
  ])('keeps the samples and says what to do about %s', async (error, message) => {
    const refusing = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (data) => {
        // Every command after the greeting is refused.
        for (const command of data.toString().match(/\*\d+\r\n\$\d+\r\n\w+/g) ?? [])
          socket.write(/EVAL|PF|ZRANGE/i.test(command) ? `-${error}\r\n` : '+OK\r\n');
      });
    }).listen(0, '127.0.0.1');
    await once(refusing, 'listening');
    const url = `redis://127.0.0.1:${(refusing.address() as AddressInfo).port}`;
    const client = await createClient({ url, RESP: 2 }).connect();
    const store = openStore({ client });
    store.counter(jobs, host.bucket, 1, 2);
    await store.flush();
    expect(store.pending).toBe(2);
    expect(host).toEqual(expect.objectContaining({ dropped: {} }));
    expect(host.problems).toMatchObject([{ code: 'redis_unavailable', message: expect.stringMatching(message) }]);
    await expect(store.keys()).rejects.toThrow(error.slice(0, 20));
    client.destroy();
    refusing.close();
  });

  test('merges the sets of many series and buckets in small commands, with the right result', async () => {
    const store = openStore();
    const all = Array.from({ length: 30 }, (_, index) => testSeries('set', 'users', { shard: `${index}` }));
    for (const [index, series] of all.entries())
      for (let bucket = 0; bucket < 20; bucket += 1)
        // Each member is in several sets, of several commands.
        store.values(series, host.bucket - bucket * 10, Float64Array.of(index, bucket, 1000 + index * bucket, 5), 4);
    await store.flush();
    const query = {
      rollup: host.rollups[0]!,
      from: host.bucket - 190,
      step: 200,
      points: 1,
      statistic: 'count',
    } as const;
    for (const [number, merges] of [
      [30, 6],
      [6, 2],
      [5, 0],
    ] as const) {
      await server.ask('CONFIG', 'RESETSTAT');
      const exact = new Set(all.slice(0, number).flatMap((_, index) => membersOf(index))).size;
      const [count] = await store.read(all.slice(0, number), query);
      expect(Math.abs(count! - exact)).toBeLessThan(2 + exact * 0.03);
      // A hundred sets in each command.
      const stats = await server.ask('INFO', 'commandstats');
      expect(Number(/cmdstat_pfmerge:calls=(\d+)/.exec(stats)?.[1] ?? 0)).toBe(merges);
      expect(stats).toContain('cmdstat_pfcount:calls=1,');
    }
    expect(await server.ask('KEYS', '*union*')).toBe('*0\r\n');
  });

  function membersOf(index: number): number[] {
    return Array.from({ length: 20 }, (_, bucket) => [index, bucket, 1000 + index * bucket, 5]).flat();
  }

  /** An address that leads to another server whenever someone connects. */
  async function startAddress(port: () => number): Promise<{ server: Server; url: string }> {
    const address = createServer((client) => {
      const upstream = connect(port(), '127.0.0.1');
      for (const [from, to] of [
        [client, upstream],
        [upstream, client],
      ] as const)
        from
          .on('error', () => to.destroy())
          .on('close', () => to.destroy())
          .pipe(to);
    }).listen(0, '127.0.0.1');
    await once(address, 'listening');
    return { server: address, url: `redis://127.0.0.1:${(address.address() as AddressInfo).port}` };
  }
});
