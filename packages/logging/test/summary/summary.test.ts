import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import winston from 'winston';
import { LoggingBackend, metricsJsonFormat } from '../../src/index.js';
import { summarize } from '../../src/summary/summary.js';
import { LineCollector } from '../line-collector.js';
import { opened } from '../opened.js';
import { shopSeries } from '../shop-series.js';
import { transportThat } from '../transport-that.js';

describe('percentiles by nearest rank', () => {
  // https://en.wikipedia.org/wiki/Percentile#The_nearest-rank_method, Example 1 and 2
  test.each<[number[], number, number, number]>([
    [[15, 20, 35, 40, 50], 35, 50, 50],
    [[3, 6, 7, 8, 8, 10, 13, 15, 16, 20], 8, 20, 20],
    [[7], 7, 7, 7],
    [Array.from({ length: 100 }, (_, index) => index + 1), 50, 95, 99],
    [Array.from({ length: 20 }, (_, index) => index + 1), 10, 19, 20],
    [Array.from({ length: 200 }, (_, index) => -index), -100, -10, -2],
  ])('of %j', (values, p50, p95, p99) => {
    expect(summarize(Float64Array.from(values))).toMatchObject({ p50, p95, p99 });
  });

  test('match their definition, and the other statistics are exact', () => {
    const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(values, (recorded) => {
        const summary = summarize(Float64Array.from(recorded));
        for (const [percent, value] of [
          [50, summary.p50],
          [95, summary.p95],
          [99, summary.p99],
        ] as const) {
          const enough = (limit: number): boolean =>
            100 * recorded.filter((one) => one <= limit).length >= percent * recorded.length;
          const smallest = Math.min(...recorded.filter(enough));
          expect(value).toBe(smallest);
        }
        const sum = recorded.reduce((total, value) => total + value, 0);
        expect(summary).toMatchObject({ count: recorded.length, sum, mean: sum / recorded.length });
        expect([summary.min, summary.max]).toEqual([Math.min(...recorded), Math.max(...recorded)]);
      }),
    );
  });

  test('a sum that overflows is undefined', () => {
    expect(summarize(Float64Array.of(1e308, 1e308))).toMatchObject({
      count: 2,
      sum: undefined,
      mean: undefined,
      max: 1e308,
    });
  });
});

describe('a window', () => {
  test('is one line for each series, whatever the sampling rate', async () => {
    const collector = new LineCollector();
    const { backend } = opened({ logger: collector.logger, summary: {} });
    const fields = { instance: 'worker-1', tags: { task_name: 'email' } };
    backend.open(5, shopSeries('timing', 'run', fields));
    for (let call = 1; call <= 100; call += 1) {
      backend.incr(0, 2, 0.1);
      backend.gauge(1, call % 10);
      backend.timing(2, call / 2, 0.01);
      backend.timing(5, 7, 1);
      backend.distribution(3, call, 1);
      backend.set(4, `user ${call % 3}`);
    }
    expect(collector.lines).toEqual([]);
    expect(backend.stats()).toMatchObject({ accepted: 600, sent: 0, pending: 600 });
    await backend.flush();
    expect([...collector.lines].sort()).toEqual([
      "[DEBUG] 'jobs': +200 count=100; instance=undefined; tags={}",
      "[DEBUG] 'level': +0 count=100 sum=450 min=0 max=9 mean=4.5 p50=4 p95=9 p99=9; instance=undefined; tags={}",
      "[DEBUG] 'run': count=100 sum=2525 min=0.5 max=50 mean=25.25 p50=25 p95=47.5 p99=49.5 ms; instance=undefined; tags={}",
      "[DEBUG] 'run': count=100 sum=700 min=7 max=7 mean=7 p50=7 p95=7 p99=7 ms; instance='worker-1'; tags={ task_name: 'email' }",
      "[DEBUG] 'size': count=100 sum=5050 min=1 max=100 mean=50.5 p50=50 p95=95 p99=99 byte; instance=undefined; tags={}",
      "[DEBUG] 'users': count=100 unique=3; instance=undefined; tags={}",
    ]);
    expect(backend.stats()).toMatchObject({ accepted: 600, sent: 600, pending: 0, sampledOut: 0 });
    await backend.close({ timeout: 1000 });
  });

  test.each([{}, { lazy: true }, { maxsize: 1_000_000 }])(
    'is closed as soon as its file is written: %j',
    async (file) => {
      const directory = mkdtempSync(join(tmpdir(), 'metrics-summary-'));
      const filename = join(directory, 'metrics.log');
      const transports = [new winston.transports.File({ filename, ...file })];
      const { backend } = opened({ logger: winston.createLogger({ level: 'debug', transports }), summary: {} });
      backend.incr(0, 2, 1);
      backend.timing(2, 8, 1);
      const begun = performance.now();
      await backend.close({ timeout: 15_000 });
      expect(performance.now() - begun).toBeLessThan(10_000);
      expect(readFileSync(filename, 'utf8').trim().split('\n')).toHaveLength(2);
      expect(backend.stats()).toEqual(expect.objectContaining({ sent: 2, pending: 0, dropped: {} }));
      rmSync(directory, { recursive: true });
    },
  );

  test('has its statistics as fields', async () => {
    const collector = new LineCollector({ format: metricsJsonFormat() });
    const { backend } = opened({ logger: collector.logger, summary: {} });
    backend.incr(0, 2, 1);
    backend.incr(0, 3, 1);
    backend.gauge(1, 4);
    backend.gauge(1, 2);
    backend.timing(2, 8, 1);
    backend.set(4, 'ann');
    await backend.close({ timeout: 1000 });
    const statistics = { count: 1, sum: 8, min: 8, max: 8, mean: 8, p50: 8, p95: 8, p99: 8 };
    const byKind = collector.entries.sort((one, other) => String(one['kind']).localeCompare(String(other['kind'])));
    expect(byKind).toEqual([
      {
        level: 'debug',
        message: "'jobs': +5 count=2",
        metric: 'shop.jobs',
        kind: 'counter',
        value: 5,
        count: 2,
        sum: 5,
        tags: {},
      },
      expect.objectContaining({ kind: 'gauge', value: 2, count: 2, sum: 6, min: 2, max: 4, mean: 3, p50: 2, p99: 4 }),
      {
        level: 'debug',
        message: expect.any(String) as string,
        metric: 'shop.users',
        kind: 'set',
        count: 1,
        unique: 1,
        tags: {},
      },
      {
        level: 'debug',
        message: expect.any(String) as string,
        metric: 'shop.run',
        kind: 'timing',
        unit: 'ms',
        ...statistics,
        tags: {},
      },
    ]);
  });

  test('shows nine digits in the message, and all digits in the fields', async () => {
    const collector = new LineCollector({ format: metricsJsonFormat() });
    const { backend } = opened({ logger: collector.logger, summary: {} });
    backend.distribution(3, 0.1, 1);
    backend.distribution(3, 0.2, 1);
    backend.distribution(3, 1234567890, 1);
    await backend.close({ timeout: 1000 });
    expect(collector.entries).toEqual([
      expect.objectContaining({
        message:
          "'size': count=3 sum=1234567890 min=0.1 max=1234567890 mean=411522630 p50=0.2 p95=1234567890 p99=1234567890 byte",
        sum: 0.1 + 0.2 + 1234567890,
      }),
    ]);
  });

  test('ends after its interval, and a series without samples has no line', async () => {
    jest.useFakeTimers();
    try {
      const collector = new LineCollector();
      const { backend } = opened({ logger: collector.logger, summary: { interval: 5000 } });
      backend.incr(0, 1, 1);
      backend.incr(0, 1, 1);
      await jest.advanceTimersByTimeAsync(4999);
      expect(collector.lines).toEqual([]);
      await jest.advanceTimersByTimeAsync(1);
      expect(collector.lines).toEqual(["[DEBUG] 'jobs': +2 count=2; instance=undefined; tags={}"]);
      await jest.advanceTimersByTimeAsync(20_000);
      expect(collector.lines).toHaveLength(1);
      await backend.close({ timeout: 0 });
    } finally {
      jest.useRealTimers();
    }
  });

  test('holds all values of a busy series with several ids in one line', async () => {
    const collector = new LineCollector({ format: metricsJsonFormat() });
    const { backend } = opened({ logger: collector.logger, summary: {} });
    backend.open(7, shopSeries('timing', 'run'));
    for (let value = 1; value <= 50_000; value += 1) backend.timing(value % 2 === 0 ? 2 : 7, value, 1);
    // Without the aggregator's own rule, full batches would be drained after ten milliseconds.
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(collector.lines).toEqual([]);
    await backend.flush();
    expect(collector.entries).toEqual([
      expect.objectContaining({ count: 50_000, min: 1, max: 50_000, p50: 25_000, p95: 47_500, p99: 49_500 }),
    ]);
    await backend.close({ timeout: 1000 });
  });

  test('counts each member of a large set once', async () => {
    const collector = new LineCollector({ format: metricsJsonFormat() });
    const { backend } = opened({ logger: collector.logger, summary: {} });
    for (let call = 0; call < 9000; call += 1) backend.set(4, `user ${call % 3000}`);
    await backend.close({ timeout: 1000 });
    expect(collector.entries).toEqual([expect.objectContaining({ count: 9000, unique: 3000 })]);
  });

  test('of many series does not block the event loop', async () => {
    const collector = new LineCollector();
    const { backend } = opened({ logger: collector.logger, summary: {} });
    for (let id = 10; id < 2010; id += 1) {
      backend.open(id, shopSeries('timing', `run.${id}`));
      backend.timing(id, 1, 1);
    }
    let turns = 0;
    let flushed = false;
    const turn = (): void => {
      turns += 1;
      if (!flushed) setImmediate(turn);
    };
    setImmediate(turn);
    const flush = backend.flush();
    // These values go into recycled arrays while the lines of the former values are not written yet.
    for (let id = 10; id < 2010; id += 1) backend.timing(id, 999, 1);
    await flush;
    flushed = true;
    expect(collector.lines).toHaveLength(2000);
    for (const line of collector.lines) expect(line).toContain(' min=1 ');
    expect(turns).toBeGreaterThan(5);
    await backend.close({ timeout: 1000 });
  });

  test('is written at the exit of the process', () => {
    const collector = new LineCollector();
    const { backend } = opened({ logger: collector.logger, summary: {} });
    backend.incr(0, 1, 1);
    backend.timing(2, 5, 1);
    backend.set(4, 'ann');
    backend.flushSync();
    expect(collector.lines).toHaveLength(3);
    expect(backend.stats()).toMatchObject({ accepted: 3, sent: 3, pending: 0 });
  });

  test('is dropped if the level is off when it ends', async () => {
    const collector = new LineCollector({ level: 'info' });
    const { backend } = opened({ logger: collector.logger, summary: {} });
    backend.incr(0, 1, 1);
    backend.timing(2, 5, 1);
    await backend.flush();
    expect(backend.stats()).toMatchObject({ accepted: 2, sent: 0, dropped: { level_off: 2 } });
    collector.logger.level = 'debug';
    backend.incr(0, 1, 1);
    await backend.close({ timeout: 1000 });
    expect(collector.lines).toHaveLength(1);
  });

  test('whose line a transport rejects is dropped with all its samples', async () => {
    const logger = winston.createLogger({
      level: 'debug',
      transports: [
        transportThat(({ message }, done) =>
          done(message.startsWith("'run'") ? new Error('no space left') : undefined),
        ),
      ],
    });
    const { backend, problems } = opened({ logger, summary: {} });
    for (let call = 0; call < 10; call += 1) backend.incr(0, 1, 1);
    for (let call = 0; call < 30; call += 1) backend.timing(2, call, 1);
    await backend.flush();
    expect(backend.stats()).toEqual({
      accepted: 40,
      sent: 10,
      dropped: { transport_failed: 30 },
      pending: 0,
      sampledOut: 0,
    });
    expect(problems).toEqual([expect.objectContaining({ code: 'transport_failed' })]);
    await backend.close({ timeout: 1000 });
  });

  test('does not contain events and values with a timestamp', async () => {
    const collector = new LineCollector();
    const { backend } = opened({ logger: collector.logger, summary: {} });
    backend.event({ title: 'deployed', text: 'v2' });
    backend.recordAt(0, 3, 0);
    backend.recordAt(99, 3, 0);
    expect(collector.lines).toEqual([
      "[DEBUG] 'deployed': 'v2'; instance=undefined; tags={}",
      "[DEBUG] 'jobs': +3 at 1970-01-01T00:00:00.000Z; instance=undefined; tags={}",
    ]);
    expect(backend.stats()).toMatchObject({ accepted: 3, sent: 2, dropped: { unknown_series: 1 } });
    await backend.close({ timeout: 1000 });
  });

  test('includes the observed gauges', async () => {
    const collector = new LineCollector();
    const backend = new LoggingBackend({ logger: collector.logger, summary: {} });
    backend.start({ report: () => {}, collect: () => backend.gauge(1, 7) });
    backend.open(1, shopSeries('gauge', 'observed'));
    await backend.flush();
    expect(collector.lines).toEqual([
      "[DEBUG] 'observed': +7 count=1 sum=7 min=7 max=7 mean=7 p50=7 p95=7 p99=7; instance=undefined; tags={}",
    ]);
    await backend.close({ timeout: 1000 });
  });
});
