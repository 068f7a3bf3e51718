import { join } from 'node:path';
import { ChildProgram } from 'test-kit/child-program';
import { describeWithRedis, RedisServer } from 'test-kit/redis-server';
import { RedisStore } from '../../src/redis.js';
import { StoreBooks, seriesOf } from '../store-books.js';

/**
 * Counts 1, 2, 3, … and flushes after each, telling after each flush up to where everything is acknowledged. Told to
 * stop, it flushes until nothing is pending, and tells what it counted in all.
 */
const writer = (url: string) => `
  import { createInterface } from 'node:readline';
  import { setTimeout as delay } from 'node:timers/promises';
  import { TimeSeriesBackend } from '@metrics/timeseries';
  import { RedisStore } from '@metrics/timeseries/redis';

  let isStopped = false;
  createInterface({ input: process.stdin }).on('line', () => { isStopped = true; });
  const backend = new TimeSeriesBackend({ store: new RedisStore({ url: '${url}' }), flushInterval: 3_600_000 });
  backend.start({ report: ({ code }) => console.log('problem', code), collect() {} });
  backend.open(0, { kind: 'counter', key: 'jobs', name: 'jobs', tags: {}, internal: true });
  backend.open(1, { kind: 'set', key: 'users', name: 'users', tags: {}, internal: true });
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
  let books: StoreBooks;
  const programs: ChildProgram[] = [];

  beforeEach(async () => {
    server = await RedisServer.start();
    store = new RedisStore({ url: server.url });
    books = new StoreBooks();
    store.start(books);
  });
  afterEach(async () => {
    for (const program of programs.splice(0)) await program.kill();
    await store.close({ timeout: 1000 });
    await server.remove();
  });

  function started(): ChildProgram {
    const program = new ChildProgram(writer(server.url), { cwd: join(__dirname, '..', '..') });
    programs.push(program);
    return program;
  }

  /** Reads on until so much is acknowledged. Answers the last count that was. */
  async function acknowledged(program: ChildProgram, count: number): Promise<number> {
    for (;;) {
      const [word, value] = (await program.nextLine())?.split(' ') ?? ['ended'];
      if (word === 'ended') throw new Error('The writer ended too early.');
      if (word === 'acknowledged' && Number(value) >= count) return Number(value);
    }
  }

  /** Lets it come to an end. Answers how far it counted. */
  async function finished(program: ChildProgram): Promise<number> {
    program.writeLine('stop');
    for (;;) {
      const [word, count, stats] = (await program.nextLine())?.split(' ') ?? ['ended'];
      if (word === 'ended') throw new Error('The writer ended too early.');
      if (word !== 'counted') continue;
      expect(JSON.parse(stats!)).toMatchObject({ sent: 2 * Number(count), dropped: {}, pending: 0 });
      expect(await program.ended).toBe(0);
      return Number(count);
    }
  }

  async function stored(): Promise<number> {
    books.time = Math.floor(Date.now() / 1000);
    return (await books.total(store, seriesOf('counter', 'jobs')))!;
  }

  test('read exact sums of what all of them count', async () => {
    const [one, other] = [started(), started()];
    await Promise.all([acknowledged(one, 100), acknowledged(other, 100)]);
    const counts = [await finished(one), await finished(other)];
    expect(await stored()).toBe(upTo(counts[0]!) + upTo(counts[1]!));
  });

  test('lose of one that is killed nothing that was acknowledged, and store of the rest all or nothing', async () => {
    const [one, other] = [started(), started()];
    let [last] = await Promise.all([acknowledged(one, 100), acknowledged(other, 100)]);
    await one.kill();
    // What it said before its end and nobody has read yet.
    for (let line = await one.nextLine(); line !== undefined; line = await one.nextLine())
      if (line.startsWith('acknowledged ')) last = Number(line.split(' ')[1]);
    const count = await finished(other);
    expect([upTo(last), upTo(last + 1)]).toContain((await stored()) - upTo(count));
  });

  test('lose and repeat nothing when the server is killed and comes back, three times', async () => {
    const [one, other] = [started(), started()];
    for (let time = 1; time <= 3; time += 1) {
      const [first, second] = await Promise.all([acknowledged(one, 1), acknowledged(other, 1)]);
      await server.stop();
      // For a moment there is no server: the writers must find out.
      await Promise.all(
        [one, other].map(async (program) => expect(await untilProblem(program)).toBe('redis_unavailable')),
      );
      await server.start();
      await Promise.all([acknowledged(one, first + 50), acknowledged(other, second + 50)]);
    }
    const counts = [await finished(one), await finished(other)];
    expect(await stored()).toBe(upTo(counts[0]!) + upTo(counts[1]!));
    expect((await store.series('users')).length).toBe(1);
  });

  async function untilProblem(program: ChildProgram): Promise<string> {
    for (;;) {
      const [word, code] = (await program.nextLine())?.split(' ') ?? ['ended'];
      if (word === 'ended') throw new Error('The writer ended too early.');
      if (word === 'problem') return code!;
    }
  }
});
