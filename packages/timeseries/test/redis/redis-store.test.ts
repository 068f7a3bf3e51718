import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { createClient, RESP_TYPES } from 'redis';
import * as version5 from 'redis5';
import { ChildProgram } from 'test-kit/child-program';
import { describeWithRedis, RedisServer } from 'test-kit/redis-server';
import { RedisStore, type RedisStoreOptions } from '../../src/redis.js';
import { TestStoreHost, testSeries } from '../test-store-host.js';

const PASSWORD = 'open sesame';
const jobs = testSeries('counter', 'jobs');

describeWithRedis('RedisStore', () => {
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
    for (const store of stores.splice(0)) await store.close({ timeout: 5000 });
  });

  function openStore(options: RedisStoreOptions = { url: server.url }): RedisStore {
    const store = new RedisStore(options);
    store.start(host);
    stores.push(store);
    return store;
  }

  test('the last store that is closed removes its listener of the process', async () => {
    const before = process.listenerCount('beforeExit');
    const [one, other] = [openStore(), openStore()];
    expect(process.listenerCount('beforeExit')).toBe(before + 1);
    await one.close({ timeout: 5000 });
    await one.close({ timeout: 5000 });
    expect(process.listenerCount('beforeExit')).toBe(before + 1);
    await other.close({ timeout: 5000 });
    expect(process.listenerCount('beforeExit')).toBe(before);
  });

  /** Resolves with the integer that a command replies with. */
  const readInteger = async (...command: string[]): Promise<number> => Number((await server.ask(...command)).slice(1));
  const countBatches = async (): Promise<number> => {
    const stats = await server.ask('INFO', 'commandstats');
    const calls = [...stats.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+).*failed_calls=(\d+)/g)];
    return calls.reduce((sum, [, made, failed]) => sum + Number(made) - Number(failed), 0);
  };
  const listKeys = async (): Promise<string[]> =>
    (await server.ask('KEYS', '*')).split('\r\n').filter((line) => line.startsWith('ts:'));

  describe('history of several processes', () => {
    test('adds up exactly, as whole numbers and as fractions', async () => {
      const [one, other] = [openStore(), openStore()];
      for (const sum of [2 ** 53 - 10, 3, -1]) {
        one.counter(jobs, host.bucket, sum, 1);
        await one.flush();
        other.counter(jobs, host.bucket, 2, 1);
        await other.flush();
      }
      expect(await host.total(other, jobs)).toBe(2 ** 53 - 2);

      const cost = testSeries('counter', 'cost');
      for (const store of [one, other, one]) {
        store.counter(cost, host.bucket, 0.1, 1);
        await store.flush();
      }
      expect(await host.total(other, cost)).toBe(0.1 + 0.1 + 0.1);
      expect(host).toEqual(expect.objectContaining({ confirmed: 9, dropped: {}, problems: [] }));
    });

    test('keeps numbers of any size, and the largest number for sums that overflow', async () => {
      const store = openStore();
      const amounts = [1e300, 5e-324, -Number.MAX_VALUE, Number.MAX_VALUE];
      for (const [index, amount] of amounts.entries()) {
        const series = testSeries('counter', `amount${index}`);
        for (let times = 0; times < 2; times += 1) {
          store.counter(series, host.bucket, amount, 1);
          await store.flush();
        }
        const twice = Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, 2 * amount));
        expect(await host.total(store, series)).toBe(twice);
      }
    });

    test('keeps the latest value of a gauge (of equal times the one stored last), and its minimum and maximum', async () => {
      const [one, other] = [openStore(), openStore()];
      const [hour] = host.rollups.slice(1);
      const length = testSeries('gauge', 'length');
      const start = host.bucket - (host.bucket % 3600) - 3600;
      const reading = (value: number) => ({ last: value, min: value, max: value });
      const read = async (statistic: 'last' | 'min' | 'max') =>
        (await one.read([length], { rollup: hour!, from: start, step: 3600, points: 1, statistic }))[0];

      one.gauge(length, start + 20, reading(5), 1);
      await one.flush();
      other.gauge(length, start + 10, { last: 7, min: -7, max: 70 }, 3);
      await other.flush();
      expect([await read('last'), await read('min'), await read('max')]).toEqual([5, -7, 70]);
      other.gauge(length, start + 20, reading(6), 1);
      await other.flush();
      expect([await read('last'), await read('min'), await read('max')]).toEqual([6, -7, 70]);
    });

    test('counts members of sets once, and merges summaries', async () => {
      const [one, other] = [openStore(), openStore()];
      const visitors = testSeries('set', 'visitors');
      const latency = testSeries('timing', 'latency');
      for (const [store, values] of [
        [one, [10, 20, 30]],
        [other, [20, 40]],
      ] as const) {
        store.values(visitors, host.bucket, Float64Array.from(values), values.length);
        store.values(latency, host.bucket, Float64Array.from(values), values.length);
        await store.flush();
      }
      const read = async (series = latency, statistic: 'count' | 'sum' | 'min' | 'max' | 'p50' = 'count') =>
        (await one.read([series], { rollup: host.rollups[0]!, from: host.bucket, step: 10, points: 1, statistic }))[0];
      expect(await read(visitors)).toBe(4);
      expect(await read()).toBe(5);
      expect(await read(latency, 'sum')).toBe(120);
      expect(await read(latency, 'min')).toBe(10);
      expect(await read(latency, 'max')).toBe(40);
      expect(Math.abs((await read(latency, 'p50'))! - 20)).toBeLessThanOrEqual(0.2);
    });

    test('does not grow with the number of samples of a timing', async () => {
      const store = openStore();
      const latency = testSeries('timing', 'latency');
      for (let flush = 0; flush < 30; flush += 1) {
        store.values(latency, host.bucket, Float64Array.of(10, 20, 0), 3);
        await store.flush();
      }
      for (const page of (await listKeys()).filter((name) => /:\d+:\d+$/.test(name)))
        expect(await server.ask('HVALS', page)).toMatch(/^\*1\r\n\$\d+\r\n90 900 0 20 0 30 \d+ 30 \d+ 30\r\n$/);
      expect.assertions(3);
    });

    test('can hold a set with more members than one message contains', async () => {
      const store = openStore();
      const before = await countBatches();
      const visitors = testSeries('set', 'visitors');
      for (let part = 0; part < 10; part += 1)
        store.values(
          visitors,
          host.bucket,
          Float64Array.from({ length: 4096 }, (_, index) => part * 3000 + index),
          4096,
        );
      const query = { rollup: host.rollups[0]!, from: host.bucket, step: 10, points: 1, statistic: 'count' } as const;
      const [count] = await store.read([visitors], query);
      expect(Math.abs(count! - 31_096)).toBeLessThan(31_096 * 0.03);
      expect(host.confirmed).toBe(40_960);
      expect((await countBatches()) - before).toBe(4);
    });
  });

  describe('keys', () => {
    test('expire when their last bucket is too old to be read, and live no shorter for a late sample', async () => {
      host.time = host.bucket - (host.bucket % 86_400) + 50_000;
      const store = openStore();
      store.counter(jobs, host.time, 1, 1);
      store.values(testSeries('set', 'users'), host.time, Float64Array.of(1), 1);
      await store.flush();
      const lives = async () => {
        const found: Record<string, number> = {};
        for (const name of await listKeys()) found[name.replace(/[\w-]{16}/, '')] = await readInteger('TTL', name);
        return found;
      };
      const { time } = host;
      const within = (end: number, { step, points }: { step: number; points: number }) =>
        end + (points + 1) * step - time;
      const [seconds, hours, days] = host.rollups as [never, never, never];
      const pageEnd = (step: number) => (Math.floor(time / step / 60) + 1) * 60 * step;
      const before = Object.entries(await lives());
      for (const [step, rollup] of [
        [10, seconds],
        [3600, hours],
        [86_400, days],
      ] as const) {
        const page = before.find(([name]) => name.endsWith(`:${step}:${Math.floor(time / step / 60)}`));
        expect(Math.abs(page![1] - within(pageEnd(step), rollup))).toBeLessThanOrEqual(2);
        const start = time - (time % step);
        const bucket = before.find(([name]) => name.endsWith(`:${step}:${start}`));
        expect(Math.abs(bucket![1] - within(start + step, rollup))).toBeLessThanOrEqual(2);
      }
      expect(before.every(([, life]) => life > 0)).toBe(true);

      host.time += 300;
      store.counter(jobs, time, 1, 1);
      await store.flush();
      for (const [name, life] of Object.entries(await lives()))
        expect(life).toBeGreaterThanOrEqual(before.find(([each]) => each === name)![1] - 2);
    });

    test('are few for a range, short, and stored compactly', async () => {
      const store = openStore();
      const start = host.bucket - 3600;
      for (let bucket = 0; bucket <= 360; bucket += 1) store.counter(jobs, start + bucket * 10, 1000 + bucket, 1);
      await store.flush();
      const pages = (await listKeys()).filter((name) => name.includes(':10:'));
      expect(pages.length).toBeLessThanOrEqual(8);
      expect(Math.max(...pages.map((name) => name.length))).toBeLessThan(40);
      let bytes = 0;
      for (const name of pages) {
        expect(await server.ask('OBJECT', 'ENCODING', name)).toContain('listpack');
        bytes += await readInteger('MEMORY', 'USAGE', name);
      }
      expect(bytes).toBeLessThan(361 * 15);
    });

    test('begin with the prefix, so that a server can hold several histories', async () => {
      const [one, other] = [openStore(), openStore({ url: server.url, prefix: 'other:' })];
      one.counter(jobs, host.bucket, 1, 1);
      other.counter(jobs, host.bucket, 10, 1);
      expect([await host.total(one, jobs), await host.total(other, jobs)]).toEqual([1, 10]);
    });

    test('of metrics and their series are found, whatever their names', async () => {
      const store = openStore();
      const keys = ['__proto__', 'a{b}c', '{}', 'line\nbreak', 'ünïcödé', ' '];
      for (const key of keys) store.counter(testSeries('counter', key, { '{tag}': key }), host.bucket, 1, 1);
      expect([...(await store.keys())].sort()).toEqual([...keys].sort());
      for (const key of keys) {
        const series = await store.series(key);
        expect(series).toEqual([testSeries('counter', key, { '{tag}': key })]);
        expect(await host.total(store, ...series)).toBe(1);
      }
      expect(await store.series('unknown')).toEqual([]);
    });

    test('name the newest kind last, and a series whose unit changed once', async () => {
      const [one, other] = [openStore(), openStore()];
      const size = (unit: string) => ({ ...testSeries('gauge', 'size'), unit });
      const reading = { last: 1, min: 1, max: 1 };
      one.gauge(size('byte'), host.bucket, reading, 1);
      await one.flush();
      one.counter(testSeries('counter', 'size'), host.bucket, 1, 1);
      const found = async () => (await one.series('size')).map(({ kind, unit }) => [kind, unit]);
      expect(await found()).toEqual([
        ['gauge', 'byte'],
        ['counter', undefined],
      ]);
      other.gauge(size('kilobyte'), host.bucket, reading, 1);
      await other.flush();
      expect(await found()).toEqual([
        ['counter', undefined],
        ['gauge', 'kilobyte'],
      ]);
    });

    test('leave the index when they have been idle for as long as anything is kept', async () => {
      const store = openStore();
      store.counter(jobs, host.bucket, 1, 1);
      await store.flush();
      const indexes = (await listKeys()).filter((name) => name.endsWith(':keys') || name.includes(':series:'));
      expect(indexes).toHaveLength(2);
      for (const index of indexes) {
        expect(await readInteger('TTL', index)).toBeGreaterThan(90 * 86_400);
        await server.ask(
          'ZADD',
          index,
          '1',
          index.endsWith(':keys') ? 'old' : '{"kind":"counter","key":"old","tags":{}}',
        );
      }
      store.counter(testSeries('counter', 'jobs', { queue: 'mail' }), host.bucket, 1, 1);
      await store.flush();
      for (const index of indexes) expect(await server.ask('ZRANGE', index, '0', '-1')).not.toContain('old');
    });
  });

  describe('samples', () => {
    test('too old for every rollup are dropped, those too old for the finest are not', async () => {
      const store = openStore();
      store.counter(jobs, host.bucket - 92 * 86_400, 1, 1);
      store.counter(jobs, host.bucket - 7200, 1, 1);
      await store.flush();
      expect(host).toMatchObject({ confirmed: 1, dropped: { too_old: 1 } });
      expect((await listKeys()).some((name) => name.includes(':10:'))).toBe(false);
    });

    test('whose key holds something else are dropped, and the others are stored', async () => {
      const store = openStore();
      store.counter(jobs, host.bucket, 1, 1);
      store.counter(testSeries('counter', 'jobs', { queue: 'a' }), host.bucket, 5, 5);
      await store.flush();
      const page = (await listKeys()).find((name) => name.includes(':3600:'));
      await server.ask('SET', page!, 'something else');
      store.counter(jobs, host.bucket, 1, 1);
      store.counter(testSeries('counter', 'jobs', { queue: 'a' }), host.bucket, 5, 5);
      await store.flush();
      expect(host.confirmed + host.dropped['redis_refused']!).toBe(12);
      expect([1, 5]).toContain(host.dropped['redis_refused']);
      expect(host.problems).toMatchObject([{ code: 'redis_refused', count: host.dropped['redis_refused'] }]);
    });

    test('are stored but reported if the index key holds something else, and found when it no longer does', async () => {
      const store = openStore();
      store.counter(jobs, host.bucket, 1, 1);
      await store.flush();
      const indexes = (await listKeys()).filter((name) => name.endsWith(':keys') || name.includes(':series:'));
      await server.ask('FLUSHALL');
      for (const index of indexes) await server.ask('SET', index, 'something else');
      store.counter(jobs, host.bucket, 1, 1);
      await store.flush();
      expect(host).toEqual(expect.objectContaining({ confirmed: 2, dropped: {} }));
      expect(host.problems).toContainEqual(expect.objectContaining({ code: 'redis_refused', count: 1 }));
      for (const index of indexes) await server.ask('DEL', index);
      store.counter(jobs, host.bucket, 1, 1);
      await store.flush();
      expect(await store.keys()).toEqual(['jobs']);
    });

    test('after close are dropped as `closed`', async () => {
      const store = openStore();
      store.counter(jobs, host.bucket, 1, 1);
      await store.close({ timeout: 5000 });
      store.counter(jobs, host.bucket, 1, 1);
      expect(host).toMatchObject({ confirmed: 1, dropped: { closed: 1 } });
      expect(store.pending).toBe(0);
      await expect(store.keys()).rejects.toThrow('Redis: the store is closed');
      await store.flush();
    });
  });

  describe('the client', () => {
    // The application may choose buffers instead of strings for itself.
    const commandOptions = { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } };
    test.each([
      ['version 6', () => createClient({ url: server.url, commandOptions })],
      ['version 5', () => version5.createClient({ url: server.url, commandOptions })],
    ])('of the application, of %s, is used and not closed', async (_version, create) => {
      const client = create();
      await client.connect();
      const store = openStore({ client });
      store.counter(jobs, host.bucket, 4, 1);
      store.values(testSeries('timing', 'jobs.time'), host.bucket, Float64Array.of(1, 2), 2);
      expect(await host.total(store, jobs)).toBe(4);
      expect(await host.total(store, testSeries('timing', 'jobs.time'))).toBe(3);
      expect([...(await store.keys())].sort()).toEqual(['jobs', 'jobs.time']);
      await store.close({ timeout: 5000 });
      expect(client.isReady).toBe(true);
      expect(client.listenerCount('error')).toBe(0);
      client.destroy();
    });

    test('of the application is connected by it: until then samples wait', async () => {
      const client = createClient({ url: server.url });
      const store = openStore({ client });
      store.counter(jobs, host.bucket, 1, 1);
      await store.flush();
      expect(store.pending).toBe(1);
      expect(host.problems).toMatchObject([{ code: 'redis_unavailable', count: 1 }]);
      expect(host.problems[0]!.message).toContain('the client is not connected');
      await client.connect();
      await store.flush();
      expect(host.confirmed).toBe(1);
      client.destroy();
    });

    test('of the store uses the user, the password and the database of the URL', async () => {
      await server.ask('ACL', 'SETUSER', 'history', 'on', `>${PASSWORD}`, '~*', '+@all');
      const url = `redis://history:${encodeURIComponent(PASSWORD)}@127.0.0.1:${server.port}/3`;
      const store = openStore({ url });
      store.counter(jobs, host.bucket, 1, 1);
      await store.flush();
      expect(host.confirmed).toBe(1);
      expect(await listKeys()).toEqual([]);
      expect(inspect(store, { depth: 9, showHidden: true })).not.toMatch(/sesame/);
    });

    test('does not keep the process alive, neither connected nor disconnected', async () => {
      const program = (url: string) => `
        import { RedisStore } from '@metrics/timeseries/redis';
        import { TimeSeriesBackend } from '@metrics/timeseries';
        const store = new RedisStore({ url: '${url}' });
        const backend = new TimeSeriesBackend({ store });
        backend.start({ report() {}, collect() {} });
        backend.open(0, { kind: 'counter', key: 'a', name: 'a', tags: [], internal: true });
        backend.incr(0, 1, 1);
        await backend.flush();
        backend.incr(0, 1, 1);
        console.log('sent', backend.stats().sent);
      `;
      for (const [url, sent] of [
        [server.url, 'sent 1'],
        ['redis://127.0.0.1:1', 'sent 0'],
      ] as const) {
        const running = new ChildProgram(program(url), { cwd: join(__dirname, '..', '..') });
        expect(await running.nextLine()).toBe(sent);
        expect(await running.ended).toBe(0);
      }
    });
  });

  describe('an error', () => {
    test('in an option names it, and shows neither URL nor password', () => {
      expect(() => new RedisStore({ prefix: 'a{b' })).toThrow(TypeError);
      expect(() => new RedisStore({ commandTimeout: 0 })).toThrow(/commandTimeout .* not 0/);
      expect(() => new RedisStore({ maxPendingBytes: 10 })).toThrow(/maxPendingBytes .* not 10/);
      expect(() => new RedisStore({ client: createClient(), url: server.url })).toThrow(
        /url and clientOptions have no effect/,
      );
      expect(() => new RedisStore({ client: {} as never })).toThrow(/createClient or createCluster/);
      for (const bad of [
        { url: `http://me:${PASSWORD}@host` },
        { url: `not a url ${PASSWORD}` },
        { url: `redis://me:sesame@host`, clientOptions: { socket: { tls: true as const } } },
      ]) {
        const error = catchError(() => new RedisStore(bad));
        expect(error).toBeInstanceOf(TypeError);
        expect(error.message).toMatch(/^url must be redis/);
        expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/sesame/);
      }
    });

    test('of a server that quotes the password does not contain it', async () => {
      const imitation = createServer((socket) => {
        socket.on('error', () => {});
        socket.on('data', () => {
          socket.write(`-ERR unknown command 'HELLO', with args beginning with: '3' 'AUTH' 'default' 'sesame' \r\n`);
        });
      }).listen(0, '127.0.0.1');
      await once(imitation, 'listening');
      const { port } = imitation.address() as AddressInfo;
      const store = openStore({ url: `redis://:sesame@127.0.0.1:${port}`, commandTimeout: 2000 });
      store.counter(jobs, host.bucket, 1, 1);
      await store.flush();
      await expect(store.keys()).rejects.toThrow(/^Redis: ERR unknown command 'HELLO'$/);
      expect(inspect(host.problems, { depth: 9, showHidden: true })).toMatch(/HELLO/);
      expect(inspect(host.problems, { depth: 9, showHidden: true })).not.toMatch(/sesame/);
      await store.close({ timeout: 1000 });
      imitation.close();
    });
  });
});

function catchError(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
