import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createCluster } from 'redis';
import * as version5 from 'redis5';
import { freePort } from 'test-kit/free-port';
import { describeWithRedis, RedisServer } from 'test-kit/redis-server';
import { waitUntil } from 'test-kit/wait-until';
import { RedisStore } from '../../src/redis.js';
import { TestStoreHost, testSeries } from '../test-store-host.js';

describeWithRedis('RedisStore on a cluster', () => {
  const nodes: RedisServer[] = [];

  beforeAll(async () => {
    for (let node = 0; node < 3; node += 1)
      nodes.push(await RedisServer.start('--cluster-enabled', 'yes', '--cluster-port', `${await freePort()}`));
    const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
    await promisify(execFile)('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes']);
    for (const node of nodes) await node.ask('CONFIG', 'SET', 'cluster-require-full-coverage', 'no');
  });
  // A node that was started again takes no commands for some seconds.
  beforeEach(() =>
    waitUntil(async () => {
      const states = await Promise.all(nodes.map((node) => node.ask('CLUSTER', 'INFO')));
      return states.every((state) => /cluster_state:ok[^]*cluster_slots_ok:16384/.test(state));
    }),
  );
  afterAll(async () => {
    for (const node of nodes) await node.remove();
  });

  const rootNodes = () => nodes.map(({ url }) => ({ url }));
  test.each([
    ['version 6', () => createCluster({ rootNodes: rootNodes() })],
    ['version 5', () => version5.createCluster({ rootNodes: rootNodes() })],
  ])('spreads metrics over the nodes and reads each from one, with a client of %s', async (version, create) => {
    const client = create();
    await client.connect();
    const host = new TestStoreHost();
    const store = new RedisStore({ client, prefix: `${version}:` });
    store.start(host);
    const keys = Array.from({ length: 50 }, (_, index) => `metric${index}`);
    for (const key of keys) {
      store.counter(testSeries('counter', key), host.bucket, 5, 1);
      for (const zone of ['a', 'b'])
        store.values(
          testSeries('set', `${key}.users`, { zone }),
          host.bucket,
          Float64Array.of(1, zone.charCodeAt(0)),
          2,
        );
    }
    await store.flush();
    expect(host).toEqual(expect.objectContaining({ confirmed: 250, dropped: {}, problems: [] }));
    for (const node of nodes) expect((await node.ask('KEYS', `${version}:*`)).split('\r\n').length).toBeGreaterThan(30);

    const found = await store.keys();
    expect([...found].sort()).toEqual([...keys, ...keys.map((key) => `${key}.users`)].sort());
    for (const key of keys) expect(await host.total(store, ...(await store.series(key)))).toBe(5);
    const users = await store.series('metric7.users');
    expect(users).toHaveLength(2);
    const query = {
      rollup: host.rollups[0]!,
      from: host.bucket - 10,
      step: 20,
      points: 1,
      statistic: 'count',
    } as const;
    expect(await store.read(users, query)).toEqual([3]);
    await store.close({ timeout: 5000 });
    client.destroy();
  });

  test.each([
    ['version 6', () => createCluster({ rootNodes: rootNodes() })],
    ['version 5', () => version5.createCluster({ rootNodes: rootNodes() })],
  ])('leaves no reads for a node that was down, with a client of %s', async (version, create) => {
    const client = create();
    client.on('error', () => {});
    await client.connect();
    const store = new RedisStore({ client, prefix: `${version} reads:`, commandTimeout: 1000 });
    store.start(new TestStoreHost());
    await store.keys();
    await nodes[2]!.stop();
    const keys = Array.from({ length: 50 }, (_, index) => `metric${index}`);
    const results = await Promise.allSettled(keys.map((key) => store.completeSince(key)));
    const lost = keys.filter((_, index) => results[index]!.status === 'rejected');
    expect(lost.length).toBeGreaterThan(0);
    await nodes[2]!.start();
    // Commands to one node leave in the order in which they were called.
    await waitUntil(() => store.series(lost[0]!).then(Boolean, () => false));
    expect(await nodes[2]!.ask('INFO', 'commandstats')).not.toContain('cmdstat_hgetall');
    await store.close({ timeout: 5000 });
    client.destroy();
  });

  test('keeps the samples of a node that is down, and stores the rest', async () => {
    const client = createCluster({ rootNodes: rootNodes() });
    client.on('error', () => {});
    await client.connect();
    const host = new TestStoreHost();
    const store = new RedisStore({ client, prefix: 'down:', commandTimeout: 1000 });
    store.start(host);
    const write = () => {
      for (let index = 0; index < 50; index += 1)
        store.counter(testSeries('counter', `metric${index}`), host.bucket, 5, 1);
    };
    const flushUntil = (isDone: () => boolean) => waitUntil(() => store.flush().then(isDone));
    write();
    await flushUntil(() => host.confirmed === 50);
    await nodes[2]!.stop();
    write();
    await flushUntil(() => host.confirmed > 60);
    expect(store.pending).toBe(100 - host.confirmed);
    expect(store.pending).toBeGreaterThan(0);
    await nodes[2]!.start();
    await flushUntil(() => store.pending === 0);
    expect(host).toEqual(expect.objectContaining({ confirmed: 100, dropped: {} }));
    for (let index = 0; index < 50; index += 1)
      expect(await host.total(store, testSeries('counter', `metric${index}`))).toBe(10);
    await store.close({ timeout: 5000 });
    client.destroy();
  });
});
