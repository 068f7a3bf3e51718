import { createMetrics, DummyMetricsBackend, type Metrics, type Problem, type Tags } from '../../src/index.js';
import { JournalBackend } from '../journal-backend.js';

/** A backend whose `close` resolves when `end` is called. */
class SlowBackend extends JournalBackend {
  readonly closing: { timeout: number }[] = [];
  end: () => void = () => {};
  readonly #ended = new Promise<void>((resolve) => {
    this.end = resolve;
  });

  override async close(options?: { timeout: number }): Promise<void> {
    await super.close();
    this.closing.push(options!);
    await this.#ended;
  }
}

const replaceable = (): JournalBackend => Object.assign(new JournalBackend(), { replaceable: true });

describe('register', () => {
  it('rejects an invalid backend and an invalid rate', () => {
    const metrics = createMetrics();
    expect(() => metrics.register({} as never)).toThrow(TypeError);
    expect(() => metrics.register(undefined as never)).toThrow(TypeError);
    expect(() => metrics.register(new JournalBackend(), { sampleRate: 2 })).toThrow(
      new RangeError('sampleRate must be a number from 0 to 1, not 2.'),
    );
    expect(metrics.stats().series).toBe(0);
    metrics.register(new JournalBackend());
  });

  it('throws over a live backend, with the call that registered it as the cause', () => {
    const metrics = createMetrics();
    metrics.register(new JournalBackend());
    let thrown: Error | undefined;
    try {
      metrics.register(new JournalBackend());
    } catch (error) {
      thrown = error as Error;
    }
    expect(thrown?.message).toContain('{ replace: true }');
    expect((thrown?.cause as Error | undefined)?.stack).toContain('lifecycle.test');
  });

  it('works over the dummy or a recording backend', () => {
    const metrics = createMetrics();
    metrics.register(new DummyMetricsBackend());
    metrics.register(replaceable());
    metrics.register(new JournalBackend());
  });

  it('reports once how many samples it has missed', () => {
    const problems: Problem[] = [];
    const metrics = createMetrics();
    metrics.incr('x');
    metrics.defineCounter('y').incr();
    metrics.register(new JournalBackend(), { onError: (problem) => problems.push(problem) });
    expect(problems).toMatchObject([{ code: 'not_registered', count: 2 }]);
    expect(metrics.stats().discarded).toBe(2);
  });

  it('with `replace` switches immediately and closes the old backend in the background', async () => {
    const metrics = createMetrics();
    const old = new SlowBackend();
    const next = new JournalBackend();
    metrics.register(old);
    metrics.incr('x', { tags: { a: 1 } });
    metrics.register(next, { replace: true, prefix: 'n.' });
    metrics.incr('x', { tags: { a: 1 } });
    expect(old.lines).toEqual(['counter x{a=1} 1']);
    expect(next.lines).toEqual(['counter n.x{a=1} 1']);
    expect(old.closes).toBe(1);
    let flushed = false;
    const flush = metrics.flush().then(() => {
      flushed = true;
    });
    await new Promise(setImmediate);
    expect(flushed).toBe(false);
    old.end();
    await flush;
    expect(next.closes).toBe(0);
  });

  it('returns a disposable that restores the backend before', () => {
    const metrics = createMetrics();
    const recorder = replaceable();
    const inner = new JournalBackend();
    const outer = metrics.register(recorder);
    metrics.incr('x');
    const registration = metrics.register(inner);
    metrics.incr('x');
    registration[Symbol.dispose]();
    metrics.incr('x');
    outer.dispose();
    metrics.incr('x');
    expect(recorder.lines).toEqual(['counter x 1', 'counter x 1']);
    expect(inner.lines).toEqual(['counter x 1']);
    expect(inner.closes).toBe(1);
    expect(recorder.closes).toBe(1);
    expect(metrics.stats().discarded).toBe(1);
  });

  it('can be disposed in any order', () => {
    const metrics = createMetrics();
    const recorder = replaceable();
    const outer = metrics.register(recorder);
    const registration = metrics.register(new JournalBackend());
    outer.dispose();
    metrics.incr('x');
    registration.dispose();
    registration.dispose();
    metrics.incr('x');
    expect(recorder.lines).toEqual([]);
    expect(metrics.stats().discarded).toBe(1);
  });

  it('starts the backend with a host that reports problems and reads observed gauges', () => {
    const problems: Problem[] = [];
    const backend = new JournalBackend();
    const metrics = createMetrics({ backend, onError: (problem) => problems.push(problem) });
    metrics.defineGauge('depth', { observe: () => 3 });
    backend.host!.report({ code: 'mine', count: 2, message: 'none' });
    backend.host!.collect();
    expect(problems).toEqual([{ code: 'mine', count: 2, message: 'none' }]);
    expect(backend.lines).toEqual(['gauge depth 3']);
  });

  it('survives a backend that throws at its start', () => {
    const backend = new JournalBackend();
    backend.start = () => {
      throw new Error('no');
    };
    const problems: Problem[] = [];
    const metrics = createMetrics({ backend, onError: (problem) => problems.push(problem) });
    metrics.incr('x');
    expect(problems).toMatchObject([{ code: 'backend_failed', cause: new Error('no') }]);
  });
});

describe('close', () => {
  it('passes its deadline on, discards later samples, and can be called again', async () => {
    const backend = new SlowBackend();
    const metrics = createMetrics({ backend });
    metrics.defineGauge('depth', { observe: () => 3 });
    metrics.incr('x');
    const closed = Promise.all([metrics.close({ timeout: 500 }), metrics.close(), metrics[Symbol.asyncDispose]()]);
    metrics.incr('x');
    backend.end();
    await closed;
    await metrics.close();
    expect(backend.closing).toEqual([{ timeout: 500 }]);
    expect(backend.lines).toEqual(['counter x 1', 'gauge depth 3']);
    expect(metrics.stats().discarded).toBe(1);
    const next = new JournalBackend();
    metrics.register(next);
    metrics.incr('x');
    expect(next.lines).toEqual(['counter x 1']);
  });

  it('waits for the backend if the deadline is infinite', async () => {
    jest.useFakeTimers();
    const backend = new SlowBackend();
    const metrics = createMetrics({ backend });
    let ended = false;
    const closed = metrics.close({ timeout: Number.POSITIVE_INFINITY }).then(() => {
      ended = true;
    });
    await jest.advanceTimersByTimeAsync(3_600_000);
    expect(ended).toBe(false);
    backend.end();
    await closed;
    jest.useRealTimers();
  });

  it('a backend that closes still reports to its own handler', async () => {
    const problems: Problem[] = [];
    const backend = new SlowBackend();
    const metrics = createMetrics({ backend, onError: (problem) => problems.push(problem) });
    const closed = metrics.close();
    backend.host!.report({ code: 'lost_at_close', count: 2, message: 'Give it more time.' });
    backend.end();
    await closed;
    expect(problems.map(({ code }) => code)).toEqual(['lost_at_close']);
  });

  it('resolves even if a backend never closes', async () => {
    const metrics = createMetrics({ backend: new SlowBackend() });
    await metrics.close({ timeout: 5 });
  });
});

it('stats work although those of the backend throw', () => {
  const backend = new JournalBackend();
  backend.stats = () => {
    throw new Error('no');
  };
  expect(createMetrics({ backend }).stats().backend.accepted).toBe(0);
});

describe('instruments and handles', () => {
  it('made before register, or kept across one, follow the active backend', () => {
    const metrics = createMetrics();
    const counter = metrics.defineCounter('jobs', { tags: ['queue'] });
    const handle = counter.with({ queue: 'mail' });
    const record = (): void => {
      counter.incr({ queue: 'mail' });
      handle.incr();
    };
    record();
    const first = new JournalBackend();
    metrics.register(first);
    record();
    const second = new JournalBackend();
    metrics.register(second, { replace: true, prefix: 'p.' });
    record();
    expect(first.lines).toEqual(['counter jobs{queue=mail} 1', 'counter jobs{queue=mail} 1']);
    expect(second.lines).toEqual(['counter p.jobs{queue=mail} 1', 'counter p.jobs{queue=mail} 1']);
    expect(metrics.stats().discarded).toBe(2);
  });
});

const TAGS: Tags = { request_id: 1, kind: 'mail' };

describe('a backend that is registered while a series is opened', () => {
  const register = (metrics: Metrics, next: JournalBackend): void =>
    void metrics.register(next, { replace: true, onError() {} });

  it('gets the sample: by the handler of a problem', () => {
    const next = new JournalBackend();
    const metrics = createMetrics({ backend: new JournalBackend(), onError: () => register(metrics, next) });
    metrics.incr('jobs', 2, { tags: { name: 'n'.repeat(300) } });
    expect(next.lines).toEqual([`counter jobs{name=${'n'.repeat(200)}} 2`]);
  });

  it('gets the sample: by the handler of a problem that the guard found', () => {
    const next = new JournalBackend();
    const metrics = createMetrics({ backend: new JournalBackend(), onError: () => register(metrics, next) });
    metrics.incr('jobs', 2, { tags: TAGS });
    expect(next.lines).toEqual(['counter jobs{kind=mail} 2']);
  });

  it('gets the sample: by the backend that opens it, for instruments and handles as well', () => {
    for (const record of [
      (metrics: Metrics) => metrics.incr('jobs', { tags: { kind: 'mail' } }),
      (metrics: Metrics) => metrics.defineCounter('jobs', { tags: ['kind'] }).incr({ kind: 'mail' }),
      (metrics: Metrics) =>
        metrics
          .defineCounter('jobs', { tags: ['kind'] })
          .with({ kind: 'mail' })
          .incr(),
    ]) {
      const next = new JournalBackend();
      const first = new JournalBackend();
      const metrics = createMetrics({ backend: first });
      first.open = () => register(metrics, next);
      record(metrics);
      expect(next.lines).toEqual(['counter jobs{kind=mail} 1']);
    }
  });

  it('and again and again, loses the sample, counted and reported', () => {
    const codes: string[] = [];
    const metrics = createMetrics({ onError: ({ code }) => codes.push(code) });
    const registerNext = (): void => {
      const backend = new JournalBackend();
      backend.open = registerNext;
      metrics.register(backend, { replace: true, onError: ({ code }) => codes.push(code) });
    };
    registerNext();
    metrics.incr('jobs');
    expect(metrics.stats().dropped).toEqual({ recording_failed: 1 });
    expect(codes).toEqual(['recording_failed']);
  });
});
