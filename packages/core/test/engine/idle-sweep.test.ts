import { timersAsNumbers } from 'test-kit/timers-as-numbers';
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
  expect(backend.ends).toEqual(['idle{a=1} idle']);
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

it('never comes if the period is longer than a timer can wait', () => {
  const own = createMetrics({ backend: new JournalBackend(), cardinality: { idleAfter: 2 ** 31 } });
  own.incr('x');
  jest.advanceTimersByTime(10 * IDLE);
  expect(own.stats().series).toBe(1);
});

it('in slices ends with the backend, whose successor keeps its series', () => {
  for (let i = 0; i < 1200; i += 1) metrics.incr('x', { tags: { i } });
  jest.advanceTimersByTime(2 * IDLE - 1);
  jest.advanceTimersToNextTimer();
  expect(metrics.stats().series).toBe(700);
  const next = new JournalBackend();
  const timers = jest.getTimerCount();
  metrics.register(next, { replace: true, cardinality: { idleAfter: 0, mode: 'off' } });
  // Without the period and the slice, with the deadline of the close.
  expect(jest.getTimerCount()).toBe(timers - 2 + 1);
  for (let i = 0; i < 1200; i += 1) metrics.incr('x', { tags: { i } });
  jest.advanceTimersByTime(10);
  expect(next.released).toEqual([]);
});

it('needs no timers of the runtime while it is switched off', () => {
  const missing = (): never => {
    throw new Error('there are no timers');
  };
  for (const name of ['setInterval', 'clearInterval', 'clearTimeout'] as const)
    jest.spyOn(globalThis, name).mockImplementation(missing);
  const own = createMetrics({ backend: new JournalBackend(), cardinality: { idleAfter: 0 } });
  own.incr('x');
  expect(own.stats().series).toBe(1);
  jest.restoreAllMocks();
});

it('works with timers that are numbers, as in a browser', () => {
  timersAsNumbers();
  const problems: unknown[] = [];
  const own = createMetrics({
    backend,
    cardinality: { idleAfter: IDLE, mode: 'off' },
    onError: (problem) => problems.push(problem),
  });
  for (let i = 0; i < 1200; i += 1) own.incr('x', { tags: { i } });
  jest.advanceTimersByTime(2 * IDLE + 10);
  expect(own.stats().series).toBe(0);
  expect(problems).toEqual([]);
  jest.restoreAllMocks();
});

it('ends with the backend', async () => {
  metrics.incr('x');
  const closed = metrics.close();
  jest.advanceTimersByTime(5000);
  await closed;
  expect(jest.getTimerCount()).toBe(0);
});
