import { Console } from 'node:console';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import pino from 'pino';
import { LoggingBackend, type MetricsLogger } from '../../src/index.js';
import { opened } from '../opened.js';
import { shopSeries } from '../shop-series.js';

const series = shopSeries('counter', 'jobs', { instance: 'worker-1', tags: { task_name: 'email' } });

describe('pino', () => {
  function create(): { readonly logger: pino.Logger; readonly lines: string[] } {
    const lines: string[] = [];
    const options = { level: 'debug', base: null, timestamp: false as const };
    return { logger: pino(options, { write: (line: string) => void lines.push(line) }), lines };
  }

  test('gets the fields and the message', () => {
    const { logger, lines } = create();
    const { backend } = opened({ logger });
    backend.open(9, series);
    backend.incr(9, 1, 1);
    expect(lines).toEqual([
      `{"level":20,"metric":"shop.jobs","kind":"counter","value":1,"instance":"worker-1","tags":{"task_name":"email"},"sampleRate":1,"msg":"'jobs': +1"}\n`,
    ]);
    expect(backend.stats()).toEqual({ accepted: 1, sent: 1, dropped: {}, pending: 0, sampledOut: 0 });
  });

  test('honors changes of its level', () => {
    const { logger, lines } = create();
    const { backend } = opened({ logger });
    logger.level = 'info';
    backend.incr(0, 1, 1);
    logger.level = 'debug';
    backend.incr(0, 2, 1);
    logger.level = 'silent';
    backend.incr(0, 3, 1);
    expect(lines.map((line) => (JSON.parse(line) as { value: number }).value)).toEqual([2]);
    expect(backend.stats()).toMatchObject({ sent: 1, dropped: { level_off: 2 } });
  });

  test('redacts tags, as it does in lines of the application', () => {
    const lines: string[] = [];
    const write = (line: string): void => void lines.push(line);
    const options = { level: 'debug', redact: ['tags.email', 'tags.token', 'instance'] };
    const { backend } = opened({ logger: pino(options, { write }) });
    const tags = { email: 'ann@example.org', token: 'secret-word', status: '200' };
    backend.open(9, shopSeries('counter', 'jobs', { instance: 'secret-instance', tags }));
    backend.incr(9, 1, 1);
    backend.incr(9, 1, 1);
    backend.event({ title: 'deployed', text: '', tags: [['token', 'secret-word']] });
    backend.serviceCheck({ name: 'db', status: 'ok', tags: [['email', 'ann@example.org']] });
    expect(lines).toHaveLength(4);
    expect(lines.join('')).not.toMatch(/secret|ann@/);
    expect(lines[1]).toContain('"status":"200"');
    expect(backend.stats()).toEqual(expect.objectContaining({ sent: 4, dropped: {} }));
  });

  test('has written when close resolves', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'metrics-logging-'));
    const dest = join(directory, 'metrics.log');
    const logger = pino({ level: 'debug' }, pino.destination({ dest, sync: false, minLength: 16_000 }));
    const { backend } = opened({ logger });
    for (let call = 0; call < 20; call += 1) backend.incr(0, 1, 1);
    await backend.close({ timeout: 5000 });
    expect(readFileSync(dest, 'utf8').split('\n')).toHaveLength(21);
    rmSync(directory, { recursive: true });
  });
});

/** The methods of NestJS's ConsoleLogger that matter here, as they are declared in @nestjs/common 11. */
class NestLogger {
  readonly calls: unknown[][] = [];
  readonly levels = new Set(['log', 'error', 'warn', 'debug', 'verbose', 'fatal']);

  log(message: unknown, ...optional: unknown[]): void {
    this.calls.push(['log', message, ...optional]);
  }

  debug(message: unknown, ...optional: unknown[]): void {
    this.calls.push(['debug', message, ...optional]);
  }

  isLevelEnabled(level: string): boolean {
    return this.levels.has(level);
  }
}

describe('the logger of NestJS', () => {
  test.each(['debug', 'log'])('gets the message first, through the method %s', (level) => {
    const logger = new NestLogger();
    const { backend } = opened({ logger, level });
    backend.open(9, series);
    backend.incr(9, 1, 1);
    logger.levels.delete(level);
    backend.incr(9, 1, 1);
    const fields = { metric: 'shop.jobs', kind: 'counter', value: 1, instance: 'worker-1', sampleRate: 1 };
    expect(logger.calls).toEqual([[level, "'jobs': +1", { ...fields, tags: { task_name: 'email' } }]]);
    expect(backend.stats()).toMatchObject({ sent: 1, dropped: { level_off: 1 } });
  });
});

test('each line has its own tags, which the logger may change', () => {
  const lines: { tags: Record<string, string> }[] = [];
  const debug = (_message: string, fields: object): void => {
    const line = fields as { tags: Record<string, string> };
    lines.push({ tags: { ...line.tags } });
    line.tags['task_name'] = '***';
    line.tags['added'] = 'x';
  };
  const { backend } = opened({ logger: { debug } });
  backend.open(9, series);
  backend.incr(9, 1, 1);
  backend.incr(9, 1, 1);
  const expected = { tags: { task_name: 'email' } };
  expect(lines).toEqual([expected, expected]);
  expect(backend.stats()).toEqual(expect.objectContaining({ sent: 2, dropped: {} }));
});

describe('the console', () => {
  function create(): { readonly logger: Console; readonly text: () => string } {
    const stdout = new PassThrough();
    return { logger: new Console({ stdout, colorMode: false }), text: () => String(stdout.read()) };
  }

  test('gets the message and the fields that are defined', () => {
    const { logger, text } = create();
    const { backend } = opened({ logger });
    backend.open(9, series);
    backend.incr(9, 1, 1);
    expect(text().replaceAll(/\s+/g, ' ')).toBe(
      "'jobs': +1 { metric: 'shop.jobs', kind: 'counter', value: 1, instance: 'worker-1', tags: { task_name: 'email' }, sampleRate: 1 } ",
    );
  });

  test('does not interpret a key as a format', () => {
    const { logger, text } = create();
    const { backend } = opened({ logger });
    backend.open(9, shopSeries('counter', '100% of %s and %o'));
    backend.incr(9, 1, 1);
    expect(text()).toMatch(/^'100% of %s and %o': \+1 \{/);
  });

  test('is called at the level of the option', () => {
    const { logger, text } = create();
    opened({ logger, level: 'info' }).backend.incr(0, 1, 1);
    expect(text()).toMatch(/^'jobs': \+1 /);
  });
});

test('a logger with the methods of winston gets level, message and fields', () => {
  const calls: unknown[][] = [];
  let level = 'debug';
  const logger = {
    log: (...parameters: unknown[]) => void calls.push(parameters),
    isLevelEnabled: (asked: string) => asked === level,
  };
  const { backend } = opened({ logger });
  backend.gauge(1, 2);
  level = 'info';
  backend.gauge(1, 3);
  expect(calls).toEqual([['debug', "'level': +2", { metric: 'shop.level', kind: 'gauge', value: 2, tags: {} }]]);
});

test('a sample is dropped and reported once if the logger throws', async () => {
  const logger: MetricsLogger = {
    debug: () => {
      throw new Error('broken');
    },
  };
  const { backend, problems } = opened({ logger });
  backend.incr(0, 1, 1);
  backend.incr(0, 1, 1);
  await backend.close({ timeout: 10 });
  expect(backend.stats()).toEqual({
    accepted: 2,
    sent: 0,
    dropped: { logger_failed: 2 },
    pending: 0,
    sampledOut: 0,
  });
  expect(problems).toEqual([expect.objectContaining({ code: 'logger_failed', cause: new Error('broken') })]);
});

test('a logger that throws when its level is read, or when flushed, does not throw into the application', async () => {
  const broken = (): never => {
    throw new Error('broken');
  };
  const asking = opened({ logger: { debug: () => {}, isLevelEnabled: broken } });
  asking.backend.incr(0, 1, 1);
  expect(asking.backend.stats().dropped).toEqual({ logger_failed: 1 });
  const flush = (_done: () => void): void => broken();
  const flushing = opened({ logger: Object.assign({ debug: () => {}, isLevelEnabled: () => true }, { flush }) });
  flushing.backend.incr(0, 1, 1);
  await flushing.backend.flush();
  expect(flushing.backend.stats()).toMatchObject({ sent: 1 });
  expect(flushing.problems).toHaveLength(1);
});

test('a logger that records metrics does not recurse', () => {
  const logger = { debug: () => backend.incr(0, 1, 1) };
  const { backend, problems } = opened({ logger });
  backend.gauge(1, 5);
  expect(backend.stats()).toMatchObject({ accepted: 2, sent: 1, dropped: { recursive: 1 } });
  expect(problems).toEqual([expect.objectContaining({ code: 'recursive' })]);
});

describe('values that are not loggers are rejected at construction', () => {
  test.each<[unknown, RegExp]>([
    [{}, /^logger must have the methods of winston \(log, isLevelEnabled\), of pino .* lacks "debug"\.$/],
    [{ log: () => {} }, /lacks "debug", or isLevelEnabled\.$/],
    [{ isLevelEnabled: () => true }, /lacks log or "debug"\.$/],
    ['console', /^logger must be an object with methods, not "console"\.$/],
    [null, /^logger must be an object with methods, not null\.$/],
  ])('%o', (logger, message) => {
    expect(() => new LoggingBackend({ logger: logger as MetricsLogger })).toThrow(TypeError);
    expect(() => new LoggingBackend({ logger: logger as MetricsLogger })).toThrow(message);
  });
});
