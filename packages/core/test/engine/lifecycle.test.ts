import { timersAsNumbers } from 'test-kit/timers-as-numbers';
import { Engine } from '../../src/engine/engine.js';
import { GaugeObserver } from '../../src/engine/gauge-observer.js';
import { Lifecycle } from '../../src/engine/lifecycle.js';
import {
  type BackendHost,
  type BackendStats,
  combine,
  createMetrics,
  DummyMetricsBackend,
  type Metrics,
  type MetricsBackend,
  type Problem,
  type Tags,
} from '../../src/index.js';
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
    for (const backend of [{}, undefined])
      expect(() => metrics.register(backend as never)).toThrow(
        new TypeError('register() takes a backend, such as new StatsdMetricsBackend()'),
      );
    expect(() => metrics.register(new JournalBackend(), { sampleRate: 2 })).toThrow(
      new RangeError('sampleRate must be a number from 0 to 1, not 2.'),
    );
    expect(metrics.stats().series).toBe(0);
    metrics.register(new JournalBackend());
  });

  it('refuses a backend that was closed, by this facade or another', async () => {
    const metrics = createMetrics({ backend: new JournalBackend() });
    const live = new JournalBackend();
    const registered = createMetrics({ backend: live });
    const closed = registered.close();
    expect(() => metrics.register(live, { replace: true })).toThrow(/closed backend/);
    await closed;
    expect(() => metrics.register(live, { replace: true })).toThrow(/closed backend/);
    expect(() => registered.register(live)).toThrow(/closed backend/);
    const recorder = replaceable();
    registered.register(recorder).dispose();
    expect(() => registered.register(recorder)).toThrow(/closed backend/);
    const dummy = new DummyMetricsBackend();
    registered.register(dummy).dispose();
    registered.register(dummy);
  });

  it.each<[string, unknown, RegExp]>([
    ['an unknown option', { onErorr() {} }, /\(\): unknown option "onErorr"; did you mean "onError"\?/],
    ['a prefix', { prefix: 5 }, /prefix must be of type string, not 5/],
    ['a list of patterns', { deny: 'debug.*' }, /deny must be of type array, not "debug\.\*"/],
    ['a handler', { onError: 'x' }, /onError must be of type function/],
    ['a switch', { strict: 'yes' }, /strict must be of type boolean/],
    ['signals', { signals: 'SIGTERM' }, /signals must be of type array/],
    ['no options', null, /options must be an object, not null/],
    [
      'an unknown option of cardinality',
      { cardinality: { maxValues: 5 } },
      /^cardinality: .* did you mean "maxValuesPerTag"/,
    ],
    ['a bound', { cardinality: { maxValuesPerTag: Number.NaN } }, /maxValuesPerTag must be a number from 0 .* not NaN/],
    ['a bound', { cardinality: { maxValuesPerTag: -5 } }, /maxValuesPerTag must be a number from 0 .* not -5/],
    ['a bound', { cardinality: { maxValuesPerTag: 'many' } }, /maxValuesPerTag must be a number from 0 .* not "many"/],
    ['a bound', { cardinality: { maxValuesPerTag: null } }, /maxValuesPerTag must be a number from 0 .* not null/],
    ['a bound of one tag', { cardinality: { warnAt: { x: { y: Number.NaN } } } }, /warnAt\.x\.y must be a number/],
    ['a bound of all series', { cardinality: { maxSeries: '5' } }, /maxSeries must be/],
    ['allowed tags', { cardinality: { allow: { '*': 'org_id' } } }, /allow: the tags of \* must be a list/],
    ['tags that are forbidden', { cardinality: { never: 'org_id' } }, /never must be of type array/],
  ])('refuses %s that is wrong', (_name, options, message) => {
    const metrics = createMetrics();
    expect(() => metrics.register(new JournalBackend(), options as never)).toThrow(message);
    if (options !== null)
      expect(() => createMetrics({ backend: new JournalBackend(), ...(options as object) })).toThrow(message);
    metrics.register(new JournalBackend());
  });

  it('createMetrics refuses an unknown option, also without a backend', () => {
    expect(() => createMetrics({ bakend: 5 } as never)).toThrow('unknown option "bakend"; did you mean "backend"?');
  });

  it.each(['debug.*, noisy.*', ' debug.* ,noisy.*,', "'debug.*','noisy.*'", '"debug.*, noisy.*"'])(
    'reads METRICS_DENY=%s',
    (value) => {
      process.env['METRICS_DENY'] = value;
      try {
        const backend = new JournalBackend();
        const metrics = createMetrics({ backend });
        for (const key of ['debug.x', 'noisy.x', 'other.x']) metrics.incr(key);
        expect(backend.lines).toEqual(['counter other.x 1']);
      } finally {
        delete process.env['METRICS_DENY'];
      }
    },
  );

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
    expect((thrown?.cause as Error | undefined)?.stack).toMatch(/^Error: registered here\n.*lifecycle\.test/s);
  });

  it('in production throws also if the same call runs again', () => {
    const before = process.env['NODE_ENV'];
    const metrics = createMetrics();
    const register = (): JournalBackend => {
      const backend = new JournalBackend();
      metrics.register(backend);
      return backend;
    };
    try {
      const first = register();
      register();
      expect(first.closes).toBe(1);
      process.env['NODE_ENV'] = 'production';
      expect(register).toThrow('{ replace: true }');
    } finally {
      process.env['NODE_ENV'] = before;
    }
  });

  it('over a backend for tests releases its series, which have not ended', () => {
    const recorder = replaceable();
    const metrics = createMetrics({ backend: recorder });
    metrics.incr('x');
    metrics.register(new JournalBackend());
    expect([recorder.released, recorder.ends]).toEqual([[0], ['x idle']]);
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
    expect(problems).toEqual([
      { code: 'not_registered', count: 2, message: 'Samples before register() are dropped: register first.' },
    ]);
    expect(metrics.stats().discarded).toBe(2);
  });

  it('does not report samples that a dummy discarded, which was registered on purpose', () => {
    const problems: Problem[] = [];
    const metrics = createMetrics({ backend: new DummyMetricsBackend() });
    metrics.incr('x');
    metrics.register(new JournalBackend(), { onError: (problem) => problems.push(problem) });
    expect(problems).toEqual([]);
  });

  it('reports at a later register only what was missed since', async () => {
    const counts: number[] = [];
    const metrics = createMetrics();
    const onError = ({ code, count }: Problem): void => void (code === 'not_registered' && counts.push(count));
    jest.useFakeTimers();
    for (const missed of [2, 0, 3]) {
      for (let index = 0; index < missed; index += 1) metrics.incr('x');
      metrics.register(new JournalBackend(), { onError });
      await metrics.close();
      jest.advanceTimersByTime(60_000);
    }
    jest.useRealTimers();
    expect(counts).toEqual([2, 3]);
    expect(metrics.stats().discarded).toBe(5);
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

  it('reads the observed gauges for the active backend only', () => {
    const replaced = new JournalBackend();
    const active = new JournalBackend();
    const metrics = createMetrics({ backend: replaced });
    metrics.defineGauge('depth', { observe: () => 3 });
    metrics.register(active, { replace: true });
    replaced.host!.collect();
    expect(active.lines).toEqual([]);
    active.host!.collect();
    expect(active.lines).toEqual(['gauge depth 3']);
  });

  it('survives a backend that throws at its start', () => {
    const backend = new JournalBackend();
    backend.start = () => {
      throw new Error('no');
    };
    const problems: Problem[] = [];
    const metrics = createMetrics({ backend, onError: (problem) => problems.push(problem) });
    metrics.incr('x');
    expect(problems).toMatchObject([
      {
        code: 'backend_failed',
        message: 'A backend threw, which its contract forbids. See the cause.',
        cause: new Error('no'),
      },
    ]);
  });
});

/** A backend whose flushes end when `end` is called. */
class SlowFlushBackend extends JournalBackend {
  readonly resolves: (() => void)[] = [];

  override flush(): Promise<void> {
    void super.flush();
    return new Promise((resolve) => {
      this.resolves.push(resolve);
    });
  }
}

describe('flush', () => {
  it('reports a backend that rejects, and resolves; as does close', async () => {
    const problems: Problem[] = [];
    const backend = new JournalBackend();
    const metrics = createMetrics({ backend, onError: (problem) => problems.push(problem) });
    const cause = new Error('no');
    backend.flush = backend.close = () => Promise.reject(cause);
    await metrics.flush();
    expect(problems).toMatchObject([{ code: 'backend_failed', cause }]);
    await metrics.close();
    expect(metrics.stats().backend.pending).toBe(0);
  });

  it('shares one reading of the observed gauges until the last of several flushes ends', async () => {
    jest.useFakeTimers();
    const backend = new SlowFlushBackend();
    const metrics = createMetrics({ backend });
    let reads = 0;
    metrics.defineGauge('depth', { observe: () => void (reads += 1) });
    const first = metrics.flush();
    jest.advanceTimersByTime(10);
    const second = metrics.flush();
    expect(reads).toBe(2);
    backend.resolves[0]!();
    await first;
    backend.host!.collect();
    expect(reads).toBe(2);
    backend.resolves[1]!();
    await second;
    backend.host!.collect();
    expect(reads).toBe(3);
    jest.useRealTimers();
  });
});

describe('a flush at the exit', () => {
  const setUp = () => {
    const engine = new Engine();
    return { engine, lifecycle: new Lifecycle(engine) };
  };
  /** A backend that loses samples before its exit, and more in it. */
  const lossy = (before: number, after: number): JournalBackend & { flushSyncs: number } => {
    const backend = Object.assign(new JournalBackend(), { flushSyncs: 0, flushSync() {} });
    backend.flushSync = () => {
      backend.flushSyncs += 1;
    };
    backend.stats = () => {
      const timeout = before + backend.flushSyncs * after;
      return { accepted: 9, sent: 0, dropped: { timeout }, pending: 9 - timeout, sampledOut: 0 };
    };
    return backend;
  };

  it('reads the observed gauges, flushes the active and the closing backends, and reports what each loses', () => {
    const { engine, lifecycle } = setUp();
    const problems: Problem[] = [];
    const onError = (problem: Problem): void => void problems.push(problem);
    const [closing, active] = [lossy(0, 2), lossy(3, 4)];
    const slow = new Promise<void>(() => {});
    closing.close = () => slow;
    lifecycle.register(closing, { onError }, new Map());
    lifecycle.register(active, { onError, replace: true }, new Map());
    let reads = 0;
    engine.gauges.observe(
      new GaugeObserver(
        engine,
        'depth',
        true,
        () => void (reads += 1),
        () => {},
      ),
    );
    lifecycle.flushSync();
    expect([reads, closing.flushSyncs, active.flushSyncs]).toEqual([1, 1, 1]);
    expect(problems.map(({ code, count }) => [code, count])).toEqual([
      ['lost_at_exit', 2],
      ['lost_at_exit', 4],
    ]);
  });

  it('needs no method for it, and reports without a handler as a warning of the process', () => {
    const { lifecycle } = setUp();
    const warnings: Error[] = [];
    const emit = jest.spyOn(process, 'emit').mockImplementation(((name: string, warning: Error) => {
      if (name === 'warning') warnings.push(warning);
      return true;
    }) as never);
    const problems: Problem[] = [];
    lifecycle.register(new JournalBackend(), { onError: (problem) => problems.push(problem) }, new Map());
    lifecycle.flushSync();
    expect([warnings, problems]).toEqual([[], []]);
    lifecycle.register(lossy(0, 2), { replace: true }, new Map());
    lifecycle.flushSync();
    emit.mockRestore();
    expect(warnings).toMatchObject([{ name: 'MetricsWarning', code: 'lost_at_exit' }]);
  });
});

it('a signal is listened to from `register` until all backends are closed', async () => {
  const listeners = (): number => process.listenerCount('SIGUSR2');
  const options = { signals: ['SIGUSR2'] } as const;
  const [first, second] = [new SlowBackend(), new SlowBackend()];
  const metrics = createMetrics();
  metrics.register(first, options);
  metrics.register(new JournalBackend(), { ...options, replace: true });
  expect(listeners()).toBe(1);
  first.end();
  await metrics.flush();
  expect(listeners()).toBe(1);
  metrics.register(second, { replace: true });
  metrics.register(new JournalBackend(), { replace: true });
  // Its deadline is shorter than that of the second backend, which is closing already.
  await metrics.close({ timeout: 5 });
  expect(listeners()).toBe(1);
  second.end();
  await metrics.flush();
  expect(listeners()).toBe(0);
  await metrics.close();
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

  it('passes on a deadline of 0', async () => {
    const backend = new SlowBackend();
    backend.end();
    await createMetrics({ backend }).close({ timeout: 0 });
    expect(backend.closing).toEqual([{ timeout: 0 }]);
  });

  it('keeps the process alive until its deadline; a backend that closes in the background does not', async () => {
    jest.useFakeTimers();
    const timers: NodeJS.Timeout[] = [];
    const { setTimeout } = globalThis;
    jest.spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, delay: number) => {
      const timer = setTimeout(run, delay);
      timers.push(timer);
      return timer;
    }) as never);
    const metrics = createMetrics({ backend: new SlowBackend() });
    metrics.register(new SlowBackend(), { replace: true });
    expect(timers.map((timer) => timer.hasRef())).toEqual([false]);
    const closed = metrics.close();
    expect(timers.map((timer) => timer.hasRef())).toEqual([false, false, true]);
    await jest.advanceTimersByTimeAsync(2100);
    await closed;
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  it('works with timers that are numbers, as in a browser', async () => {
    jest.useFakeTimers();
    timersAsNumbers();
    const problems: Problem[] = [];
    const metrics = createMetrics({ backend: new JournalBackend(), onError: (problem) => problems.push(problem) });
    metrics.incr('x');
    await metrics.close();
    expect([problems, jest.getTimerCount()]).toEqual([[], 0]);
    jest.restoreAllMocks();
    jest.useRealTimers();
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

  it.each([undefined, {}, { timeout: -1 }, { timeout: Number.NaN }])(
    '%j has a deadline of two seconds',
    async (options) => {
      jest.useFakeTimers();
      const backend = new SlowBackend();
      const metrics = createMetrics({ backend });
      let ended = false;
      const closed = metrics.close(options).then(() => {
        ended = true;
      });
      await jest.advanceTimersByTimeAsync(2000);
      expect([backend.closing, ended]).toEqual([[{ timeout: 2000 }], false]);
      await jest.advanceTimersByTimeAsync(100);
      await closed;
      jest.useRealTimers();
    },
  );

  it('leaves no timer when the backend ends in time', async () => {
    jest.useFakeTimers();
    const metrics = createMetrics({ backend: new JournalBackend() });
    await metrics.close();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });
});

/** A backend that keeps its samples, and loses some of them when it closes. */
class LossyBackend extends SlowBackend {
  lost = 0;
  kept = 0;

  readonly loses: number;

  constructor(loses: number) {
    super();
    this.loses = loses;
    this.end();
  }

  override async close(options?: { timeout: number }): Promise<void> {
    this.lost += this.loses;
    await super.close(options);
  }

  override stats(): BackendStats {
    const accepted = this.lines.length;
    const { lost, kept } = this;
    return { accepted, sent: accepted - lost - kept, dropped: { timeout: lost }, pending: kept, sampledOut: 1 };
  }
}

describe('samples that are lost at an end', () => {
  const setUp = (backend: MetricsBackend) => {
    const problems: Problem[] = [];
    const metrics = createMetrics({ backend, onError: (problem) => problems.push(problem) });
    for (let index = 0; index < 7; index += 1) metrics.incr('x');
    return { metrics, problems };
  };

  it('are one problem with their count, at a close', async () => {
    const { metrics, problems } = setUp(new LossyBackend(5));
    await metrics.close();
    await metrics.close();
    expect(problems).toMatchObject([
      { code: 'lost_at_close', count: 5, message: expect.stringContaining('stats().backend.dropped') },
    ]);
  });

  it('are one problem with their count, when another backend replaces theirs', async () => {
    const { metrics, problems } = setUp(new LossyBackend(5));
    metrics.register(new JournalBackend(), { replace: true, onError: () => {} });
    await metrics.flush();
    expect(problems).toMatchObject([{ code: 'lost_at_close', count: 5 }]);
  });

  it('are one problem with their count, when a registration is disposed', async () => {
    const problems: Problem[] = [];
    const metrics = createMetrics();
    const registration = metrics.register(new LossyBackend(1), { onError: (problem) => problems.push(problem) });
    metrics.incr('x');
    registration.dispose();
    await metrics.flush();
    expect(problems).toMatchObject([{ code: 'lost_at_close', count: 1 }]);
  });

  it('are one problem with their count, although the backends of combine() lose them', async () => {
    const { metrics, problems } = setUp(combine(new LossyBackend(5), new LossyBackend(2)));
    await metrics.close();
    expect(problems).toMatchObject([{ code: 'lost_at_close', count: 7 }]);
  });

  it('are not reported twice, if the backend reports them, nor hidden by those of another one in combine()', async () => {
    class ReportingBackend extends LossyBackend {
      #host: BackendHost | undefined;
      override start(host: BackendHost): void {
        this.#host = host;
      }
      override async close(): Promise<void> {
        await super.close();
        this.#host?.report({ code: 'lost_at_close', count: 5, message: 'The server is away.' });
      }
    }
    const alone = setUp(new ReportingBackend(5));
    await alone.metrics.close();
    expect(alone.problems).toMatchObject([{ code: 'lost_at_close', count: 5, message: 'The server is away.' }]);
    const both = setUp(combine(new ReportingBackend(5), new LossyBackend(2)));
    await both.metrics.close();
    expect(both.problems).toMatchObject([
      { code: 'lost_at_close', count: 5 },
      { code: 'lost_at_close', count: 2 },
    ]);
  });

  it('are a problem each time, also within a minute', async () => {
    const { metrics, problems } = setUp(new LossyBackend(5));
    const onError = (problem: Problem) => problems.push(problem);
    metrics.register(new LossyBackend(3), { replace: true, onError });
    for (let index = 0; index < 7; index += 1) metrics.incr('x');
    await metrics.close();
    expect(problems.map(({ code, count }) => [code, count])).toEqual([
      ['lost_at_close', 5],
      ['lost_at_close', 3],
    ]);
  });

  it('include those that are pending when a close misses its deadline', async () => {
    const backend = new SlowBackend();
    backend.stats = () => ({ accepted: 7, sent: 3, dropped: {}, pending: 4, sampledOut: 0 });
    const { metrics, problems } = setUp(backend);
    await metrics.close({ timeout: 5 });
    expect(problems).toMatchObject([{ code: 'lost_at_close', count: 4 }]);
    expect(metrics.stats().backend).toMatchObject({ accepted: 7, pending: 4 });
  });

  it('are those of the end, not those that were lost before, nor those of other problems', async () => {
    class ReportingBackend extends LossyBackend {
      override async close(): Promise<void> {
        await super.close();
        this.host?.report({ code: 'slow_server', count: 4, message: 'It is slow.' });
      }
    }
    const backend = new ReportingBackend(2);
    backend.lost = 3;
    const { metrics, problems } = setUp(backend);
    await metrics.close();
    expect(problems.map(({ code, count }) => [code, count])).toEqual([
      ['slow_server', 4],
      ['lost_at_close', 2],
    ]);
  });

  it('are no problem if there are none', async () => {
    const { metrics, problems } = setUp(new LossyBackend(0));
    await metrics.close();
    expect(problems).toEqual([]);
  });
});

describe('stats().backend', () => {
  it('sums all backends since the start: active, replaced and closed ones', async () => {
    const metrics = createMetrics({ backend: new LossyBackend(1), onError: () => {} });
    metrics.incr('x');
    metrics.register(new LossyBackend(2), { replace: true, onError: () => {} });
    for (let index = 0; index < 3; index += 1) metrics.incr('x');
    await metrics.flush();
    expect(metrics.stats().backend).toEqual({
      accepted: 4,
      sent: 3,
      dropped: { timeout: 1 },
      pending: 0,
      sampledOut: 2,
    });
    await metrics.close();
    const all = { accepted: 4, sent: 1, dropped: { timeout: 3 }, pending: 0, sampledOut: 2 };
    expect(metrics.stats().backend).toEqual(all);
    metrics.register(new JournalBackend());
    metrics.incr('x');
    expect(metrics.stats().backend).toEqual({ ...all, accepted: 5, sent: 2 });
  });

  it('counts a backend for tests once, also if it is replaced, restored and disposed', async () => {
    const metrics = createMetrics();
    const recorder = replaceable();
    const accepted = (): number => metrics.stats().backend.accepted;
    const first = metrics.register(recorder);
    metrics.incr('x');
    const inner = metrics.register(new JournalBackend());
    metrics.incr('x');
    expect(accepted()).toBe(2);
    inner.dispose();
    first.dispose();
    await metrics.flush();
    expect(accepted()).toBe(2);
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
