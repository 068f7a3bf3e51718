import { alsoInRealTime } from '@metrics/core/backend';
import { timersAsNumbers } from 'test-kit/timers-as-numbers';
import { FlushScheduler, type FlushSchedulerOptions, SampleAccounting, SampleBuffer, SlotTable } from '../src/index.js';
import { RecordingWriter } from './recording-writer.js';

interface Options extends Partial<FlushSchedulerOptions> {
  readonly maxQueuedSamples?: number;
}

function setUp({ maxQueuedSamples, ...options }: Options = {}) {
  const slots = new SlotTable(() => {});
  const accounting = new SampleAccounting();
  const buffer = new SampleBuffer({ slots, accounting, maxQueuedSamples });
  const writer = new RecordingWriter(slots, accounting);
  const scheduler = new FlushScheduler({ slots, buffer, accounting, writer, outlet: writer, ...options });
  const stats = () => accounting.stats(buffer.buffered);
  const sum = () => writer.written.reduce((total, { value }) => total + (typeof value === 'number' ? value : 0), 0);
  const counters = (count: number) => {
    for (let id = 0; id < count; id += 1) buffer.open(id, 'counter', [id]);
  };
  const incrAll = (count: number) => {
    for (let id = 0; id < count; id += 1) buffer.incr(id, 1, 1);
  };
  return { buffer, counters, incrAll, stats, sum, scheduler, writer };
}

/** A counter and a gauge among many timings, over a transport that takes `burst` writes at a time. */
function manyTimings(burst: number, timings = 10_000) {
  const parts = setUp({ maxQueuedSamples: 100_000 });
  const { buffer, writer } = parts;
  for (let index = 0; index < timings; index += 1) {
    if (index % 100 === 0) buffer.open(index / 100, 'timing', [index / 100]);
    buffer.value(Math.floor(index / 100), 1, 1);
  }
  buffer.open(5000, 'counter', [5000]);
  buffer.open(5001, 'gauge', [5001]);
  buffer.incr(5000, 7, 1);
  buffer.gauge(5001, 3);
  writer.burst = burst;
  return { ...parts, others: () => writer.written.filter(({ kind }) => kind !== 'timing').map(({ value }) => value) };
}

/** A clock that moves by `step` milliseconds at each look. */
function clock(step: number): () => number {
  let time = 0;
  return () => (time += step);
}

/** Resolves with whether a promise is settled after all microtasks ran. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => {
    settled = true;
  });
  await jest.advanceTimersByTimeAsync(0);
  return settled;
}

/** Resolves after every wait that began before has ended in real time. */
function realTime(): Promise<void> {
  return new Promise((resolve) => {
    alsoInRealTime(resolve, 0)?.ref?.();
  });
}

/** Closes with time for a few bursts. */
async function end(scheduler: FlushScheduler): Promise<void> {
  const closed = scheduler.close({ timeout: 100 });
  await jest.advanceTimersByTimeAsync(20);
  await closed;
}

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  if (jest.getTimerCount() > 0) throw new Error('The test left a timer.');
  jest.useRealTimers();
});

describe('on the timer', () => {
  test('samples are written every interval, and nothing if nothing was recorded', async () => {
    const { buffer, counters, stats, scheduler, writer } = setUp();
    counters(1);
    buffer.incr(0, 1, 1);
    buffer.incr(0, 2, 0.5);
    await jest.advanceTimersByTimeAsync(1999);
    expect(writer.written).toEqual([]);
    expect(stats()).toMatchObject({ accepted: 2, pending: 2, sent: 0 });
    await jest.advanceTimersByTimeAsync(1);
    expect(writer.written.map(({ value }) => value)).toEqual([3]);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(writer.written).toHaveLength(1);
    await end(scheduler);
  });

  test('an interval must divide ten seconds', async () => {
    for (const interval of [3000, 0, -1, Number.NaN, 20_000]) {
      expect(() => setUp({ interval })).toThrow(new RegExp(`interval.*must divide.*${interval}`));
    }
    await end(setUp({ interval: 2500 }).scheduler);
  });

  test('a full batch is written early, without the counters', async () => {
    const { buffer, counters, scheduler, writer } = setUp();
    counters(1);
    buffer.open(1, 'timing', [1]);
    buffer.incr(0, 1, 1);
    for (let index = 0; index <= 1024; index += 1) buffer.value(1, 1, 1);
    await jest.advanceTimersByTimeAsync(10);
    expect(writer.written).toHaveLength(1024);
    expect(writer.written.every(({ kind }) => kind === 'timing')).toBe(true);
    await end(scheduler);
    expect(writer.written).toHaveLength(1026);
  });

  test('when half of the bound is queued, everything is written early', async () => {
    const { buffer, counters, stats, scheduler } = setUp({ maxQueuedSamples: 200 });
    counters(101);
    for (let id = 0; id < 101; id += 1) buffer.open(200 + id, 'timing', [id]);
    buffer.incr(0, 1, 1);
    for (let id = 0; id < 101; id += 1) buffer.value(200 + id, 1, 1);
    await jest.advanceTimersByTimeAsync(10);
    expect(stats()).toMatchObject({ sent: 102, pending: 0 });
    await end(scheduler);
  });

  test('while the outlet is not ready drains on the timer are skipped: counters merge and arrive afterwards', async () => {
    const { buffer, counters, stats, scheduler, writer } = setUp();
    counters(1);
    writer.ready = false;
    for (let round = 0; round < 5; round += 1) {
      buffer.incr(0, 1, 1);
      await jest.advanceTimersByTimeAsync(2000);
    }
    expect(stats()).toMatchObject({ pending: 5, sent: 0 });
    writer.ready = true;
    await jest.advanceTimersByTimeAsync(2000);
    expect(writer.written.map(({ value, samples }) => [value, samples])).toEqual([[5, 5]]);
    await end(scheduler);
  });
});

describe('a drain at a time', () => {
  test('a window that ends while samples are on their way begins no other drain, and collects no gauges', async () => {
    const collect = jest.fn();
    const { counters, incrAll, stats, scheduler, writer } = setUp({ collect });
    counters(1);
    incrAll(1);
    writer.settles = false;
    await jest.advanceTimersByTimeAsync(2000);
    incrAll(1);
    await jest.advanceTimersByTimeAsync(6000);
    expect([collect.mock.calls.length, writer.finishes]).toEqual([1, 1]);
    writer.settle();
    writer.settles = true;
    await jest.advanceTimersByTimeAsync(1999);
    expect(stats()).toMatchObject({ sent: 1, pending: 1 });
    await jest.advanceTimersByTimeAsync(1);
    expect(stats()).toMatchObject({ sent: 2, pending: 0 });
    await end(scheduler);
  });

  test('a drain that was replaced does not end the next one when its samples have arrived', async () => {
    const { counters, incrAll, stats, scheduler, writer } = setUp();
    counters(30);
    incrAll(30);
    writer.settles = false;
    const replaced = scheduler.flush();
    scheduler.drainSync();
    await replaced;
    writer.burst = 10;
    incrAll(30);
    const flushed = scheduler.flush();
    writer.settle();
    writer.settles = true;
    await jest.advanceTimersByTimeAsync(10);
    expect(stats()).toMatchObject({ accepted: 60, sent: 60, pending: 0 });
    await flushed;
    await end(scheduler);
  });

  test('a drain that a close gave up writes nothing when the transport is back', async () => {
    const { counters, incrAll, stats, scheduler, writer } = setUp();
    counters(1);
    incrAll(1);
    let recover: (isReady: boolean) => void = () => {};
    jest.spyOn(writer, 'whenReady').mockImplementation(() => new Promise((resolve) => (recover = resolve)));
    writer.ready = false;
    const closed = scheduler.close({ timeout: 100 });
    await jest.advanceTimersByTimeAsync(100);
    await closed;
    const begin = jest.spyOn(writer, 'beginBurst');
    writer.ready = true;
    recover(true);
    await jest.advanceTimersByTimeAsync(100);
    expect([writer.finishes, begin.mock.calls.length]).toEqual([0, 0]);
    expect(stats()).toMatchObject({ accepted: 1, sent: 0, pending: 0, dropped: { timeout: 1 } });
  });

  test.each([
    ['a pause', {}],
    ['a slice', { now: clock(1) }],
  ])(
    '%s of a drain that a close or an exit gave up leaves no timer, and nothing follows it',
    async (_name, options) => {
      for (const method of ['close', 'drainSync'] as const) {
        const { counters, incrAll, scheduler, writer } = setUp(options);
        counters(200);
        incrAll(200);
        writer.burst = 100;
        const timers = jest.getTimerCount();
        const flushed = scheduler.flush();
        expect(jest.getTimerCount()).toBe(timers + 1);
        const ended = scheduler[method]({ timeout: 0 });
        if (method === 'close') jest.advanceTimersByTime(0);
        await Promise.all([ended, flushed]);
        expect([jest.getTimerCount(), writer.finishes]).toEqual(method === 'close' ? [0, 0] : [timers, 1]);
        await end(scheduler);
      }
    },
  );
});

describe('while fake timers of an application stand still', () => {
  test.each([
    ['pauses', 70, {}],
    ['slices', Number.POSITIVE_INFINITY, { now: clock(1) }],
  ])('a flush in several %s ends', async (_name, burst, options) => {
    const { counters, incrAll, stats, scheduler, writer } = setUp(options);
    counters(150);
    incrAll(150);
    writer.burst = burst;
    await scheduler.flush();
    expect(stats()).toMatchObject({ accepted: 150, sent: 150, pending: 0 });
    await end(scheduler);
  });

  test('a drain that waits for its samples to arrive is not run again', async () => {
    const { counters, incrAll, scheduler, stats, writer } = setUp();
    counters(1);
    incrAll(1);
    writer.settles = false;
    const flushed = scheduler.flush();
    incrAll(1);
    await realTime();
    expect([writer.finishes, writer.written.length]).toEqual([1, 1]);
    writer.settle();
    await flushed;
    writer.settles = true;
    await end(scheduler);
    expect(stats()).toMatchObject({ sent: 2, pending: 0 });
  });

  test('the wait of a flush that has ended does not disturb the next drain', async () => {
    const { counters, incrAll, stats, scheduler, writer } = setUp();
    counters(30);
    incrAll(30);
    writer.burst = 15;
    const flushed = scheduler.flush();
    await jest.advanceTimersByTimeAsync(2);
    await flushed;
    incrAll(30);
    jest.advanceTimersByTime(1998);
    expect(stats().sent).toBe(45);
    await realTime();
    expect(stats().sent).toBe(45);
    await jest.advanceTimersByTimeAsync(5);
    expect(stats().sent).toBe(60);
    await end(scheduler);
  });
});

describe('slices and bursts', () => {
  test('a drain yields when its slice is used, and samples recorded in between are not lost', async () => {
    // Every look at the clock takes a millisecond, so every slice ends at its first look: after 64 slots.
    const { counters, incrAll, stats, scheduler, writer } = setUp({ now: clock(1) });
    counters(200);
    incrAll(200);
    const flushed = scheduler.flush();
    expect(writer.written).toHaveLength(64);
    incrAll(200);
    expect(stats()).toMatchObject({ accepted: 400, sent: 64, pending: 336 });
    await jest.advanceTimersToNextTimerAsync();
    expect(writer.written).toHaveLength(128);
    await jest.advanceTimersByTimeAsync(10);
    await flushed;
    // Slots that were not drained yet were written with the second sample; the others wait for the next drain.
    expect(stats()).toMatchObject({ accepted: 400, sent: 336, pending: 64 });
    await end(scheduler);
    expect(stats()).toMatchObject({ accepted: 400, sent: 400, pending: 0 });
  });

  test('a full burst pauses: two milliseconds for a flush, longer on the timer', async () => {
    const { counters, incrAll, stats, scheduler, writer } = setUp();
    counters(30);
    incrAll(30);
    writer.burst = 10;
    const flushed = scheduler.flush();
    expect(stats().sent).toBe(10);
    await jest.advanceTimersByTimeAsync(1);
    expect(stats().sent).toBe(10);
    await jest.advanceTimersByTimeAsync(3);
    expect(writer.bursts).toEqual([10, 10, 10]);
    await flushed;
    incrAll(30);
    await jest.advanceTimersByTimeAsync(2000 - 4);
    expect(stats().sent).toBe(40);
    await jest.advanceTimersByTimeAsync(4);
    expect(stats().sent).toBe(40);
    await jest.advanceTimersByTimeAsync(6);
    expect(stats().sent).toBe(60);
    await end(scheduler);
  });

  test('a burst spans the slices of two milliseconds', async () => {
    // A slice of 128 slots looks at the clock four times, so the third one begins after two milliseconds.
    const { counters, incrAll, scheduler, writer } = setUp({ now: clock(0.4) });
    counters(400);
    incrAll(400);
    const flushed = scheduler.flush();
    await jest.advanceTimersByTimeAsync(10);
    await flushed;
    expect(writer.bursts).toEqual([256, 144]);
    await end(scheduler);
  });

  test('a burst that is full in its second slice pauses there', async () => {
    const { counters, incrAll, scheduler, writer } = setUp({ now: clock(0.4) });
    counters(400);
    incrAll(400);
    writer.burst = 200;
    const flushed = scheduler.flush();
    expect(writer.bursts).toEqual([128]);
    await jest.advanceTimersByTimeAsync(1);
    expect(writer.bursts).toEqual([200]);
    await jest.advanceTimersByTimeAsync(10);
    await flushed;
    expect(writer.bursts).toEqual([200, 200]);
    await end(scheduler);
  });

  test('a close ends a pause between bursts that follows one between slices', async () => {
    const { counters, incrAll, scheduler, stats, writer } = setUp({ now: clock(0.4) });
    counters(400);
    incrAll(400);
    writer.burst = 200;
    const flushed = scheduler.flush();
    await jest.advanceTimersByTimeAsync(1);
    expect(writer.bursts).toEqual([200]);
    const closed = scheduler.close({ timeout: 0 });
    await jest.advanceTimersByTimeAsync(1);
    await Promise.all([flushed, closed]);
    expect(stats()).toMatchObject({ sent: 200, dropped: { timeout: 200 }, pending: 0 });
  });

  test('a burst that is full within a batch continues within it', async () => {
    const { buffer, sum, scheduler, writer } = setUp();
    buffer.open(0, 'timing', [0]);
    for (let index = 0; index < 100; index += 1) buffer.value(0, index, 1);
    writer.burst = 30;
    const flushed = scheduler.flush();
    await jest.advanceTimersByTimeAsync(100);
    await flushed;
    expect(writer.bursts).toEqual([30, 30, 30, 10]);
    expect(sum()).toBe(4950);
    await end(scheduler);
  });

  test('pacing keeps the process alive only while a caller waits', async () => {
    const { counters, incrAll, scheduler, writer } = setUp();
    const refs: string[] = [];
    const { setTimeout: set } = globalThis;
    jest.spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, delay: number) => {
      const timer = set(run, delay);
      const { ref, unref } = timer;
      timer.unref = () => (refs.push('unref'), unref.call(timer));
      timer.ref = () => (refs.push('ref'), ref.call(timer));
      return timer;
    }) as typeof setTimeout);
    counters(2);
    writer.burst = 1;
    incrAll(2);
    await jest.advanceTimersByTimeAsync(2000);
    expect(refs).toEqual(['unref']);
    const flushed = scheduler.flush();
    expect(refs).toEqual(['unref', 'ref']);
    await jest.advanceTimersByTimeAsync(10);
    await flushed;
    incrAll(2);
    const again = scheduler.flush();
    await jest.advanceTimersByTimeAsync(10);
    await again;
    expect(refs).toEqual(['unref', 'ref']);
    incrAll(2);
    await jest.advanceTimersByTimeAsync(2000);
    expect(refs).toEqual(['unref', 'ref', 'unref']);
    jest.restoreAllMocks();
    await end(scheduler);
  });
});

describe('flush', () => {
  test('resolves after the callbacks of the transport, not before', async () => {
    const { buffer, counters, stats, scheduler, writer } = setUp();
    counters(1);
    buffer.incr(0, 1, 1);
    writer.settles = false;
    const flushed = scheduler.flush();
    expect(await isSettled(flushed)).toBe(false);
    expect(writer.finishes).toBe(1);
    expect(stats()).toMatchObject({ accepted: 1, pending: 1, sent: 0 });
    writer.settle();
    await flushed;
    expect(stats()).toMatchObject({ accepted: 1, pending: 0, sent: 1 });
    await end(scheduler);
  });

  test('flushes during a drain share the next one, which writes the samples recorded before them', async () => {
    const { buffer, counters, sum, scheduler, writer } = setUp();
    counters(1);
    buffer.incr(0, 1, 1);
    writer.settles = false;
    const first = scheduler.flush();
    buffer.incr(0, 10, 1);
    const second = scheduler.flush();
    buffer.incr(0, 100, 1);
    const third = scheduler.flush();
    expect(sum()).toBe(1);
    writer.settle();
    await first;
    expect(await isSettled(second)).toBe(false);
    expect(sum()).toBe(111);
    writer.settle();
    await Promise.all([second, third]);
    expect(writer.finishes).toBe(2);
    await end(scheduler);
  });

  test('observed gauges are collected first, by flush and by the timer', async () => {
    const { buffer, scheduler, writer } = setUp({ collect: () => buffer.gauge(0, 42) });
    buffer.open(0, 'gauge', [0]);
    await scheduler.flush();
    await jest.advanceTimersByTimeAsync(2000);
    expect(writer.written.map(({ value }) => value)).toEqual([42, 42]);
    await end(scheduler);
    expect(writer.written).toHaveLength(3);
  });

  test.each(['flush', 'close', 'drainSync'] as const)(
    'an observed gauge may call %s: no drain is lost, and every caller hears of its end',
    async (method) => {
      let calls = 0;
      const inner: Promise<void>[] = [];
      const { buffer, counters, incrAll, stats, scheduler, writer } = setUp({
        collect: () => {
          calls += 1;
          if (calls === 1) inner.push(Promise.resolve(scheduler[method]({ timeout: 100 })));
        },
      });
      counters(30);
      incrAll(30);
      buffer.open(30, 'timing', [30]);
      for (let index = 0; index < 30; index += 1) buffer.value(30, 1, 1);
      writer.burst = 20;
      const flushed = scheduler.flush();
      await jest.advanceTimersByTimeAsync(100);
      await Promise.all([flushed, ...inner]);
      expect(calls).toBeLessThan(4);
      expect(stats()).toMatchObject({ accepted: 60, sent: 60, pending: 0 });
      await end(scheduler);
    },
  );

  test('a transport that is down is tried, and the flush resolves with the samples kept', async () => {
    const { buffer, counters, stats, scheduler, writer } = setUp();
    counters(1);
    buffer.incr(0, 1, 1);
    writer.ready = false;
    await scheduler.flush();
    expect(stats()).toMatchObject({ pending: 1, sent: 0 });
    writer.recovers = true;
    await scheduler.flush();
    expect(stats()).toMatchObject({ pending: 0, sent: 1 });
    await end(scheduler);
  });

  test('a flush of nothing resolves', async () => {
    const { scheduler } = setUp();
    await scheduler.flush();
    await end(scheduler);
  });
});

describe('close', () => {
  test('writes everything, ends recording, and is idempotent', async () => {
    const { buffer, counters, stats, scheduler } = setUp();
    counters(1);
    buffer.incr(0, 1, 1);
    const closed = scheduler.close({ timeout: 100 });
    buffer.incr(0, 1, 1);
    expect(scheduler.close({ timeout: 5 })).toBe(closed);
    await Promise.all([closed, scheduler.flush()]);
    await scheduler.flush();
    expect(stats()).toEqual({ accepted: 2, sent: 1, dropped: { closed: 1 }, pending: 0, sampledOut: 0 });
  });

  test('waits for the running drain and drains what it missed', async () => {
    const { counters, incrAll, stats, scheduler, writer } = setUp();
    counters(20);
    incrAll(20);
    writer.burst = 15;
    await jest.advanceTimersByTimeAsync(2000);
    expect(stats().sent).toBe(15);
    incrAll(20);
    const closed = scheduler.close({ timeout: 1000 });
    await jest.advanceTimersByTimeAsync(100);
    await closed;
    expect(stats()).toMatchObject({ accepted: 40, sent: 40, pending: 0 });
  });

  test('at its deadline drops buffered samples and samples in flight under timeout', async () => {
    const { buffer, counters, stats, scheduler, writer } = setUp();
    counters(1);
    buffer.incr(0, 1, 1);
    writer.settles = false;
    void scheduler.flush();
    buffer.incr(0, 1, 1);
    const closed = scheduler.close({ timeout: 500 });
    await jest.advanceTimersByTimeAsync(499);
    expect(await isSettled(closed)).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    await closed;
    expect(stats()).toMatchObject({ accepted: 2, sent: 0, pending: 0, dropped: { timeout: 2 } });
  });

  test('retries until a transport that is down is back', async () => {
    const { buffer, counters, stats, scheduler, writer } = setUp();
    counters(1);
    buffer.incr(0, 1, 1);
    writer.ready = false;
    const closed = scheduler.close({ timeout: 1000 });
    await jest.advanceTimersByTimeAsync(300);
    writer.recovers = true;
    await jest.advanceTimersByTimeAsync(50);
    await closed;
    expect(stats()).toEqual(expect.objectContaining({ sent: 1, pending: 0, dropped: {} }));
  });

  test('a timeout longer than timers allow does not become one millisecond', async () => {
    const { buffer, counters, stats, scheduler, writer } = setUp();
    counters(1);
    buffer.incr(0, 1, 1);
    writer.ready = false;
    const closed = scheduler.close({ timeout: Number.POSITIVE_INFINITY });
    await jest.advanceTimersByTimeAsync(5000);
    writer.recovers = true;
    await jest.advanceTimersByTimeAsync(50);
    await closed;
    expect(stats()).toMatchObject({ sent: 1 });
  });
});

describe('few samples that matter most are not starved by many timings', () => {
  test('by a flush that takes many bursts', async () => {
    const { others, scheduler, writer } = manyTimings(10);
    void scheduler.flush();
    await jest.advanceTimersByTimeAsync(0);
    expect(writer.written.length).toBeLessThan(100);
    expect(others()).toEqual([7, 3]);
    writer.burst = Number.POSITIVE_INFINITY;
    await end(scheduler);
  });

  test('at the deadline of a close, also by a drain that is already running', async () => {
    const { buffer, others, stats, scheduler } = manyTimings(10);
    const flushed = scheduler.flush();
    await jest.advanceTimersByTimeAsync(4);
    buffer.incr(5000, 2, 1);
    const closed = scheduler.close({ timeout: 20 });
    await jest.advanceTimersByTimeAsync(20);
    await Promise.all([closed, flushed]);
    expect(others()).toEqual([7, 3, 2]);
    expect(stats()).toMatchObject({ accepted: 10_003, pending: 0 });
    expect(stats().dropped['timeout']).toBeGreaterThan(0);
  });

  test('while timings are recorded faster than they are sent', async () => {
    const { buffer, scheduler, stats, writer } = manyTimings(10, 1000);
    let sent = 0;
    for (let second = 0; second < 20; second += 1) {
      buffer.incr(5000, 1, 1);
      for (let step = 0; step < 100; step += 1) {
        for (let index = 0; index < 50; index += 1) buffer.value(0, 1, 1);
        await jest.advanceTimersByTimeAsync(10);
      }
    }
    for (const { kind, value } of writer.written) if (kind === 'counter') sent += Number(value);
    // All but those of the last windows.
    expect(sent).toBeGreaterThan(7 + 20 - 12);
    writer.burst = Number.POSITIVE_INFINITY;
    await end(scheduler);
    expect(stats().pending).toBe(0);
  });
});

describe('at exit', () => {
  // Pauses block the thread, so the clock that limits them must be the real one.
  beforeEach(() => {
    jest.useRealTimers();
    jest.useFakeTimers({ doNotFake: ['performance'] });
  });

  test('everything is written in bursts without a timer', async () => {
    const { buffer, counters, incrAll, stats, scheduler, writer } = setUp();
    counters(50);
    incrAll(50);
    buffer.open(50, 'timing', [50]);
    buffer.value(50, 1, 1);
    writer.burst = 20;
    scheduler.drainSync();
    expect(writer.bursts).toEqual([20, 20, 11]);
    expect(writer.finishes).toBe(1);
    expect(stats()).toEqual(expect.objectContaining({ accepted: 51, sent: 51, pending: 0, dropped: {} }));
    await end(scheduler);
    scheduler.drainSync();
  });

  test('the running drain is replaced, and the flush that waits for it resolves', async () => {
    const { buffer, counters, incrAll, stats, scheduler, writer } = setUp();
    counters(30);
    incrAll(30);
    buffer.open(30, 'timing', [30]);
    for (let index = 0; index < 30; index += 1) buffer.value(30, 1, 1);
    writer.burst = 20;
    const flushed = scheduler.flush();
    expect(stats().sent).toBe(20);
    incrAll(30);
    scheduler.drainSync();
    await flushed;
    expect(stats()).toMatchObject({ accepted: 90, sent: 90, pending: 0 });
    await jest.advanceTimersByTimeAsync(100);
    expect(stats()).toMatchObject({ accepted: 90, sent: 90, pending: 0 });
    await end(scheduler);
  });

  test('after a quarter of a second the rest is dropped under exit', async () => {
    const { counters, incrAll, stats, scheduler, writer } = setUp();
    counters(1000);
    incrAll(1000);
    writer.burst = 1;
    const started = performance.now();
    scheduler.drainSync();
    expect(performance.now() - started).toBeLessThan(1000);
    const { sent, dropped, pending } = stats();
    expect(pending).toBe(0);
    expect(sent).toBeGreaterThan(1);
    expect(sent + dropped['exit']!).toBe(1000);
    await end(scheduler);
  });

  test('few samples that matter most are not starved by many timings, when there is no time for all', async () => {
    const { others, stats, scheduler } = manyTimings(1);
    scheduler.drainSync();
    expect(others()).toEqual([7, 3]);
    expect(stats()).toMatchObject({ accepted: 10_002, pending: 0 });
    expect(stats().dropped['exit']).toBeGreaterThan(0);
    await end(scheduler);
  });

  test('nothing is written to a transport that is down, and every sample is counted', async () => {
    const { counters, incrAll, stats, scheduler, writer } = setUp();
    counters(10);
    incrAll(10);
    writer.ready = false;
    scheduler.drainSync();
    expect(stats()).toMatchObject({ accepted: 10, sent: 0, pending: 0, dropped: { exit: 10 } });
    await end(scheduler);
  });
});

describe('edge cases', () => {
  test('where timers are numbers, as in a browser, everything is written at the same times', async () => {
    timersAsNumbers();
    const { buffer, counters, incrAll, stats, scheduler, writer } = setUp({ now: clock(1) });
    counters(200);
    buffer.open(200, 'timing', [200]);
    writer.burst = 100;
    incrAll(200);
    const flushed = scheduler.flush();
    const second = scheduler.flush();
    await jest.advanceTimersByTimeAsync(20);
    await Promise.all([flushed, second]);
    expect(stats().sent).toBe(200);
    incrAll(200);
    await jest.advanceTimersByTimeAsync(2000);
    expect(stats().sent).toBe(400);
    writer.burst = Number.POSITIVE_INFINITY;
    for (let index = 0; index <= 1024; index += 1) buffer.value(200, 1, 1);
    await jest.advanceTimersByTimeAsync(10);
    expect(stats().sent).toBe(400 + 1024);
    await end(scheduler);
    expect(stats().pending).toBe(0);
    jest.restoreAllMocks();
  });

  describe('without immediates, as in jsdom', () => {
    // The fake ones, which are there in each test.
    let timers: Pick<typeof globalThis, 'setImmediate' | 'clearImmediate'>;
    const remove = () => {
      timers = { setImmediate, clearImmediate };
      Object.assign(globalThis, { setImmediate: undefined, clearImmediate: undefined });
    };
    afterEach(() => Object.assign(globalThis, timers));

    test.each([1000, 0])(
      'a flush continues between slices, and a close with a timeout of %d ms ends it',
      async (timeout) => {
        remove();
        const { counters, incrAll, stats, scheduler } = setUp({ now: clock(1) });
        counters(200);
        incrAll(200);
        const flushed = scheduler.flush();
        await jest.advanceTimersByTimeAsync(20);
        await flushed;
        expect(stats()).toMatchObject({ sent: 200, pending: 0 });
        incrAll(200);
        const ended = [scheduler.flush(), scheduler.close({ timeout })];
        expect(stats().pending).toBeGreaterThan(0);
        await jest.advanceTimersByTimeAsync(20);
        await Promise.all(ended);
        const { sent, dropped, pending } = stats();
        expect(sent + (dropped['timeout'] ?? 0) + pending).toBe(400);
        expect([sent === 400, pending]).toEqual([timeout > 0, 0]);
      },
    );

    test('a close is possible although the last flush had them', async () => {
      let [time, step] = [0, 1];
      const { counters, incrAll, stats, scheduler } = setUp({ now: () => (time += step) });
      counters(200);
      incrAll(200);
      const flushed = scheduler.flush();
      await jest.advanceTimersByTimeAsync(20);
      await flushed;
      step = 0;
      remove();
      await scheduler.close({ timeout: 1000 });
      expect(stats()).toMatchObject({ sent: 200, pending: 0 });
    });
  });

  test('timers that are not fake pace a flush as well', async () => {
    jest.useRealTimers();
    const { counters, incrAll, stats, scheduler, writer } = setUp();
    counters(30);
    incrAll(30);
    writer.burst = 10;
    await scheduler.flush();
    expect(stats()).toMatchObject({ accepted: 30, sent: 30, pending: 0 });
    await scheduler.close({ timeout: 1000 });
    jest.useFakeTimers();
  });

  test('a flush during a close resolves when the close does', async () => {
    const { counters, incrAll, scheduler, stats, writer } = setUp();
    counters(1);
    incrAll(1);
    writer.ready = false;
    const closed = scheduler.close({ timeout: 1000 });
    const flushed = scheduler.flush();
    await jest.advanceTimersByTimeAsync(900);
    expect(await isSettled(flushed)).toBe(false);
    await jest.advanceTimersByTimeAsync(200);
    await Promise.all([closed, flushed]);
    expect(stats()).toMatchObject({ dropped: { timeout: 1 }, pending: 0 });
  });

  test('a drain at exit after a close touches nothing', async () => {
    const collect = jest.fn();
    const { scheduler, writer } = setUp({ collect });
    await end(scheduler);
    const { finishes, bursts } = writer;
    collect.mockClear();
    const begin = jest.spyOn(writer, 'beginBurst');
    scheduler.drainSync();
    expect([writer.finishes, writer.bursts, begin.mock.calls.length, collect.mock.calls.length]).toEqual([
      finishes,
      bursts,
      0,
      0,
    ]);
  });

  test.each([true, false])('a drain at exit asks a transport once, if it is down; ready: %s', async (ready) => {
    const { counters, incrAll, scheduler, writer } = setUp();
    counters(1);
    incrAll(1);
    writer.ready = ready;
    const [whenReady, begin] = [jest.spyOn(writer, 'whenReady'), jest.spyOn(writer, 'beginBurst')];
    scheduler.drainSync();
    expect([whenReady.mock.calls.length, begin.mock.calls.length]).toEqual([ready ? 0 : 1, 1]);
    await end(scheduler);
  });

  test('a close waits for samples in flight, also when the transport went down with the last of them', async () => {
    const { counters, incrAll, scheduler, stats, writer } = setUp();
    counters(1);
    incrAll(1);
    writer.settles = false;
    writer.writesLeft = 1;
    const closed = scheduler.close({ timeout: 1000 });
    await jest.advanceTimersByTimeAsync(100);
    expect(stats()).toEqual(expect.objectContaining({ pending: 1, dropped: {} }));
    writer.settle();
    await jest.advanceTimersByTimeAsync(100);
    await closed;
    expect(stats()).toEqual(expect.objectContaining({ sent: 1, pending: 0, dropped: {} }));
  });

  test('a transport that goes down within a batch keeps the rest of it', async () => {
    const { buffer, scheduler, stats, writer } = setUp();
    buffer.open(0, 'timing', [5]);
    for (let value = 0; value < 5; value += 1) buffer.value(0, value, 1);
    writer.writesLeft = 2;
    await scheduler.flush();
    expect(stats()).toEqual({ accepted: 5, sent: 2, dropped: {}, pending: 3, sampledOut: 0 });
    const closed = scheduler.close({ timeout: 100 });
    await jest.advanceTimersByTimeAsync(200);
    await closed;
    expect(stats()).toMatchObject({ accepted: 5, sent: 2, pending: 0, dropped: { timeout: 3 } });
  });

  test('a transport that goes down in an early drain keeps the rest, and every sample is counted', async () => {
    const { buffer, scheduler, stats, writer } = setUp();
    buffer.open(0, 'timing', [5]);
    for (let value = 0; value <= 1024; value += 1) buffer.value(0, value, 1);
    writer.writesLeft = 2;
    await jest.advanceTimersByTimeAsync(10);
    expect(stats()).toEqual({ accepted: 1025, sent: 2, dropped: {}, pending: 1023, sampledOut: 0 });
    writer.ready = true;
    await end(scheduler);
    expect(stats()).toMatchObject({ accepted: 1025, sent: 1025, pending: 0 });
  });

  test('early drains share a timer, collect no gauges unless all is drained, and forget what one of them was', async () => {
    const collect = jest.fn();
    const { buffer, counters, scheduler, writer } = setUp({ collect });
    counters(1);
    buffer.open(1, 'timing', [1]);
    const timers = jest.getTimerCount();
    for (let index = 0; index < 5000; index += 1) buffer.value(1, 1, 1);
    expect(jest.getTimerCount()).toBe(timers + 1);
    await jest.advanceTimersByTimeAsync(10);
    expect(collect).not.toHaveBeenCalled();
    buffer.onDrainNeeded(true);
    await jest.advanceTimersByTimeAsync(10);
    expect(collect).toHaveBeenCalledTimes(1);
    buffer.incr(0, 1, 1);
    for (let index = 0; index <= 1024; index += 1) buffer.value(1, 1, 1);
    await jest.advanceTimersByTimeAsync(10);
    expect(collect).toHaveBeenCalledTimes(1);
    expect(writer.written.filter(({ kind }) => kind === 'counter')).toEqual([]);
    await end(scheduler);
    buffer.onDrainNeeded(true);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('the timer neither collects gauges for a transport that is down, nor waits for one that goes down', async () => {
    const collect = jest.fn();
    const { counters, incrAll, scheduler, stats, writer } = setUp({ collect });
    counters(2);
    incrAll(2);
    const whenReady = jest.spyOn(writer, 'whenReady');
    writer.ready = false;
    await jest.advanceTimersByTimeAsync(2000);
    expect(collect).not.toHaveBeenCalled();
    writer.ready = true;
    writer.writesLeft = 1;
    await jest.advanceTimersByTimeAsync(2000);
    expect([collect.mock.calls.length, whenReady.mock.calls.length]).toEqual([1, 0]);
    expect(stats()).toMatchObject({ sent: 1, pending: 1 });
    writer.ready = true;
    await end(scheduler);
  });

  test('a burst pauses for two milliseconds while a caller waits or much is queued, and otherwise for five', async () => {
    const { counters, incrAll, buffer, scheduler, writer } = setUp({ maxQueuedSamples: 100 });
    counters(30);
    writer.burst = 10;
    const pauses = async (begin: () => Promise<unknown>): Promise<unknown[]> => {
      incrAll(30);
      const setTimeout = jest.spyOn(globalThis, 'setTimeout');
      await begin();
      const delays = setTimeout.mock.calls.map(([, delay]) => delay).filter((delay) => delay === 2 || delay === 5);
      setTimeout.mockRestore();
      await jest.advanceTimersByTimeAsync(100);
      return [...new Set(delays)];
    };
    const flush = async (): Promise<void> => {
      const flushed = scheduler.flush();
      await jest.advanceTimersByTimeAsync(20);
      await flushed;
    };
    expect(await pauses(flush)).toEqual([2]);
    expect(await pauses(() => jest.advanceTimersByTimeAsync(2000))).toEqual([5]);
    expect(await pauses(flush)).toEqual([2]);
    for (let index = 0; index < 60; index += 1) buffer.queueLine(Buffer.from('line'));
    expect(await pauses(() => jest.advanceTimersByTimeAsync(20))).toContain(2);
    await end(scheduler);
  });

  test('bursts follow each other as for a flush while much is queued', async () => {
    const { buffer, scheduler, stats, writer } = setUp({ maxQueuedSamples: 30 });
    for (let id = 0; id < 30; id += 1) buffer.open(id, 'timing', [id]);
    for (let id = 0; id < 30; id += 1) buffer.value(id, 1, 1);
    writer.burst = 10;
    while (stats().sent === 0) await jest.advanceTimersByTimeAsync(1);
    await jest.advanceTimersByTimeAsync(2);
    expect(stats().sent).toBe(20);
    // Less than half of the bound is left.
    await jest.advanceTimersByTimeAsync(2);
    expect(stats().sent).toBe(20);
    await jest.advanceTimersByTimeAsync(3);
    expect(stats().sent).toBe(30);
    await end(scheduler);
  });
});
