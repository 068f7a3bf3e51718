import { join } from 'node:path';
import { ChildProgram } from 'test-kit/child-program';
import { describeWithRedis, RedisServer } from 'test-kit/redis-server';
import { RedisStore } from '../../src/redis.js';
import { TestStoreHost, testSeries } from '../test-store-host.js';

/**
 * Adds 1, 2, 3, … and flushes after each, and prints after each flush up to which everything is acknowledged. On input it
 * flushes until nothing is pending, and prints the last number and its stats.
 */
const writerSource = (url: string) => `
  import { createInterface } from 'node:readline';
  import { setTimeout as delay } from 'node:timers/promises';
  import { TimeSeriesBackend } from '@metrics/timeseries';
  import { RedisStore } from '@metrics/timeseries/redis';

  let isStopped = false;
  createInterface({ input: process.stdin }).on('line', () => { isStopped = true; });
  const backend = new TimeSeriesBackend({ store: new RedisStore({ url: '${url}' }), flushInterval: 3_600_000 });
  backend.start({ report: ({ code }) => console.log('problem', code), collect() {} });
  backend.open(0, { kind: 'counter', key: 'jobs', name: 'jobs', tags: [], internal: true });
  backend.open(1, { kind: 'set', key: 'users', name: 'users', tags: [], internal: true });
  let count = 0;
  while (!isStopped) {
    count += 1;
    backend.incr(0, count, 1);
    backend.set(1, 'user ' + count % 10);
    await backend.flush();
    if (backend.stats().pending === 0) console.log('acknowledged', count);
    else await delay(5);
  }
  while (backend.stats().pending > 0) { await backend.flush(); await delay(5); }
  console.log('counted', count, JSON.stringify(backend.stats()));
  await backend.close({ timeout: 5000 });
  process.stdin.destroy();
`;

/** 1 + 2 + … + n */
const upTo = (n: number) => (n * (n + 1)) / 2;

describeWithRedis('Processes that share a Redis server', () => {
  let server: RedisServer;
  let store: RedisStore;
  let host: TestStoreHost;
  const programs: ChildProgram[] = [];

  beforeEach(async () => {
    server = await RedisServer.start();
    store = new RedisStore({ url: server.url });
    host = new TestStoreHost();
    store.start(host);
  });
  afterEach(async () => {
    for (const program of programs.splice(0)) await program.kill();
    await store.close({ timeout: 1000 });
    await server.remove();
  });

  function startWriter(): ChildProgram {
    const program = new ChildProgram(writerSource(server.url), { cwd: join(__dirname, '..', '..') });
    programs.push(program);
    return program;
  }

  /** Reads lines until `count` is acknowledged. Resolves with the last count that was. */
  async function waitForAcknowledged(program: ChildProgram, count: number): Promise<number> {
    for (;;) {
      const [word, value] = (await program.nextLine())?.split(' ') ?? ['ended'];
      if (word === 'ended') throw new Error('The writer ended too early.');
      if (word === 'acknowledged' && Number(value) >= count) return Number(value);
    }
  }

  /** Lets a writer end. Resolves with the last number it added. */
  async function finish(program: ChildProgram): Promise<number> {
    program.writeLine('stop');
    for (;;) {
      const [word, count, stats] = (await program.nextLine())?.split(' ') ?? ['ended'];
      if (word === 'ended') throw new Error('The writer ended too early.');
      if (word !== 'counted') continue;
      expect(JSON.parse(stats!)).toEqual(expect.objectContaining({ sent: 2 * Number(count), dropped: {}, pending: 0 }));
      expect(await program.ended).toBe(0);
      return Number(count);
    }
  }

  async function readStored(): Promise<number> {
    host.time = Math.floor(Date.now() / 1000);
    return (await host.total(store, testSeries('counter', 'jobs')))!;
  }

  test('read exact sums of everything they count', async () => {
    const [one, other] = [startWriter(), startWriter()];
    await Promise.all([waitForAcknowledged(one, 100), waitForAcknowledged(other, 100)]);
    const counts = [await finish(one), await finish(other)];
    expect(await readStored()).toBe(upTo(counts[0]!) + upTo(counts[1]!));
  });

  test('keep everything acknowledged of a process that is killed, and its last batch completely or not at all', async () => {
    const [one, other] = [startWriter(), startWriter()];
    let [last] = await Promise.all([waitForAcknowledged(one, 100), waitForAcknowledged(other, 100)]);
    await one.kill();
    // Lines that the process printed before it ended and that are not read yet.
    for (let line = await one.nextLine(); line !== undefined; line = await one.nextLine())
      if (line.startsWith('acknowledged ')) last = Number(line.split(' ')[1]);
    const count = await finish(other);
    expect([upTo(last), upTo(last + 1)]).toContain((await readStored()) - upTo(count));
  });

  test('drop and repeat nothing when the server is killed and restarted three times', async () => {
    const [one, other] = [startWriter(), startWriter()];
    for (let time = 1; time <= 3; time += 1) {
      const [first, second] = await Promise.all([waitForAcknowledged(one, 1), waitForAcknowledged(other, 1)]);
      await server.stop();
      // The writers must notice that there is no server.
      await Promise.all(
        [one, other].map(async (program) => expect(await waitForProblem(program)).toBe('redis_unavailable')),
      );
      await server.start();
      await Promise.all([waitForAcknowledged(one, first + 50), waitForAcknowledged(other, second + 50)]);
    }
    const counts = [await finish(one), await finish(other)];
    expect(await readStored()).toBe(upTo(counts[0]!) + upTo(counts[1]!));
    expect((await store.series('users')).length).toBe(1);
  });

  async function waitForProblem(program: ChildProgram): Promise<string> {
    for (;;) {
      const [word, code] = (await program.nextLine())?.split(' ') ?? ['ended'];
      if (word === 'ended') throw new Error('The writer ended too early.');
      if (word === 'problem') return code!;
    }
  }
});
