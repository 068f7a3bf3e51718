import { createMetrics, type Metrics } from '../../src/index.js';
import { JournalBackend } from '../journal-backend.js';

const IDLE = 10_000;
let backend: JournalBackend;
let metrics: Metrics;

beforeEach(() => {
  jest.useFakeTimers();
  backend = new JournalBackend();
  metrics = createMetrics({ backend, cardinality: { idleAfter: IDLE, mode: 'off' } });
});
afterEach(() => jest.useRealTimers());

it('releases a series after a whole period without a sample, and keeps the others', () => {
  metrics.incr('idle', { tags: { a: 1 } });
  metrics.incr('busy');
  jest.advanceTimersByTime(IDLE);
  metrics.incr('busy');
  jest.advanceTimersByTime(IDLE);
  expect(backend.released).toEqual([0]);
  expect(metrics.stats().series).toBe(1);
  metrics.incr('busy');
  metrics.incr('idle', { tags: { a: 1 } });
  expect(backend.opened.map(({ key }) => key)).toEqual(['idle', 'busy', 'idle']);
  expect(backend.lines.at(-1)).toBe('counter idle{a=1} 1');
});

it('gives a released id to another series, and every cache of it finds its own series again', () => {
  const counter = metrics.defineCounter('counter', { tags: ['a'] });
  const handle = counter.with({ a: 1 });
  const memo = { tags: { b: 1 } };
  const record = (): void => {
    handle.incr();
    counter.incr({ a: 1 });
    metrics.incr('facade', memo);
    metrics.withTags({ c: 1 }, () => metrics.incr('facade', memo));
  };
  record();
  jest.advanceTimersByTime(2 * IDLE);
  expect(metrics.stats().series).toBe(0);
  metrics.incr('thief1');
  metrics.incr('thief2');
  metrics.incr('thief3');
  backend.lines.length = 0;
  record();
  expect(backend.lines).toEqual([
    'counter counter{a=1} 1',
    'counter counter{a=1} 1',
    'counter facade{b=1} 1',
    'counter facade{b=1,c=1} 1',
  ]);
});

it('keeps a series that gets a sample between the decision and the release', () => {
  for (let i = 0; i < 1200; i += 1) metrics.incr('x', { tags: { i } });
  const handle = metrics.defineCounter('y').with({});
  handle.incr();
  jest.advanceTimersByTime(IDLE);
  // Runs only the timers, not the slices after them: the candidates are chosen, and 500 of them released.
  jest.advanceTimersByTime(IDLE - 1);
  jest.advanceTimersToNextTimer();
  const remaining = metrics.stats().series;
  expect(remaining).toBe(701);
  metrics.incr('x', { tags: { i: 0 } });
  metrics.incr('x', { tags: { i: '1' } });
  handle.incr();
  jest.advanceTimersByTime(10);
  expect(metrics.stats().series).toBeLessThanOrEqual(3);
  metrics.incr('x', { tags: { i: 0 } });
  handle.incr();
  expect(backend.lines.slice(-2)).toEqual(['counter x{i=0} 1', 'counter y 1']);
});

it('keeps memory of a churning application bounded', () => {
  for (let round = 0; round < 20; round += 1) {
    for (let i = 0; i < 1000; i += 1) metrics.incr('x', { tags: { i: round * 1000 + i } });
    jest.advanceTimersByTime(IDLE);
  }
  expect(metrics.stats().series).toBeLessThanOrEqual(2000);
  expect(Math.max(...backend.released)).toBeLessThan(3000);
});

it('can be switched off', () => {
  const own = createMetrics({ backend: new JournalBackend(), cardinality: { idleAfter: 0 } });
  own.incr('x');
  jest.advanceTimersByTime(10 * IDLE);
  expect(own.stats().series).toBe(1);
});

it('ends with the backend', async () => {
  metrics.incr('x');
  const closed = metrics.close();
  jest.advanceTimersByTime(5000);
  await closed;
  expect(jest.getTimerCount()).toBe(0);
});
