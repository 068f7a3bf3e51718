import { combine, createMetrics, type Metrics, type Problem } from '../../src/index.js';
import { JournalBackend } from '../journal-backend.js';

const CALLS: Readonly<Record<string, (metrics: Metrics) => unknown>> = {
  'flush()': (metrics) => metrics.flush(),
  'close()': (metrics) => metrics.close(),
  'register()': (metrics) => metrics.register(new JournalBackend(), { replace: true, onError: () => {} }),
  'a recording': (metrics) => metrics.incr('own', { tags: { kind: 'a' } }),
  'an invalid recording': (metrics) => metrics.incr('own', { tags: [] as never }),
  'a declaration with an observer': (metrics) => metrics.defineGauge(`own.${Math.random()}`, { observe: () => 1 }),
};

/** Calls at most this deep: a recursion would be thousands of calls deep. */
const MAX_DEPTH = 3;

describe.each(Object.entries(CALLS))('%s may be called', (_name, call) => {
  let metrics: Metrics;
  let depth = 0;
  let deepest = 0;
  let calls = 0;
  const nested = (): void => {
    depth += 1;
    deepest = Math.max(depth, deepest);
    calls += 1;
    if (calls < 1000) void call(metrics);
    depth -= 1;
  };
  beforeEach(() => {
    depth = deepest = calls = 0;
  });
  const use = async (): Promise<void> => {
    metrics.incr('x', { tags: [] as never });
    metrics.incr('x');
    await metrics.flush();
    await metrics.flush();
    await metrics.close();
    expect(calls).toBeGreaterThan(0);
    expect(calls).toBeLessThan(100);
    expect(deepest).toBeLessThanOrEqual(MAX_DEPTH);
  };

  it('by an observed gauge', async () => {
    metrics = createMetrics({ backend: new JournalBackend(), onError: () => {} });
    metrics.defineGauge('depth', {
      observe: () => {
        nested();
        return 1;
      },
    });
    await use();
  });

  it('by onError', async () => {
    metrics = createMetrics({ backend: new JournalBackend(), onError: nested });
    await use();
  });

  it.each(['start', 'open', 'release', 'flush', 'close', 'stats'] as const)('by `%s` of a backend', async (method) => {
    const backend = new JournalBackend();
    const original = backend[method].bind(backend) as (...args: unknown[]) => unknown;
    Object.assign(backend, {
      [method]: (...args: unknown[]) => {
        const result = original(...args);
        if (metrics !== undefined) nested();
        return result;
      },
    });
    metrics = createMetrics();
    metrics.register(backend, { onError: () => {} });
    if (method === 'stats') metrics.stats();
    if (method === 'release')
      metrics.register(Object.assign(new JournalBackend(), { replaceable: true }), {
        replace: true,
        onError: () => {},
      });
    if (method === 'release') nested();
    await use();
  });
});

it('a flush reads each observer once, whatever `combine` holds', async () => {
  let delta = 5;
  let reads = 0;
  const backends = [new JournalBackend(), new JournalBackend(), new JournalBackend()];
  const metrics = createMetrics({ backend: combine(...backends) });
  metrics.defineGauge('delta', {
    observe: () => {
      reads += 1;
      const value = delta;
      delta = 0;
      return value;
    },
  });
  await metrics.flush();
  expect(reads).toBe(1);
  for (const backend of backends) expect(backend.lines).toEqual(['gauge delta 5']);
  await metrics.flush();
  expect(reads).toBe(2);
  // A backend that flushes on its timer still reads them.
  backends[0]!.host!.collect();
  expect(reads).toBe(3);
  await metrics.close();
  expect(reads).toBe(4);
});

it('definitions with dynamic names are bounded, as are their observers', async () => {
  const problems: Problem[] = [];
  const backend = new JournalBackend();
  const metrics = createMetrics({
    backend,
    onError: (problem) => problems.push(problem),
    cardinality: { maxMetrics: 50 },
  });
  let reads = 0;
  for (let index = 0; index < 2000; index += 1) {
    const observe = (): undefined => {
      reads += 1;
    };
    metrics.defineCounter(`orders.${index}`, { tags: ['kind'] }).incr({ kind: 'a' });
    metrics.defineGauge(`depth.${index}`, { observe });
    metrics.child({ tags: { index } }).defineGauge('shared', { observe });
  }
  await metrics.flush();
  expect(reads).toBeLessThanOrEqual(50);
  expect(metrics.cardinality().metrics.length).toBeLessThanOrEqual(50);
  expect(metrics.stats().dropped['too_many_metrics']).toBeGreaterThan(1900);
  expect(problems.map(({ code }) => code)).toContain('too_many_metrics');
});
