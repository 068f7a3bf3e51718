import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { waitUntil } from 'test-kit/wait-until';
import winston from 'winston';
import { LoggingBackend, metricsFormat } from '../../src/index.js';
import { LineCollector } from '../line-collector.js';
import { opened } from '../opened.js';
import { shopSeries } from '../shop-series.js';
import { transportThat } from '../transport-that.js';

const directories: string[] = [];

afterEach(() => {
  winston.loggers.close('metrics');
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

function codes(problems: readonly { readonly code: string }[]): string[] {
  return problems.map(({ code }) => code);
}

describe('levels', () => {
  test('with the level off no line is built, and calls are counted', () => {
    const collector = new LineCollector({ level: 'info' });
    const { backend, problems } = opened({ logger: collector.logger });
    const event = {
      text: 'b',
      get title(): string {
        throw new Error('built');
      },
    };
    backend.incr(0, 1, 1);
    backend.set(4, 'ann');
    backend.event(event);
    expect(collector.lines).toEqual([]);
    expect(backend.stats()).toMatchObject({ accepted: 3, sent: 0, dropped: { level_off: 3 } });
    expect(problems).toEqual([]);
  });

  test.each<[string, (collector: LineCollector) => void, (collector: LineCollector) => void]>([
    ['the logger', ({ logger }) => (logger.level = 'debug'), ({ logger }) => (logger.level = 'info')],
    [
      'its transport',
      ({ logger }) => (logger.transports[0]!.level = 'debug'),
      ({ logger }) => (logger.transports[0]!.level = 'info'),
    ],
    [
      'another transport',
      ({ logger }) => void logger.add(transportThat((_info, done) => done())),
      ({ logger }) => void logger.remove(logger.transports[1]!),
    ],
    [
      'a whole configuration',
      ({ logger }) => logger.configure({ level: 'debug', format: metricsFormat(), transports: logger.transports }),
      ({ logger }) => logger.configure({ level: 'info', format: metricsFormat(), transports: logger.transports }),
    ],
  ])('a change at run time takes effect immediately: of %s', (what, on, off) => {
    const collector = new LineCollector({ level: 'info' });
    if (what === 'another transport') {
      // It has its own level, which overrides that of the logger.
      const { add } = collector.logger;
      collector.logger.add = (transport) => add.call(collector.logger, Object.assign(transport, { level: 'debug' }));
    }
    const { backend } = opened({ logger: collector.logger });
    const sent = (): number => {
      backend.incr(0, 1, 1);
      return backend.stats().sent;
    };
    expect(sent()).toBe(0);
    on(collector);
    expect(sent()).toBe(1);
    off(collector);
    expect(sent()).toBe(1);
    on(collector);
    expect(sent()).toBe(2);
  });

  test('a silent logger counts as a level that is off', () => {
    const collector = new LineCollector();
    const { backend } = opened({ logger: collector.logger });
    collector.logger.silent = true;
    backend.incr(0, 1, 1);
    collector.logger.silent = false;
    backend.incr(0, 2, 1);
    expect(collector.lines).toEqual(["[DEBUG] 'jobs': +2; instance=undefined; tags={}"]);
    expect(backend.stats()).toMatchObject({ sent: 1, dropped: { level_off: 1 } });
  });
});

describe('without an option logger', () => {
  test("lines go to the container's logger, and nowhere else", () => {
    const collector = new LineCollector();
    const others = new LineCollector();
    winston.configure({ level: 'debug', transports: others.logger.transports });
    winston.loggers.add('metrics', {
      level: 'debug',
      format: metricsFormat(),
      transports: collector.logger.transports,
    });
    opened({}).backend.incr(0, 1, 1);
    expect(collector.lines).toEqual(["[DEBUG] 'jobs': +1; instance=undefined; tags={}"]);
    expect(others.lines).toEqual([]);
    winston.clear();
  });

  test('the logger may be added after the backend was made, and be replaced', () => {
    const { backend } = opened({ loggerName: 'elsewhere' });
    for (const amount of [1, 2]) {
      const collector = new LineCollector();
      winston.loggers.add('elsewhere', { level: 'debug', transports: collector.logger.transports });
      backend.incr(0, amount, 1);
      expect(collector.lines).toHaveLength(1);
      winston.loggers.close('elsewhere');
    }
  });

  test('lines go to stderr until a logger is added, and the name stays free', () => {
    const source = `
      import winston from 'winston';
      import { LoggingBackend } from '@metrics/logging';
      const backend = new LoggingBackend({ level: 'metric' });
      backend.open(0, { kind: 'counter', key: 'jobs', name: 'jobs', tags: [], internal: false });
      backend.incr(0, 1, 1);
      console.log(winston.loggers.has('metrics'));
    `;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', source], {
      cwd: join(__dirname, '..', '..'),
      encoding: 'utf8',
    });
    expect({ stdout, stderr }).toEqual({
      stdout: 'false\n',
      stderr: "[METRIC] 'jobs': +1; instance=undefined; tags={}\n",
    });
  });

  test('a logger without transports is reported once, and never written to', () => {
    const log = jest.spyOn(console, 'error').mockImplementation(() => {});
    const logger = winston.loggers.add('metrics', { level: 'debug' });
    const { backend, problems } = opened({});
    backend.incr(0, 1, 1);
    backend.incr(0, 1, 1);
    expect(log).not.toHaveBeenCalled();
    expect(backend.stats().dropped).toEqual({ no_transports: 2 });
    expect(codes(problems)).toEqual(['no_transports']);
    logger.add(transportThat((_info, done) => done()));
    backend.incr(0, 1, 1);
    expect(backend.stats()).toMatchObject({ sent: 1 });
    log.mockRestore();
  });

  test('a logger that does not know the level is reported once', () => {
    const { transports } = new LineCollector().logger;
    winston.loggers.add('metrics', { levels: { loud: 0 }, level: 'loud', transports });
    const { backend, problems } = opened({});
    backend.incr(0, 1, 1);
    backend.incr(0, 1, 1);
    expect(backend.stats().dropped).toEqual({ level_off: 2 });
    expect(codes(problems)).toEqual(['unknown_level']);
  });
});

test('formats that mask tags change their own line only, and lose none', async () => {
  const mask = winston.format((info) => {
    const { tags } = info as unknown as { tags: Record<string, string> };
    if (tags['email'] !== undefined) tags['email'] = '***';
    delete tags['token'];
    return info;
  });
  const collector = new LineCollector({ format: winston.format.combine(mask(), winston.format.json()) });
  for (const summary of [undefined, {}]) {
    const { backend } = opened({ logger: collector.logger, summary });
    const tags = { email: 'ann@example.org', token: 'secret-word', status: '200' };
    backend.open(9, shopSeries('counter', 'jobs', { tags }));
    backend.incr(9, 1, 1);
    if (summary === undefined) backend.incr(9, 1, 1);
    await backend.close({ timeout: 5000 });
    expect(backend.stats()).toEqual(expect.objectContaining({ sent: summary === undefined ? 2 : 1, dropped: {} }));
  }
  const masked = { email: '***', status: '200' };
  expect(collector.entries.map(({ tags }) => tags)).toEqual([masked, masked, masked]);
});

describe('failures', () => {
  test.each<[string, Parameters<typeof transportThat>[0]]>([
    ['immediately', (_info, done) => done(new Error('no space left'))],
    ['later', (_info, done) => setImmediate(done, new Error('no space left'))],
  ])('a sample is dropped and reported once if a transport reports an error %s', async (_when, log) => {
    const { backend, problems } = opened({
      logger: winston.createLogger({ level: 'debug', transports: [transportThat(log)] }),
    });
    for (let call = 0; call < 3; call += 1) {
      backend.incr(0, 1, 1);
      await backend.flush();
    }
    expect(backend.stats()).toEqual({
      accepted: 3,
      sent: 0,
      dropped: { transport_failed: 3 },
      pending: 0,
      sampledOut: 0,
    });
    expect(problems).toEqual([
      expect.objectContaining({ code: 'transport_failed', count: 1, cause: new Error('no space left') }),
    ]);
  });

  test('a line that two transports reject is dropped once', () => {
    const rejecting = (): ReturnType<typeof transportThat> => transportThat((_info, done) => done(new Error('no')));
    const { backend } = opened({
      logger: winston.createLogger({ level: 'debug', transports: [rejecting(), rejecting()] }),
    });
    backend.incr(0, 1, 1);
    expect(backend.stats()).toMatchObject({ accepted: 1, dropped: { transport_failed: 1 }, pending: 0 });
  });

  test.each<[string, () => winston.Logger]>([
    [
      'a transport',
      () =>
        winston.createLogger({
          level: 'debug',
          transports: transportThat(() => {
            throw new Error('broken');
          }),
        }),
    ],
    [
      'a format',
      () =>
        new LineCollector({
          format: winston.format.printf(() => {
            throw new Error('broken');
          }),
        }).logger,
    ],
    [
      'the logger',
      () =>
        Object.assign(new LineCollector().logger, {
          write: () => {
            throw new Error('broken');
          },
        }),
    ],
  ])('%s that throws causes a drop, and never throws into the application', async (_what, create) => {
    const { backend, problems } = opened({ logger: create() });
    backend.incr(0, 1, 1);
    expect(backend.stats()).toMatchObject({ accepted: 1, sent: 0, dropped: { logger_failed: 1 } });
    expect(codes(problems)).toEqual(['logger_failed']);
    await backend.close({ timeout: 20 });
    expect(backend.stats()).toMatchObject({ accepted: 1, pending: 0 });
  });

  test('samples are dropped after the logger was ended', async () => {
    const { logger } = new LineCollector();
    const { backend, problems } = opened({ logger });
    backend.incr(0, 1, 1);
    logger.end();
    backend.incr(0, 1, 1);
    await backend.close({ timeout: 1000 });
    expect(backend.stats()).toMatchObject({ sent: 1, dropped: { transport_failed: 1 }, pending: 0 });
    expect(codes(problems)).toEqual(['transport_failed']);
  });

  test('a transport that records metrics does not recurse', () => {
    const { logger } = new LineCollector();
    const { backend, problems } = opened({ logger });
    logger.add(
      transportThat((_info, done) => {
        backend.incr(0, 1, 1);
        done();
      }),
    );
    backend.gauge(1, 5);
    expect(backend.stats()).toMatchObject({ accepted: 2, sent: 1, dropped: { recursive: 1 } });
    expect(codes(problems)).toEqual(['recursive']);
  });

  test('if a stream is not read, lines beyond a limit are dropped, and none before', async () => {
    const stream = new PassThrough();
    const { backend, problems } = opened({
      logger: winston.createLogger({ level: 'debug', transports: [new winston.transports.Stream({ stream })] }),
    });
    const member = 'm'.repeat(1_000_000);
    for (let call = 0; call < 30; call += 1) backend.set(4, `${call}${member}`);
    const { sent, pending, dropped, accepted } = backend.stats();
    expect({ accepted, sent, codes: codes(problems) }).toEqual({ accepted: 30, sent: 0, codes: ['logger_busy'] });
    // Each line contains the member twice, and about sixteen megabytes fit.
    expect(pending).toBeGreaterThanOrEqual(8);
    expect(dropped).toEqual({ logger_busy: 30 - pending });
    stream.resume();
    await backend.flush();
    expect(backend.stats()).toMatchObject({ sent: pending, pending: 0 });
    backend.incr(0, 1, 1);
    expect(backend.stats().sent).toBe(pending + 1);
  });

  test('if a transport never calls back, lines beyond a limit are dropped, and the rest at the deadline', async () => {
    const held: (() => void)[] = [];
    const { backend } = opened({
      logger: winston.createLogger({
        level: 'debug',
        transports: [transportThat((_info, done) => void held.push(done))],
      }),
    });
    for (let call = 0; call < 11_000; call += 1) backend.incr(0, 1, 1);
    const { pending, dropped } = backend.stats();
    expect(held).toHaveLength(1);
    expect(pending).toBeGreaterThan(9_999);
    expect(dropped).toEqual({ logger_busy: 11_000 - pending });
    await backend.close({ timeout: 30 });
    expect(backend.stats()).toMatchObject({ sent: 0, pending: 0, dropped: { timeout: pending } });
  });
});

describe('close', () => {
  test('waits until winston has written to the file, and leaves the logger to its owner', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'metrics-logging-'));
    directories.push(directory);
    const filename = join(directory, 'metrics.log');
    const logger = winston.createLogger({
      level: 'debug',
      format: metricsFormat(),
      transports: [new winston.transports.File({ filename })],
    });
    const { backend } = opened({ logger });
    for (let call = 0; call < 5000; call += 1) backend.incr(0, call, 1);
    expect(backend.stats()).toMatchObject({ sent: 0, pending: 5000 });
    await backend.close({ timeout: 10_000 });
    const written = readFileSync(filename, 'utf8').split('\n').slice(0, -1);
    expect(written).toHaveLength(5000);
    expect(written.at(-1)).toBe("[DEBUG] 'jobs': +4999; instance=undefined; tags={}");
    expect(backend.stats()).toEqual(expect.objectContaining({ sent: 5000, pending: 0, dropped: {} }));

    logger.info('still in use');
    await waitUntil(() => readFileSync(filename, 'utf8').endsWith('[INFO] still in use\n'));
    expect(logger.listenerCount('error')).toBe(0);
    logger.close();
  });

  test('an error that comes after the deadline does not end the process', async () => {
    let fail = (_error: Error): void => {};
    const logger = winston.createLogger({
      level: 'debug',
      transports: [transportThat((_info, done) => void (fail = done))],
    });
    const { backend } = opened({ logger });
    backend.incr(0, 1, 1);
    await backend.close({ timeout: 0 });
    expect(() => fail(new Error('too late'))).not.toThrow();
    expect(backend.stats()).toMatchObject({ accepted: 1, dropped: { timeout: 1 }, pending: 0 });
  });

  test('a flush ends if the logger does not write, with the samples pending', async () => {
    jest.useFakeTimers();
    try {
      const stalled = new Writable({ write: () => {} });
      const { backend } = opened({
        logger: winston.createLogger({
          level: 'debug',
          transports: [new winston.transports.Stream({ stream: stalled })],
        }),
      });
      backend.incr(0, 1, 1);
      const flushed = backend.flush();
      await jest.advanceTimersByTimeAsync(1000);
      await flushed;
      expect(backend.stats()).toMatchObject({ pending: 1 });
    } finally {
      jest.useRealTimers();
    }
  });
});

test('observed gauges are read every ten seconds until close', async () => {
  jest.useFakeTimers();
  try {
    const backend = new LoggingBackend({ logger: new LineCollector().logger });
    const collect = jest.fn();
    backend.start({ report: () => {}, collect });
    jest.advanceTimersByTime(30_000);
    expect(collect).toHaveBeenCalledTimes(3);
    await backend.close({ timeout: 0 });
    jest.advanceTimersByTime(30_000);
    expect(collect).toHaveBeenCalledTimes(3);
  } finally {
    jest.useRealTimers();
  }
});
