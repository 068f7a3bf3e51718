import { createMetrics, DummyMetricsBackend, type Metrics, metrics } from '@metrics/core';
import { capture, type Recording, RecordingBackend } from '../../src/index.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a capture contains what the function records while the dummy is registered', async () => {
  const before = metrics.stats().discarded;
  const seen = await capture(() => {
    metrics.incr('jobs.done', { tags: { status: 200, task: 'mail' } });
    metrics.incr('jobs.done', 2, { tags: { status: '200' } });
    metrics.incr('jobs.done', { tags: { status: 500 } });
    metrics.gauge('queue.length', 4);
    metrics.gauge('queue.length', 7);
    metrics.timing('db.query', 12.5, { tags: { table: 'users' } });
    metrics.distribution('body.size', 512);
    metrics.set('users', 'alice');
  });
  expect(seen.counter('jobs.done')).toBe(4);
  expect(seen.counter('jobs.done', { status: 200 })).toBe(3);
  expect(seen.counter('jobs.done', { status: '200', task: 'mail' })).toBe(1);
  expect(seen.gauge('queue.length')).toBe(7);
  expect(seen.timings('db.query', { table: 'users' })).toEqual([12.5]);
  expect(seen.distributions('body.size')).toEqual([512]);
  expect(seen.members('users')).toEqual(['alice']);
  expect(seen.problems).toEqual([]);
  expect(metrics.stats().discarded).toBe(before);
  metrics.incr('jobs.done');
  expect(metrics.stats().discarded).toBe(before + 1);
  expect(seen.counter('jobs.done')).toBe(4);
});

describe('with a backend registered', () => {
  let own: Metrics;
  let backend: RecordingBackend;

  beforeEach(() => {
    own = createMetrics();
    backend = new RecordingBackend();
    // Without it problems become process warnings, which would be printed here.
    own.register(backend, { prefix: 'shop.', tags: { region: 'eu' }, onError: () => {} });
  });

  test('samples reach it and the capture alike, with prefix and registered tags', async () => {
    const seen = await capture(() => own.incr('jobs.done', 3), { metrics: own });
    expect(seen.samples()).toEqual(backend.recorded.samples());
    expect(seen.samples({ name: 'shop.jobs.done' })).toMatchObject([
      { key: 'jobs.done', value: 3, tags: { region: 'eu' } },
    ]);
  });

  test('a capture contains series, instruments and handles that existed before', async () => {
    const counter = own.defineCounter('requests', { tags: ['method'] });
    const handle = counter.with({ method: 'get' });
    const child = own.child({ prefix: 'db.', tags: { pool: 'main' } });
    const recordAll = () => {
      own.incr('plain');
      counter.incr({ method: 'post' });
      handle.incr();
      child.timing('query', 3);
      own.withTags({ tenant: 'acme' }, () => own.incr('in.context'));
    };
    recordAll();
    const seen = await capture(recordAll, { metrics: own });
    recordAll();
    expect(seen.counter('plain')).toBe(1);
    expect(seen.counter('requests')).toBe(2);
    expect(seen.counter('requests', { method: 'get' })).toBe(1);
    expect(seen.timings('db.query', { pool: 'main' })).toEqual([3]);
    expect(seen.counter('in.context', { tenant: 'acme' })).toBe(1);
    expect(backend.recorded.counter('requests')).toBe(6);
  });

  test('captures at the same time are isolated, across awaits', async () => {
    const handle = own.defineCounter('steps').with({});
    const work = async (worker: number) => {
      for (let step = 0; step < 20; step += 1) {
        own.incr('work', { tags: { worker } });
        handle.incr(worker);
        if (step % 2 === 0) await turn();
        else await Promise.resolve();
      }
    };
    const workers = [1, 2, 3, 4, 5];
    const all = await Promise.all(workers.map((worker) => capture(() => work(worker), { metrics: own })));
    all.forEach((seen, index) => {
      const worker = workers[index]!;
      expect(seen.counter('work')).toBe(20);
      expect(seen.counter('work', { worker })).toBe(20);
      expect(seen.counter('steps')).toBe(20 * worker);
    });
    expect(backend.recorded.counter('work')).toBe(100);
  });

  test('the samples of a nested capture are in both, those around it in the outer one', async () => {
    let inner: Recording | undefined;
    const outer = await capture(
      async () => {
        own.incr('jobs', 1);
        inner = await capture(() => own.incr('jobs', 10), { metrics: own });
        own.incr('jobs', 100);
      },
      { metrics: own },
    );
    expect(inner?.counter('jobs')).toBe(10);
    expect(outer.counter('jobs')).toBe(111);
  });

  test('captures of two instances are isolated, also if nested', async () => {
    const other = createMetrics();
    let inner: Recording | undefined;
    const outer = await capture(
      async () => {
        inner = await capture(
          () => {
            own.incr('jobs', 1);
            other.incr('jobs', 10);
          },
          { metrics: other },
        );
      },
      { metrics: own },
    );
    expect(inner?.counter('jobs')).toBe(10);
    expect(outer.counter('jobs')).toBe(1);
  });

  test('a capture ends with its function, also while others run', async () => {
    let left: Promise<void> | undefined;
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const straggle = async () => {
      own.incr('jobs', 1);
      await gate;
      own.incr('jobs', 10);
    };
    const outer = await capture(
      async () => {
        const inner = await capture(() => void (left = straggle()), { metrics: own });
        expect(inner.counter('jobs')).toBe(1);
        release();
        await left;
        expect(inner.counter('jobs')).toBe(1);
      },
      { metrics: own },
    );
    expect(outer.counter('jobs')).toBe(11);
  });

  test('a capture contains nothing recorded outside of it, also while it runs', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const capturing = capture(() => gate, { metrics: own });
    own.incr('jobs');
    own.gauge('bad', Number.NaN);
    release();
    const seen = await capturing;
    expect(seen.samples()).toEqual([]);
    expect(seen.problems).toEqual([]);
  });

  test.each([
    ['throws', fail],
    ['rejects', async () => fail()],
  ])('a function that %s makes the capture reject, and the tap is released', async (_, failing) => {
    let given: Recording | undefined;
    const capturing = capture(
      (seen) => {
        given = seen;
        own.incr('jobs');
        return failing();
      },
      { metrics: own },
    );
    await expect(capturing).rejects.toThrow('as planned');
    expect(given?.counter('jobs')).toBe(1);
    own.incr('jobs');
    expect(given?.counter('jobs')).toBe(1);
  });

  test('problems contain every dropped sample, one by one', async () => {
    const seen = await capture(
      () => {
        for (let time = 0; time < 3; time += 1) own.gauge('queue.length', Number.NaN);
        own.incr('');
        // @ts-expect-error tags go inside the options
        own.incr('jobs', 1, { status: '200' });
      },
      { metrics: own },
    );
    expect(seen.problems.map(({ code }) => code)).toEqual([
      'invalid_value',
      'invalid_value',
      'invalid_value',
      'invalid_key',
      'invalid_options',
    ]);
    expect(seen.samples()).toEqual([]);
    expect(String(seen)).toContain('problem invalid_value queue.length: ');
  });

  test('a capture contains events and service checks', async () => {
    const seen = await capture(
      () => {
        own.event({ title: 'deployed', text: 'version 7', tags: { service: 'web' } });
        own.serviceCheck({ name: 'database', status: 'ok' });
      },
      { metrics: own },
    );
    expect(seen.events).toMatchObject([{ title: 'deployed', tags: { service: 'web', region: 'eu' } }]);
    expect(seen.serviceChecks).toMatchObject([{ name: 'shop.database', status: 'ok' }]);
  });

  test('a capture contains timers and observed gauges that are read in it', async () => {
    own.defineGauge('queue.length', { observe: () => 9 });
    const seen = await capture(
      async () => {
        await own.timer('jobs.run', async () => turn());
        await own.flush();
      },
      { metrics: own },
    );
    expect(seen.timings('jobs.run', { result: 'success' })).toHaveLength(1);
    expect(seen.gauge('queue.length')).toBe(9);
  });

  test('a capture contains levels, what observers set, and the series that they end', async () => {
    const gauge = own.defineGauge('jobs', { tags: ['queue'] });
    const seen = await capture(
      async (recording) => {
        gauge.add(2, { queue: 'mail' });
        gauge.with({ queue: 'mail' }).add(-1);
        const observation = gauge.observe(({ set }) => set(5, { queue: 'sms' }));
        await own.flush();
        expect(recording.samples({ key: 'jobs', tags: { queue: 'mail' } })).toHaveLength(3);
        expect(recording.gauge('jobs', { queue: 'sms' })).toBe(5);
        expect(recording.ended()).toEqual([]);
        observation.dispose();
      },
      { metrics: own },
    );
    expect(seen.gauge('jobs', { queue: 'mail' })).toBe(1);
    expect(seen.ended({ tags: { queue: 'sms' } })).toMatchObject([{ key: 'jobs', kind: 'gauge' }]);
    expect(seen.ended({ key: 'other' })).toEqual([]);
  });

  test('a capture continues when a backend is registered in it', async () => {
    const next = new RecordingBackend();
    const seen = await capture(
      () => {
        own.incr('jobs', { tags: { of: 'first' } });
        own.incr('tasks');
        own.register(next);
        own.incr('tasks', 10);
        own.incr('jobs', { tags: { of: 'second' } });
      },
      { metrics: own },
    );
    expect(seen.counter('tasks')).toBe(11);
    expect(seen.counter('jobs', { of: 'first' })).toBe(1);
    expect(seen.counter('jobs', { of: 'second' })).toBe(1);
    expect(next.recorded.counter('tasks')).toBe(10);
  });
});

test('while no capture runs there is no tap, so that the dummy costs nothing', async () => {
  const own = createMetrics();
  own.register(new DummyMetricsBackend());
  await Promise.all([1, 2, 3].map(() => capture(() => own.incr('jobs'), { metrics: own })));
  own.incr('jobs');
  expect(own.stats()).toMatchObject({ discarded: 1, series: 0 });
});

test('maxSamples bounds a capture', async () => {
  const seen = await capture(
    () => {
      for (let value = 0; value < 10; value += 1) metrics.timing('db.query', value);
    },
    { maxSamples: 3 },
  );
  expect(seen.timings('db.query')).toEqual([7, 8, 9]);
});

function fail(): never {
  throw new Error('as planned');
}
