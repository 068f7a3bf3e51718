import { createMetrics, MetricsError, type Problem } from '../../src/index.js';
import { JournalBackend } from '../journal-backend.js';

beforeEach(() => jest.useFakeTimers({ now: 1_000_000 }));
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

describe('onError', () => {
  it('is called with each distinct problem once, then once a minute with the count since', () => {
    const problems: Problem[] = [];
    const metrics = createMetrics({ backend: new JournalBackend(), onError: (problem) => problems.push(problem) });
    for (let i = 0; i < 5; i += 1) metrics.gauge('g', Number.NaN);
    metrics.gauge('other', Number.NaN);
    expect(problems.map(({ metric, count }) => [metric, count])).toEqual([
      ['g', 1],
      ['other', 1],
    ]);
    jest.advanceTimersByTime(60_000);
    metrics.gauge('g', Number.NaN);
    expect(problems.at(-1)).toMatchObject({ code: 'invalid_value', metric: 'g', value: 'NaN', count: 5 });
    expect(metrics.stats().dropped).toEqual({ invalid_value: 7 });
  });

  it('is not flooded by many distinct problems, and forgets them', () => {
    const problems: Problem[] = [];
    const metrics = createMetrics({ backend: new JournalBackend(), onError: (problem) => problems.push(problem) });
    for (let i = 0; i < 100_000; i += 1) metrics.gauge(`g${i}`, Number.NaN);
    // One more for those that are merged by their code.
    expect(problems.length).toBe(51);
    jest.advanceTimersByTime(60_000);
    metrics.gauge('another', Number.NaN);
    expect(problems.length).toBe(52);
  });

  it('hears of a problem that occurs once after many others, also in the same minute', () => {
    const problems: Problem[] = [];
    const metrics = createMetrics({ backend: new JournalBackend(), onError: (problem) => problems.push(problem) });
    for (let i = 0; i < 500; i += 1) metrics.gauge(`g${i}`, Number.NaN);
    metrics.incr('once', { tags: [] as never });
    metrics.incr('', 1);
    expect(problems.slice(-2)).toMatchObject([{ code: 'invalid_tags', metric: 'once' }, { code: 'invalid_key' }]);
  });

  it('hears of a problem that the handler causes, which is never called recursively', () => {
    const problems: Problem[] = [];
    let depth = 0;
    const metrics = createMetrics({
      backend: new JournalBackend(),
      onError: (problem) => {
        depth += 1;
        problems.push(problem);
        expect(depth).toBe(1);
        metrics.gauge(`handler.${problems.length}`, Number.NaN);
        depth -= 1;
      },
    });
    metrics.incr('x', { tags: [] as never });
    expect(problems.slice(0, 3).map(({ metric }) => metric)).toEqual(['x', 'handler.1', 'handler.2']);
    expect(problems.length).toBeLessThan(100);
  });

  it('hears of a value that is a revoked proxy, or one that throws', () => {
    const problems: Problem[] = [];
    const metrics = createMetrics({ backend: new JournalBackend(), onError: (problem) => problems.push(problem) });
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    metrics.gauge('g', proxy as never);
    metrics.set('s', proxy as never);
    metrics.incr('x', { tags: { a: proxy as never } });
    expect(problems.map(({ code, value }) => [code, value])).toEqual([
      ['invalid_value', 'an object'],
      ['invalid_value', 'an object'],
      ['invalid_tag_value', 'an object'],
    ]);
  });

  it.each([-3_600_000, 3_600_000])('is not silenced or flooded by a wall clock that is set by %d ms', (change) => {
    const problems: Problem[] = [];
    const metrics = createMetrics({ backend: new JournalBackend(), onError: (problem) => problems.push(problem) });
    metrics.gauge('g', Number.NaN);
    jest.setSystemTime(1_000_000_000 + change);
    metrics.gauge('g', Number.NaN);
    expect(problems).toHaveLength(1);
    jest.advanceTimersByTime(60_000);
    metrics.gauge('g', Number.NaN);
    expect(problems.map(({ count }) => count)).toEqual([1, 2]);
  });

  it('defaults to one process warning that names the metric and the message, with nothing raw in it', () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const metrics = createMetrics({ backend: new JournalBackend() });
    metrics.incr('a\nb', 1, { tags: { 'x\u001B[31m': [] as never } });
    metrics.incr('a\nb', 1, { tags: { 'x\u001B[31m': [] as never } });
    expect(warn.mock.calls).toEqual([
      [
        'invalid_tag_value (metric "a\\nb", tag "x\\u001b[31m", an array): Tags are a plain object of strings, numbers and booleans, such as { status: 200 }. See the README of @metrics/core.',
        { type: 'MetricsWarning', code: 'invalid_tag_value' },
      ],
    ]);
  });
});

describe('strict mode', () => {
  it('throws problems instead of only reporting them, with the problem on the error', () => {
    const metrics = createMetrics({ backend: new JournalBackend(), strict: true, onError: () => {} });
    expect(() => metrics.gauge('g', Number.NaN)).toThrow(MetricsError);
    expect(() => metrics.incr('x', 1, { status: 200 } as never)).toThrow(
      /invalid_options .*metric "x".*Tags go inside/,
    );
    expect(() => metrics.defineCounter('y').incr({ a: 1 } as never)).toThrow(/undeclared_tag/);
    try {
      metrics.gauge('g', Number.NaN);
    } catch (error) {
      expect(error).toMatchObject({ name: 'MetricsError', problem: { code: 'invalid_value', metric: 'g' } });
    }
  });

  it('checks while a discarding backend is active', () => {
    const metrics = createMetrics();
    metrics.gauge('g', Number.NaN);
    metrics.register(
      new (class extends JournalBackend {
        readonly discards = true;
      })(),
      { strict: true, onError: () => {} },
    );
    expect(() => metrics.gauge('g', Number.NaN)).toThrow(MetricsError);
    metrics.gauge('g', 1);
  });

  it('never makes a timer, a flush or a close throw, and keeps the error of timed code', async () => {
    const backend = new JournalBackend();
    const metrics = createMetrics({ backend, strict: true, onError: () => {} });
    metrics.gauge('taken', 1);
    expect(metrics.timer('taken', () => 5)).toBe(5);
    expect(() =>
      metrics.timer('taken', () => {
        throw new RangeError('mine');
      }),
    ).toThrow(new RangeError('mine'));
    expect(metrics.startTimer('taken').stop()).toBeGreaterThanOrEqual(0);
    metrics.defineGauge('observed', {
      observe: () => {
        throw new Error('no');
      },
    });
    backend.flush = async () => {
      throw new Error('broken');
    };
    backend.close = async () => {
      throw new Error('broken');
    };
    await metrics.flush();
    const closed = metrics.close();
    await closed;
    expect(metrics.stats().dropped).toEqual({ kind_conflict: 3 });
  });
});
