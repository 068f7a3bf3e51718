import dns from 'node:dns';
import { type IntakeFault, RecordingIntake } from '@metrics/testing/servers';
import { ManualClock } from 'test-kit/manual-clock';
import { waitUntil } from 'test-kit/wait-until';
import { KEY, type Started, started } from '../started.js';

let current: Started | undefined;

/** Starts with the options of the test. Disposed, and so checked, after it. */
async function begin(...options: Parameters<typeof started>): Promise<Started> {
  current = await started(...options);
  return current;
}

afterEach(async () => {
  jest.restoreAllMocks();
  await current?.[Symbol.asyncDispose]();
  current = undefined;
});

/** Records one sample of each kind, for {@link ALL}. */
function recordSome({ backend, open }: Started): void {
  backend.incr(open('counter', 'orders'), 5);
  backend.gauge(open('gauge', 'queue'), 7);
  backend.distribution(open('distribution', 'size'), 2.5);
  backend.event({ title: 'deployed', text: 'version 7' });
}

function delivered({ intake }: Started) {
  return {
    orders: intake.sum('orders'),
    queue: intake.gauge('queue'),
    size: intake.values('size'),
    events: intake.events.length,
  };
}

const ALL = { orders: 5, queue: 7, size: [2.5], events: 1 };

test.each<[string, IntakeFault[]]>([
  ['a server error', [503]],
  ['server errors of all kinds, one after the other', [500, 502, 503, 504, 500]],
  ['a request timeout', [408]],
  ['too many requests, with seconds to wait', [{ status: 429, retryAfter: 1 }]],
  ['too many requests, with a date', [{ status: 429, retryAfter: new Date(Date.now() + 1000) }]],
  ['a connection that is reset', ['reset']],
  ['a connection that is reset before the request is read', ['reset-early', 'reset-early']],
  ['a server that never responds', ['hang', 'hang']],
  ['an error whose body never ends', [{ status: 503, stall: 20 }]],
  ['a redirect to itself', [{ status: 301, redirect: '/elsewhere' }]],
])('everything is delivered once after %s', async (_name, faults) => {
  // Short for servers that do not respond, but long enough for a busy machine.
  const all = await begin({ requestTimeout: 1000 });
  all.intake.script(faults);
  recordSome(all);
  await all.backend.flush();
  await waitUntil(
    () => all.backend.stats().pending === 0,
    () => all.backend.stats(),
  );
  expect(delivered(all)).toEqual(ALL);
  expect(all.backend.stats()).toMatchObject({ sent: 4, retries: faults.length, breaker: 'closed', requests: 3 });
  expect(all.problems.map(({ code }) => code)).toContain('intake_unreachable');
});

test('a response whose body never ends counts by its status', async () => {
  const all = await begin({ requestTimeout: 1000 });
  all.intake.script(['stall', 'stall', 'stall']);
  recordSome(all);
  await all.backend.flush();
  expect(delivered(all)).toEqual(ALL);
  expect(all.backend.stats()).toMatchObject({ sent: 4, retries: 0 });
});

test('after a lost response counts and gauges are right, and values of distributions may be there twice', async () => {
  const all = await begin();
  all.intake.script(['lost-response', 'lost-response', 'lost-response']);
  recordSome(all);
  await all.backend.flush();
  await waitUntil(() => all.backend.stats().pending === 0);
  expect(delivered(all)).toMatchObject({ orders: 5, queue: 7 });
  expect(all.intake.values('size').every((value) => value === 2.5)).toBe(true);
  expect(all.backend.stats()).toMatchObject({ sent: 4, retries: 3 });
});

test('a name that does not resolve is tried again until it does', async () => {
  await using intake = await RecordingIntake.start({ apiKey: KEY });
  const resolve = dns.lookup;
  let failures = 0;
  jest.spyOn(dns, 'lookup').mockImplementation((...call: Parameters<typeof resolve>) => {
    if (call[0] !== 'localhost' || failures === 3) return resolve(...call);
    failures += 1;
    const error = Object.assign(new Error(`getaddrinfo EAI_AGAIN ${call[0]}`), { code: 'EAI_AGAIN' });
    const callback = call.at(-1) as (failure: Error) => void;
    return process.nextTick(() => callback(error));
  });
  const { backend, open } = await begin({ baseUrl: intake.url.replace('127.0.0.1', 'localhost'), ca: intake.ca });
  backend.incr(open('counter', 'orders'), 5);
  await backend.flush();
  await waitUntil(() => backend.stats().pending === 0);
  expect(intake.sum('orders')).toBe(5);
  expect(backend.stats()).toMatchObject({ sent: 1, retries: 3, lastError: 'getaddrinfo EAI_AGAIN localhost' });
});

test('a redirect to another server is not followed, so that no other server gets the key', async () => {
  await using thief = await RecordingIntake.start({ tls: false });
  const all = await begin();
  all.intake.script([301, 302, 303, 307, 308].map((status) => ({ status, redirect: thief.url })));
  recordSome(all);
  await all.backend.flush();
  await waitUntil(() => all.backend.stats().pending === 0);
  expect(delivered(all)).toEqual(ALL);
  expect(thief.requests).toEqual([]);
});

test('a request that is too large is split until it is accepted, and each part counts once', async () => {
  const all = await begin({}, { limits: { points: 40 } });
  const { backend, intake, open } = all;
  for (let each = 0; each < 1000; each += 1) backend.incr(open('counter', 'orders', { tags: { shop: `s${each}` } }), 2);
  await backend.flush();
  expect(intake.sum('orders')).toBe(2000);
  expect(intake.series).toHaveLength(1000);
  expect(backend.stats()).toMatchObject({ accepted: 1000, sent: 1000, splits: 31, requests: 32, retries: 0 });
});

test('a single series that is too large is dropped and reported', async () => {
  const { backend, open, problems } = await begin({}, { limits: { decompressed: 200 } });
  const tags = { note: 'a'.repeat(150), more: 'b'.repeat(150) };
  backend.incr(open('counter', 'orders'), 1);
  backend.incr(open('counter', 'orders', { tags }), 1);
  backend.incr(open('counter', 'orders', { tags }), 1);
  await backend.flush();
  expect(backend.stats()).toMatchObject({ sent: 1, dropped: { payload_too_large: 2 } });
  expect(problems.map(({ code }) => code)).toEqual(['payload_too_large']);
});

test.each([400, 401, 404, 422])(
  'a request rejected with %i is dropped, reported and not sent again',
  async (status) => {
    const all = await begin();
    all.intake.script([status, status]);
    recordSome(all);
    await all.backend.flush();
    expect(all.backend.stats()).toMatchObject({ sent: 1, retries: 0, pending: 0 });
    expect(Object.keys(all.backend.stats().dropped)).toEqual(['payload_rejected']);
    expect(all.problems.map(({ code }) => code)).toEqual(['payload_rejected', 'payload_rejected']);
    expect((all.problems[0]!.cause as Error).message).toMatch(new RegExp(`^status ${status}: `));
  },
);

test('samples of a request acknowledged with errors count as dropped', async () => {
  const all = await begin();
  all.intake.script([{ status: 202, errors: ['one of the series is strange'] }]);
  recordSome(all);
  await all.backend.flush();
  expect(all.problems.map(({ code }) => code)).toEqual(['intake_errors']);
  expect((all.problems[0]!.cause as Error).message).toContain('one of the series is strange');
  const { sent, dropped } = all.backend.stats();
  expect(sent + dropped['intake_errors']!).toBe(4);
});

describe('on a manual clock', () => {
  /** Advances the clock in steps, and waits after each until the drain and the requests have ended. */
  async function pass(
    { backend }: Started,
    clock: ManualClock,
    seconds: number,
    each: () => void = nothing,
    bucket = 10,
  ) {
    const state = () => {
      const { queue, requests, dropped } = backend.stats();
      return JSON.stringify([queue, requests, dropped]);
    };
    for (let step = 0; step < seconds; step += bucket) {
      each();
      for (let second = 0; second < bucket; second += 1) {
        const before = state();
        const closes = Math.ceil((clock.now() + 1) / (bucket * 1000)) * bucket * 1000;
        const isClose = each !== nothing && clock.now() + 1000 >= closes;
        clock.advance(1000);
        // A bucket becomes several payloads, one after the other.
        let last = before;
        const isSettled = (): boolean => {
          const isUnchanged = state() === last;
          last = state();
          return isUnchanged && last !== before;
        };
        if (isClose) await waitUntil(isSettled, state);
        await waitUntil(
          () => backend.stats().breaker === 'open' || backend.stats().queue.payloads === 0,
          () => backend.stats(),
        );
      }
    }
  }

  function nothing(): void {}

  function inOrder(values: readonly number[]): number[] {
    return values.toSorted((one, other) => one - other);
  }

  function buckets(clock: ManualClock): number {
    return Math.floor(clock.now() / 10_000);
  }

  test('after five minutes without an intake, each bucket arrives with its own time', async () => {
    const clock = new ManualClock(1_790_000_000_000);
    const all = await begin({ clock, random: Math.random });
    const { backend, intake, open } = all;
    const [orders, queue, size] = [open('counter', 'orders'), open('gauge', 'queue'), open('distribution', 'size')];
    const record = () => {
      backend.incr(orders, 1);
      backend.gauge(queue, buckets(clock));
      backend.distribution(size, buckets(clock));
    };
    await pass(all, clock, 60, record);
    const before = intake.points('orders').length;
    expect(before).toBe(6);
    intake.outage();
    await pass(all, clock, 300, record);
    expect(backend.stats()).toEqual(expect.objectContaining({ breaker: 'open', pending: 90, sent: 18, dropped: {} }));
    expect(intake.points('orders')).toHaveLength(before);
    // Exponential back-off ends at one attempt each half minute, not one each bucket.
    expect(backend.stats().retries).toBeLessThan(40);
    intake.outage(false);
    await pass(all, clock, 70);
    expect(backend.stats()).toEqual(expect.objectContaining({ breaker: 'closed', pending: 0, sent: 108, dropped: {} }));
    const points = intake.points('orders');
    expect(points.map(({ value }) => value)).toEqual(Array(36).fill(1));
    expect(points.map(({ timestamp }) => timestamp - points[0]!.timestamp)).toEqual(
      points.map((_, index) => index * 10),
    );
    expect(intake.series.find(({ metric }) => metric === 'orders')!.interval).toBe(10);
    for (const { timestamp, value } of intake.points('queue')) expect(value).toBe(timestamp / 10);
    expect(inOrder(intake.values('size'))).toEqual(intake.points('queue').map(({ value }) => value));
    expect(all.problems.map(({ code }) => code)).toEqual(['intake_unreachable']);
  });

  test('nothing older than an hour is sent', async () => {
    const clock = new ManualClock(1_790_000_000_000);
    const all = await begin({ clock, random: Math.random, flushInterval: 60_000 });
    const { backend, intake, open } = all;
    const orders = open('counter', 'orders');
    intake.outage();
    await pass(all, clock, 5400, () => backend.incr(orders, 1), 60);
    expect(backend.stats().dropped['expired']).toBeGreaterThan(20);
    intake.outage(false);
    await pass(all, clock, 120);
    const { sent, dropped, accepted, pending } = backend.stats();
    expect({ pending, accepted }).toEqual({ pending: 0, accepted: sent + dropped['expired']! });
    expect(sent).toBeGreaterThan(50);
    expect(intake.sum('orders')).toBe(sent);
    expect(all.problems.map(({ code }) => code)).toEqual(['intake_unreachable', 'expired']);
  });

  test('a refused key is reported once and tried each minute, and everything is delivered when it is accepted', async () => {
    const clock = new ManualClock(1_790_000_000_000);
    const all = await begin({ clock });
    const { backend, intake, open, problems } = all;
    const orders = open('counter', 'orders');
    intake.script([], { afterwards: 403 });
    await pass(all, clock, 300, () => backend.incr(orders, 1));
    expect(problems.map(({ code }) => code)).toEqual(['api_key_refused']);
    expect(intake.requests.length).toBeGreaterThanOrEqual(4);
    expect(intake.requests.length).toBeLessThanOrEqual(6);
    intake.script([]);
    await pass(all, clock, 70);
    expect(intake.sum('orders')).toBe(30);
    expect(backend.stats()).toEqual(expect.objectContaining({ sent: 30, pending: 0, dropped: {} }));
  });

  test('Retry-After is honored, for a minute at most', async () => {
    const clock = new ManualClock(1_790_000_000_000);
    const all = await begin({ clock });
    const { backend, intake, open } = all;
    intake.script([{ status: 429, retryAfter: 2_592_000 }]);
    backend.incr(open('counter', 'orders'), 1);
    await backend.flush();
    await pass(all, clock, 60);
    expect(intake.requests).toHaveLength(1);
    await pass(all, clock, 10);
    expect(intake.sum('orders')).toBe(1);
  });

  test('when the queue is full the oldest are dropped first, and the rest is delivered', async () => {
    const clock = new ManualClock(1_790_000_000_000);
    const all = await begin({ clock, maxQueueBytes: 65_536 });
    const { backend, intake, open, problems } = all;
    const size = open('distribution', 'size');
    intake.outage();
    await pass(all, clock, 100, () => {
      for (let value = 0; value < 2000; value += 1) backend.distribution(size, buckets(clock) + Math.random());
    });
    const { queue, dropped } = backend.stats();
    expect(queue.bytes).toBeLessThanOrEqual(65_536);
    expect(dropped['queue_full']).toBeGreaterThan(1000);
    intake.outage(false);
    await pass(all, clock, 70);
    const { sent } = backend.stats();
    expect(sent + dropped['queue_full']!).toBe(20_000);
    const values = inOrder(intake.values('size'));
    expect(values).toHaveLength(sent);
    const first = 179_000_000;
    expect(Math.floor(values[0]!)).toBe(first + 10 - sent / 2000);
    expect(Math.floor(values.at(-1)!)).toBe(first + 9);
    expect(problems.map(({ code }) => code)).toEqual(['intake_unreachable', 'queue_full']);
  });
});

describe('close keeps its deadline', () => {
  test.each<[string, (intake: RecordingIntake) => void]>([
    ['when the intake never responds', (intake) => intake.script([], { afterwards: 'hang' })],
    ['when its responses never end', (intake) => intake.script([], { afterwards: { status: 503, stall: 10 } })],
    ['when it asks for a long pause', (intake) => intake.script([], { afterwards: { status: 503, retryAfter: 3600 } })],
    ['when connections are reset', (intake) => intake.outage('reset')],
    ['when connections are accepted and then silent', (intake) => intake.outage('silent')],
    ['when there is no handshake', (intake) => intake.outage('handshake')],
  ])('%s', async (_name, fail) => {
    const all = await begin();
    fail(all.intake);
    recordSome(all);
    const begun = performance.now();
    await all.backend.close({ timeout: 300 });
    expect(performance.now() - begun).toBeLessThan(5000);
    expect(all.backend.stats()).toMatchObject({ pending: 0, sent: 0, dropped: { timeout: 4 } });
    expect(all.problems.map(({ code }) => code)).toContain('lost_at_close');
  });

  test('and delivers if the intake recovers in time', async () => {
    const all = await begin();
    all.intake.script(Array(6).fill(503));
    recordSome(all);
    await all.backend.close({ timeout: 5000 });
    expect(delivered(all)).toEqual(ALL);
  });

  test('and does not wait if the key is refused', async () => {
    const all = await begin();
    all.intake.script([], { afterwards: 403 });
    recordSome(all);
    const begun = performance.now();
    await all.backend.close({ timeout: 20_000 });
    expect(performance.now() - begun).toBeLessThan(5000);
    expect(all.backend.stats()).toMatchObject({ pending: 0, sent: 0, dropped: { api_key_refused: 4 } });
  });
});

test.each([
  ['back by an hour', -3_600_000],
  ['forward by two hours', 7_200_000],
])('a wall clock that is set %s during an outage neither stops the delivery nor drops anything', async (_how, by) => {
  const now = Date.now;
  const all = await begin({}, { now });
  all.intake.outage();
  recordSome(all);
  await all.backend.flush();
  expect(all.backend.stats()).toMatchObject({ pending: 4, breaker: expect.not.stringMatching('closed') as string });
  jest.spyOn(Date, 'now').mockImplementation(() => now() + by);
  all.intake.outage(false);
  // The helper that waits uses the wall clock, too, but only for its deadline.
  await waitUntil(() => all.backend.stats().pending === 0);
  expect(delivered(all)).toEqual(ALL);
  expect(all.backend.stats()).toEqual(expect.objectContaining({ sent: 4, dropped: {}, breaker: 'closed' }));
});

test('a flush ends after a while without progress, and the rest is sent later', async () => {
  const clock = new ManualClock();
  const all = await begin({ clock });
  all.intake.outage('silent');
  recordSome(all);
  const flush = all.backend.flush();
  let isDone = false;
  void flush.then(() => {
    isDone = true;
  });
  await waitUntil(() => all.backend.stats().queue.payloads === 3);
  clock.advance(4000);
  await new Promise((resolve) => setImmediate(resolve));
  expect(isDone).toBe(false);
  clock.advance(1000);
  await flush;
  expect(all.backend.stats()).toMatchObject({ sent: 0, pending: 4 });
  all.intake.outage(false);
  clock.advance(60_000);
  await waitUntil(
    () => {
      clock.advance(1000);
      return all.backend.stats().pending === 0;
    },
    () => all.backend.stats(),
  );
  expect(delivered(all)).toEqual(ALL);
});

test('a flush waits for a slow intake while it accepts one request after another', async () => {
  const clock = new ManualClock();
  const all = await begin({ clock }, { limits: { points: 10 } });
  const { backend, intake, open } = all;
  for (let each = 0; each < 40; each += 1) backend.incr(open('counter', 'orders', { tags: { shop: `s${each}` } }), 1);
  let isDone = false;
  const flush = backend.flush().then(() => {
    isDone = true;
  });
  for (let request = 1; request <= 4; request += 1) {
    expect(isDone).toBe(false);
    await intake.waitFor(() => intake.series.length >= request * 10);
    clock.advance(4000);
  }
  await flush;
  expect(backend.stats()).toMatchObject({ sent: 40, pending: 0, requests: 4 });
});
