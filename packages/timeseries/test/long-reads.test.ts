import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeWithRedis, RedisServer } from 'test-kit/redis-server';
import { timeSeriesHandler } from '../src/handler.js';
import { MemoryStore, type TimeSeriesBackend, type TimeSeriesStore } from '../src/index.js';
import { RedisStore } from '../src/redis.js';
import { createTestBackend, NOON } from './create-test-backend.js';

const HUGE_STEPS = [1e7, 1e8, 1e9, 1e10, 36e8, 86_400e5];

/** Records ten jobs, a value of each other kind, and reads them with steps of centuries. */
async function readHugeSteps(store: TimeSeriesStore): Promise<void> {
  const { backend, open } = createTestBackend({ store });
  backend.incr(open('counter', 'jobs', { queue: 'mail' }), 10);
  backend.gauge(open('gauge', 'level', { queue: 'mail' }), 5);
  backend.timing(open('timing', 'run', { queue: 'mail' }), 7);
  backend.set(open('set', 'users', { queue: 'mail' }), 'ann');
  for (const step of HUGE_STEPS)
    for (const [key, value] of [
      ['jobs', 10],
      ['level', 5],
      ['run', 7],
      ['users', 1],
    ] as const) {
      const begin = Math.floor(NOON / step) * step;
      expect(await backend.range(key, { step, start: NOON - 600 })).toEqual([[begin, value]]);
      expect(await backend.range(key, { step, start: 0, groupBy: 'queue' })).toEqual(
        new Map([['mail', [[begin, value]]]]),
      );
    }
  await backend.close({ timeout: 5000 });
}

async function serve(backend: TimeSeriesBackend) {
  const server = createServer(timeSeriesHandler(backend)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
    return { status: response.status, body: (await response.json()) as Record<string, never> };
  };
  return {
    get,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Resolves with the result of a read, and the rounds of the event loop during it. */
async function countRounds<T>(read: Promise<T>): Promise<[T, number]> {
  let rounds = 0;
  let immediate: NodeJS.Immediate;
  const count = () => {
    rounds += 1;
    immediate = setImmediate(count);
  };
  immediate = setImmediate(count);
  const result = await read;
  clearImmediate(immediate);
  return [result, rounds];
}

describe('a long read', () => {
  test('with a step of any length reads what is kept, no more', () => readHugeSteps(new MemoryStore()));

  test('lets other events run, whatever it reads', async () => {
    const { backend, open, clock } = createTestBackend();
    for (let index = 0; index < 1500; index += 1) {
      const tags = { queue: `queue ${index % 40}`, user: `user ${index}` };
      const ids = [open('counter', 'jobs', tags), open('timing', 'run', tags), open('gauge', 'level', tags)] as const;
      for (const before of [1800, 1000, 10]) {
        clock.seconds = NOON - before;
        backend.incr(ids[0], 1);
        backend.timing(ids[1], index);
        backend.gauge(ids[2], 1);
      }
    }
    clock.seconds = NOON;
    for (const [what, read] of [
      ['a counter', () => backend.range('jobs')],
      ['a gauge', () => backend.range('level')],
      ['percentiles', () => backend.range('run', { statistic: 'p95' })],
      ['groups', () => backend.range('run', { groupBy: 'queue' })],
      ['the largest of many', () => backend.top('jobs', 'user', 5)],
    ] as const) {
      const [, rounds] = await countRounds<unknown>(read());
      expect([what, rounds > 3]).toEqual([what, true]);
    }
    // Several at the same time take turns, and have the same results as alone.
    const alone = await backend.range('run', { statistic: 'p95' });
    const together = await Promise.all(Array.from({ length: 5 }, () => backend.range('run', { statistic: 'p95' })));
    expect(together).toEqual(Array.from({ length: 5 }, () => alone));
    expect(await backend.sum('jobs')).toBe(4500);
  });

  test('of the charts of many keys over HTTP lets other events run', async () => {
    const { backend, open } = createTestBackend();
    for (let index = 0; index < 50; index += 1)
      for (let user = 0; user < 40; user += 1)
        backend.timing(open('timing', `run ${index}`, { user: `${user}` }), user + 1);
    const { get, close } = await serve(backend);
    const keys = Array.from({ length: 50 }, (_, index) => `key=run+${index}`).join('&');
    const [response, rounds] = await countRounds(get(`/charts?${keys}&start=${NOON - 3500}`));
    expect(response.status).toBe(200);
    expect(response.body['charts']).toHaveLength(50);
    expect(rounds).toBeGreaterThan(50);
    close();
  });

  test('of more points than fit into the memory rejects, over HTTP with status 400', async () => {
    const { backend, open } = createTestBackend({ rollups: [{ step: 1, points: 100_000 }] });
    for (let user = 0; user < 12; user += 1) backend.incr(open('counter', 'jobs', { user: `${user}` }), 1);
    const start = NOON - 100_000;
    await expect(backend.range('jobs', { start, groupBy: 'user' })).rejects.toThrow(
      /The range has 1200012 points in 12 groups, more than 1000000: use a later start, a larger step/,
    );
    expect(await backend.range('jobs', { start, groupBy: 'user', step: 1000 })).toHaveProperty('size', 12);
    const { get, close } = await serve(backend);
    expect((await get(`/range?key=jobs&start=${NOON - 9999}&groupBy=user`)).status).toBe(200);
    expect(await get(`/range?key=jobs&start=${start}`)).toMatchObject({ status: 400 });
    expect((await get('/range?key=jobs&start=0&step=1000000000')).body).toMatchObject({
      groups: [{ points: [[1e9, 12]] }],
    });
    close();
  });
});

describeWithRedis('a long read from Redis', () => {
  let server: RedisServer;
  beforeEach(async () => {
    server = await RedisServer.start();
  });
  afterEach(() => server.remove());

  test('with a step of any length reads what is kept, no more', async () => {
    await readHugeSteps(new RedisStore({ url: server.url }));
  });

  test('sends few commands for a huge step, also over HTTP', async () => {
    const { backend, open } = createTestBackend({ store: new RedisStore({ url: server.url }) });
    backend.incr(open('counter', 'jobs'), 10);
    backend.set(open('set', 'users'), 'ann');
    await backend.flush();
    const { get, close } = await serve(backend);
    await server.ask('CONFIG', 'RESETSTAT');
    for (const step of ['10000000', '1000000000', '99999999990'])
      for (const [key, value] of [
        ['jobs', 10],
        ['users', 1],
      ] as const)
        expect(await get(`/range?key=${key}&step=${step}`)).toMatchObject({
          status: 200,
          body: { groups: [{ points: [[expect.any(Number), value]] }] },
        });
    const stats = await server.ask('INFO', 'stats');
    expect(Number(/total_commands_processed:(\d+)/.exec(stats)![1])).toBeLessThan(200);
    close();
    await backend.close({ timeout: 5000 });
  });

  test('lets other events run, and merges thousands of sketches as one', async () => {
    const { backend, open } = createTestBackend({ store: new RedisStore({ url: server.url }) });
    for (let index = 0; index < 400; index += 1) backend.timing(open('timing', 'run', { user: `${index}` }), index + 1);
    await backend.flush();
    const [p50, rounds] = await countRounds(backend.value('run', { statistic: 'p50' }));
    expect(Math.abs(p50! - 200)).toBeLessThanOrEqual(3);
    expect(rounds).toBeGreaterThan(3);
    expect(await backend.value('run', { statistic: 'count' })).toBe(400);
    expect(await backend.top('run', 'user', 2)).toEqual([
      { tagValue: '399', value: 400 },
      { tagValue: '398', value: 399 },
    ]);
    await backend.close({ timeout: 5000 });
  });

  test('skips what something else wrote into the index of a key', async () => {
    const { backend, open } = createTestBackend({ store: new RedisStore({ url: server.url }) });
    backend.incr(open('counter', 'jobs'), 10);
    await backend.flush();
    const index = (await server.ask('KEYS', '*series*')).split('\r\n').find((line) => line.startsWith('ts:'))!;
    for (const entry of [
      'no JSON',
      'null',
      '5',
      '{"kind":"constructor","key":"jobs","tags":{}}',
      '{"kind":"gauge","key":"other","tags":{}}',
    ])
      await server.ask('ZADD', index, '9999999999', entry);
    expect(await backend.sum('jobs')).toBe(10);
    expect(await backend.series('jobs')).toHaveLength(1);
    await backend.close({ timeout: 5000 });
  });
});
