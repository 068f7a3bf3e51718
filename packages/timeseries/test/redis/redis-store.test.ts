import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { createClient, RESP_TYPES } from 'redis';
import * as version5 from 'redis5';
import { ChildProgram } from 'test-kit/child-program';
import { describeWithRedis, RedisServer } from 'test-kit/redis-server';
import { RedisStore, type RedisStoreOptions } from '../../src/redis.js';
import { StoreBooks, seriesOf } from '../store-books.js';

const PASSWORD = 'open sesame';
const jobs = seriesOf('counter', 'jobs');

describeWithRedis('RedisStore', () => {
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

  function opened(options: RedisStoreOptions = { url: server.url }): RedisStore {
    const store = new RedisStore(options);
    store.start(books);
    stores.push(store);
    return store;
  }

  /** The number that a command answers. */
  const integer = async (...command: string[]): Promise<number> => Number((await server.ask(...command)).slice(1));
  const batches = async (): Promise<number> => {
    const stats = await server.ask('INFO', 'commandstats');
    const calls = [...stats.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+).*failed_calls=(\d+)/g)];
    return calls.reduce((sum, [, made, failed]) => sum + Number(made) - Number(failed), 0);
  };
  const names = async (): Promise<string[]> =>
    (await server.ask('KEYS', '*')).split('\r\n').filter((line) => line.startsWith('ts:'));

  describe('what several processes store', () => {
    test('adds up exactly, as whole numbers and as fractions', async () => {
      const [one, other] = [opened(), opened()];
      for (const sum of [2 ** 53 - 10, 3, -1]) {
        one.counter(jobs, books.bucket, sum, 1);
        await one.flush();
        other.counter(jobs, books.bucket, 2, 1);
        await other.flush();
      }
      expect(await books.total(other, jobs)).toBe(2 ** 53 - 2);

      const cost = seriesOf('counter', 'cost');
      for (const store of [one, other, one]) {
        store.counter(cost, books.bucket, 0.1, 1);
        await store.flush();
      }
      expect(await books.total(other, cost)).toBe(0.1 + 0.1 + 0.1);
      expect(books).toMatchObject({ settled: 9, lost: {}, problems: [] });
    });

    test('keeps numbers of any size, and of overflowing sums the largest', async () => {
      const store = opened();
      const amounts = [1e300, 5e-324, -Number.MAX_VALUE, Number.MAX_VALUE];
      for (const [index, amount] of amounts.entries()) {
        const series = seriesOf('counter', `amount${index}`);
        for (let times = 0; times < 2; times += 1) {
          store.counter(series, books.bucket, amount, 1);
          await store.flush();
        }
        const twice = Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, 2 * amount));
        expect(await books.total(store, series)).toBe(twice);
      }
    });

    test('has of a gauge the latest value, of equal times the one stored last, and all minima and maxima', async () => {
      const [one, other] = [opened(), opened()];
      const [hour] = books.rollups.slice(1);
      const length = seriesOf('gauge', 'length');
      const start = books.bucket - (books.bucket % 3600) - 3600;
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
      const [one, other] = [opened(), opened()];
      const visitors = seriesOf('set', 'visitors');
      const latency = seriesOf('timing', 'latency');
      for (const [store, values] of [
        [one, [10, 20, 30]],
        [other, [20, 40]],
      ] as const) {
        store.values(visitors, books.bucket, Float64Array.from(values), values.length);
        store.values(latency, books.bucket, Float64Array.from(values), values.length);
        await store.flush();
      }
      const read = async (series = latency, statistic: 'count' | 'sum' | 'min' | 'max' | 'p50' = 'count') =>
        (
          await one.read([series], { rollup: books.rollups[0]!, from: books.bucket, step: 10, points: 1, statistic })
        )[0];
      expect(await read(visitors)).toBe(4);
      expect(await read()).toBe(5);
      expect(await read(latency, 'sum')).toBe(120);
      expect(await read(latency, 'min')).toBe(10);
      expect(await read(latency, 'max')).toBe(40);
      expect(Math.abs((await read(latency, 'p50'))! - 20)).toBeLessThanOrEqual(0.2);
    });

    test('does not grow with the number of samples of a timing', async () => {
      const store = opened();
      const latency = seriesOf('timing', 'latency');
      for (let flush = 0; flush < 30; flush += 1) {
        store.values(latency, books.bucket, Float64Array.of(10, 20, 0), 3);
        await store.flush();
      }
      for (const page of (await names()).filter((name) => /:\d+:\d+$/.test(name)))
        expect(await server.ask('HVALS', page)).toMatch(/^\*1\r\n\$\d+\r\n90 900 0 20 0 30 \d+ 30 \d+ 30\r\n$/);
      expect.assertions(3);
    });

    test('can hold a set of more members than one message takes', async () => {
      const store = opened();
      const before = await batches();
      const visitors = seriesOf('set', 'visitors');
      for (let part = 0; part < 10; part += 1)
        store.values(
          visitors,
          books.bucket,
          Float64Array.from({ length: 4096 }, (_, index) => part * 3000 + index),
          4096,
        );
      const query = { rollup: books.rollups[0]!, from: books.bucket, step: 10, points: 1, statistic: 'count' } as const;
      const [count] = await store.read([visitors], query);
      expect(Math.abs(count! - 31_096)).toBeLessThan(31_096 * 0.03);
      expect(books.settled).toBe(40_960);
      expect((await batches()) - before).toBe(4);
    });
  });

  describe('keys', () => {
    test('expire when their last bucket is too old to be read, and live no shorter for a late sample', async () => {
      books.time = books.bucket - (books.bucket % 86_400) + 50_000;
      const store = opened();
      store.counter(jobs, books.time, 1, 1);
      store.values(seriesOf('set', 'users'), books.time, Float64Array.of(1), 1);
      await store.flush();
      const lives = async () => {
        const found: Record<string, number> = {};
        for (const name of await names()) found[name.replace(/[\w-]{16}/, '')] = await integer('TTL', name);
        return found;
      };
      const { time } = books;
      const within = (end: number, { step, points }: { step: number; points: number }) =>
        end + (points + 1) * step - time;
      const [seconds, hours, days] = books.rollups as [never, never, never];
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

      books.time += 300;
      store.counter(jobs, time, 1, 1);
      await store.flush();
      for (const [name, life] of Object.entries(await lives()))
        expect(life).toBeGreaterThanOrEqual(before.find(([each]) => each === name)![1] - 2);
    });

    test('are few for a range, short, and stored compactly', async () => {
      const store = opened();
      const start = books.bucket - 3600;
      for (let bucket = 0; bucket <= 360; bucket += 1) store.counter(jobs, start + bucket * 10, 1000 + bucket, 1);
      await store.flush();
      const pages = (await names()).filter((name) => name.includes(':10:'));
      expect(pages.length).toBeLessThanOrEqual(8);
      expect(Math.max(...pages.map((name) => name.length))).toBeLessThan(40);
      let bytes = 0;
      for (const name of pages) {
        expect(await server.ask('OBJECT', 'ENCODING', name)).toContain('listpack');
        bytes += await integer('MEMORY', 'USAGE', name);
      }
      expect(bytes).toBeLessThan(361 * 15);
    });

    test('begin with the prefix, so that histories lie side by side', async () => {
      const [one, other] = [opened(), opened({ url: server.url, prefix: 'other:' })];
      one.counter(jobs, books.bucket, 1, 1);
      other.counter(jobs, books.bucket, 10, 1);
      expect([await books.total(one, jobs), await books.total(other, jobs)]).toEqual([1, 10]);
    });

    test('of metrics and their series are found, whatever they are called', async () => {
      const store = opened();
      const keys = ['__proto__', 'a{b}c', '{}', 'line\nbreak', 'ünïcödé', ' '];
      for (const key of keys) store.counter(seriesOf('counter', key, { '{tag}': key }), books.bucket, 1, 1);
      expect([...(await store.keys())].sort()).toEqual([...keys].sort());
      for (const key of keys) {
        const series = await store.series(key);
        expect(series).toEqual([seriesOf('counter', key, { '{tag}': key })]);
        expect(await books.total(store, ...series)).toBe(1);
      }
      expect(await store.series('unknown')).toEqual([]);
    });

    test('name the newest kind last, and a series whose unit changed once', async () => {
      const [one, other] = [opened(), opened()];
      const size = (unit: string) => ({ ...seriesOf('gauge', 'size'), unit });
      const reading = { last: 1, min: 1, max: 1 };
      one.gauge(size('byte'), books.bucket, reading, 1);
      await one.flush();
      one.counter(seriesOf('counter', 'size'), books.bucket, 1, 1);
      const found = async () => (await one.series('size')).map(({ kind, unit }) => [kind, unit]);
      expect(await found()).toEqual([
        ['gauge', 'byte'],
        ['counter', undefined],
      ]);
      other.gauge(size('kilobyte'), books.bucket, reading, 1);
      await other.flush();
      expect(await found()).toEqual([
        ['counter', undefined],
        ['gauge', 'kilobyte'],
      ]);
    });

    test('leave the index when they have been idle for as long as anything is kept', async () => {
      const store = opened();
      store.counter(jobs, books.bucket, 1, 1);
      await store.flush();
      const indexes = (await names()).filter((name) => name.endsWith(':keys') || name.includes(':series:'));
      expect(indexes).toHaveLength(2);
      for (const index of indexes) {
        expect(await integer('TTL', index)).toBeGreaterThan(90 * 86_400);
        await server.ask(
          'ZADD',
          index,
          '1',
          index.endsWith(':keys') ? 'old' : '{"kind":"counter","key":"old","tags":{}}',
        );
      }
      store.counter(seriesOf('counter', 'jobs', { queue: 'mail' }), books.bucket, 1, 1);
      await store.flush();
      for (const index of indexes) expect(await server.ask('ZRANGE', index, '0', '-1')).not.toContain('old');
    });
  });

  describe('samples', () => {
    test('too old for every rollup are lost, those too old for the finest are not', async () => {
      const store = opened();
      store.counter(jobs, books.bucket - 92 * 86_400, 1, 1);
      store.counter(jobs, books.bucket - 7200, 1, 1);
      await store.flush();
      expect(books).toMatchObject({ settled: 1, lost: { too_old: 1 } });
      expect((await names()).some((name) => name.includes(':10:'))).toBe(false);
    });

    test('whose key holds something else are lost, and the others are stored', async () => {
      const store = opened();
      store.counter(jobs, books.bucket, 1, 1);
      store.counter(seriesOf('counter', 'jobs', { queue: 'a' }), books.bucket, 5, 5);
      await store.flush();
      const page = (await names()).find((name) => name.includes(':3600:'));
      await server.ask('SET', page!, 'something else');
      store.counter(jobs, books.bucket, 1, 1);
      store.counter(seriesOf('counter', 'jobs', { queue: 'a' }), books.bucket, 5, 5);
      await store.flush();
      expect(books.settled + books.lost['refused']!).toBe(12);
      expect([1, 5]).toContain(books.lost['refused']);
      expect(books.problems).toMatchObject([{ code: 'redis_refused', count: books.lost['refused'] }]);
    });

    test('are stored and reported when it is the index that holds something else, and found when it does not', async () => {
      const store = opened();
      store.counter(jobs, books.bucket, 1, 1);
      await store.flush();
      const indexes = (await names()).filter((name) => name.endsWith(':keys') || name.includes(':series:'));
      await server.ask('FLUSHALL');
      for (const index of indexes) await server.ask('SET', index, 'something else');
      store.counter(jobs, books.bucket, 1, 1);
      await store.flush();
      expect(books).toMatchObject({ settled: 2, lost: {} });
      expect(books.problems[0]).toMatchObject({ code: 'redis_refused', count: 1 });
      for (const index of indexes) await server.ask('DEL', index);
      store.counter(jobs, books.bucket, 1, 1);
      await store.flush();
      expect(await store.keys()).toEqual(['jobs']);
    });

    test('after close are lost under `closed`', async () => {
      const store = opened();
      store.counter(jobs, books.bucket, 1, 1);
      await store.close({ timeout: 5000 });
      store.counter(jobs, books.bucket, 1, 1);
      expect(books).toMatchObject({ settled: 1, lost: { closed: 1 } });
      expect(store.pending).toBe(0);
      await expect(store.keys()).rejects.toThrow('Redis: the store is closed');
      await store.flush();
    });
  });

  describe('the client', () => {
    // Buffers instead of texts are the application's choice for itself.
    const commandOptions = { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } };
    test.each([
      ['version 6', () => createClient({ url: server.url, commandOptions })],
      ['version 5', () => version5.createClient({ url: server.url, commandOptions })],
    ])('of the application, of %s, is used and not closed', async (_version, create) => {
      const client = create();
      await client.connect();
      const store = opened({ client });
      store.counter(jobs, books.bucket, 4, 1);
      store.values(seriesOf('timing', 'jobs.time'), books.bucket, Float64Array.of(1, 2), 2);
      expect(await books.total(store, jobs)).toBe(4);
      expect(await books.total(store, seriesOf('timing', 'jobs.time'))).toBe(3);
      expect([...(await store.keys())].sort()).toEqual(['jobs', 'jobs.time']);
      await store.close({ timeout: 5000 });
      expect(client.isReady).toBe(true);
      expect(client.listenerCount('error')).toBe(0);
      client.destroy();
    });

    test('of the application is for it to connect: until then samples wait', async () => {
      const client = createClient({ url: server.url });
      const store = opened({ client });
      store.counter(jobs, books.bucket, 1, 1);
      await store.flush();
      expect(store.pending).toBe(1);
      expect(books.problems).toMatchObject([{ code: 'redis_unavailable', count: 1 }]);
      expect(books.problems[0]!.message).toContain('the client is not connected');
      await client.connect();
      await store.flush();
      expect(books.settled).toBe(1);
      client.destroy();
    });

    test('of the store is told the user, the password and the database', async () => {
      await server.ask('ACL', 'SETUSER', 'history', 'on', `>${PASSWORD}`, '~*', '+@all');
      const url = `redis://history:${encodeURIComponent(PASSWORD)}@127.0.0.1:${server.port}/3`;
      const store = opened({ url });
      store.counter(jobs, books.bucket, 1, 1);
      await store.flush();
      expect(books.settled).toBe(1);
      expect(await names()).toEqual([]);
      expect(inspect(store, { depth: 9, showHidden: true })).not.toMatch(/sesame/);
    });

    test('does not keep the process alive, neither connected nor away', async () => {
      const program = (url: string) => `
        import { RedisStore } from '@metrics/timeseries/redis';
        import { TimeSeriesBackend } from '@metrics/timeseries';
        const store = new RedisStore({ url: '${url}' });
        const backend = new TimeSeriesBackend({ store });
        backend.start({ report() {}, collect() {} });
        backend.open(0, { kind: 'counter', key: 'a', name: 'a', tags: {}, internal: true });
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
    test('of an option names it, and shows neither URL nor password', () => {
      expect(() => new RedisStore({ prefix: 'a{b' })).toThrow(TypeError);
      expect(() => new RedisStore({ commandTimeout: 0 })).toThrow(/commandTimeout .* not 0/);
      expect(() => new RedisStore({ maxPendingBytes: 10 })).toThrow(/maxPendingBytes .* not 10/);
      expect(() => new RedisStore({ client: createClient(), url: server.url })).toThrow(/client is given/);
      expect(() => new RedisStore({ client: {} as never })).toThrow(/createClient or createCluster/);
      for (const bad of [
        { url: `http://me:${PASSWORD}@host` },
        { url: `not a url ${PASSWORD}` },
        { url: `redis://me:sesame@host`, clientOptions: { socket: { tls: true as const } } },
      ]) {
        const error = thrownBy(() => new RedisStore(bad));
        expect(error).toBeInstanceOf(TypeError);
        expect(error.message).toMatch(/^url must be redis/);
        expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/sesame/);
      }
    });

    test('of a server that quotes the password does not pass it on', async () => {
      const imitation = createServer((socket) => {
        socket.on('error', () => {});
        socket.on('data', () => {
          socket.write(`-ERR unknown command 'HELLO', with args beginning with: '3' 'AUTH' 'default' 'sesame' \r\n`);
        });
      }).listen(0, '127.0.0.1');
      await once(imitation, 'listening');
      const { port } = imitation.address() as AddressInfo;
      const store = opened({ url: `redis://:sesame@127.0.0.1:${port}`, commandTimeout: 2000 });
      store.counter(jobs, books.bucket, 1, 1);
      await store.flush();
      await expect(store.keys()).rejects.toThrow(/^Redis: ERR unknown command 'HELLO'$/);
      expect(inspect(books.problems, { depth: 9, showHidden: true })).toMatch(/HELLO/);
      expect(inspect(books.problems, { depth: 9, showHidden: true })).not.toMatch(/sesame/);
      await store.close({ timeout: 1000 });
      imitation.close();
    });
  });
});

function thrownBy(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
