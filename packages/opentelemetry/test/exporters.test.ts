// Exporters that break their contract: never an exception, every sample counted.

import type { MetricExporter } from '../src/index.js';
import { OpenTelemetryBackend } from '../src/index.js';
import { open, setUp } from './set-up.js';

type Callback = Parameters<MetricExporter['export']>[1];

function exporter(send: (callback: Callback) => void, others: Partial<MetricExporter> = {}): MetricExporter {
  return {
    export: (_, callback) => send(callback),
    forceFlush: async () => {},
    shutdown: async () => {},
    ...others,
  };
}
const succeed = { code: 0 };

test.each<[string, MetricExporter]>([
  [
    'throws',
    exporter(() => {
      throw new Error('broken');
    }),
  ],
  [
    'throws something that is not an Error',
    exporter(() => {
      throw undefined;
    }),
  ],
  ['never calls back', exporter(() => {})],
  ['calls back with nothing', exporter((callback) => callback(undefined as never))],
  ['fails without an error', exporter((callback) => callback({ code: 1 }))],
  ['never shuts down', exporter(() => {}, { shutdown: () => new Promise(() => {}) })],
  [
    'rejects its shutdown',
    exporter((callback) => callback({ code: 1 }), {
      shutdown: async () => {
        throw new Error('broken');
      },
    }),
  ],
  [
    'throws in its selectors',
    exporter(() => {}, {
      selectAggregation: () => {
        throw new Error('a');
      },
      selectAggregationTemporality: () => {
        throw new Error('b');
      },
    }),
  ],
])('an exporter that %s: samples wait, are counted and reported, and close keeps its deadline', async (_, broken) => {
  const { backend, metrics, problems } = setUp({ exporter: broken, timeout: 50 });
  metrics.incr('jobs', 3);
  await metrics.flush();
  expect(backend.stats()).toMatchObject({ accepted: 1, sent: 0, pending: 1 });
  const began = performance.now();
  await metrics.close({ timeout: 200 });
  expect(performance.now() - began).toBeLessThan(5000);
  expect(backend.stats()).toMatchObject({ accepted: 1, sent: 0, pending: 0, dropped: { timeout: 1 } });
  expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(['export_failed', 'lost_at_close']));
});

test('an exporter that calls back twice counts once', async () => {
  const { backend, metrics } = setUp({
    exporter: exporter((callback) => {
      callback(succeed);
      callback(succeed);
      setImmediate(() => callback({ code: 1 }));
    }),
  });
  metrics.incr('jobs', 3);
  await metrics.flush();
  expect(backend.stats()).toMatchObject({ accepted: 1, sent: 1, pending: 0 });
  await metrics.close();
});

test('close in the middle of an export waits for it, and nothing is exported after the exporter was shut down', async () => {
  const order: string[] = [];
  const slow = exporter(
    (callback) =>
      setTimeout(() => {
        order.push('exported');
        callback(succeed);
      }, 30),
    {
      shutdown: async () => void order.push('shutdown'),
    },
  );
  const { backend, metrics } = setUp({ exporter: slow });
  metrics.incr('jobs');
  const flushed = metrics.flush();
  metrics.incr('jobs');
  await metrics.close();
  await flushed;
  expect(order).toEqual(['exported', 'exported', 'shutdown']);
  await backend.flush();
  expect(backend.stats()).toMatchObject({ sent: 2, pending: 0 });
});

test('attributes of a Resource that never come, or fail, delay an export by its timeout at most', async () => {
  for (const waitForAsyncAttributes of [
    () => new Promise<void>(() => {}),
    () => {
      throw new Error('no metadata');
    },
  ]) {
    const { backend, metrics } = setUp({
      timeout: 50,
      resource: { attributes: {}, asyncAttributesPending: true, waitForAsyncAttributes },
      exporter: exporter((callback) => callback(succeed)),
    });
    metrics.incr('jobs');
    await metrics.flush();
    await metrics.close();
    expect(backend.stats().accepted).toBe(1);
  }
});

test('flushes during an export share the next one', async () => {
  let exports = 0;
  const backend = new OpenTelemetryBackend({
    exporter: exporter((callback) => {
      exports += 1;
      setImmediate(() => callback(succeed));
    }),
  });
  open(backend, 0, 'counter', 'jobs');
  backend.incr(0, 1);
  await Promise.all(Array.from({ length: 20 }, () => backend.flush()));
  expect(exports).toBe(2);
  await backend.close({ timeout: 100 });
});

test('with parts that are refused all the others arrive', async () => {
  let parts = 0;
  const backend = new OpenTelemetryBackend({
    maxExportBatchSize: 10,
    exporter: exporter((callback) => callback({ code: (parts += 1) === 1 ? 1 : 0 })),
  });
  for (let id = 0; id < 50; id += 1) {
    open(backend, id, 'counter', 'jobs', `${id}`);
    backend.incr(id, 1);
  }
  await backend.flush();
  expect(backend.stats()).toMatchObject({ sent: 40, pending: 10 });
  await backend.close({ timeout: 100 });
  expect(backend.stats()).toMatchObject({ sent: 50, pending: 0 });
});

test.each([
  [{ exporter: {} }, /exporter must be a metric exporter.*has no export\(\)/],
  [{ exporter: null }, /exporter must be a metric exporter/],
  [{ expoter: {} }, /OpenTelemetryBackend: unknown option "expoter"; did you mean "exporter"/],
  [{ interval: 0 }, /interval must be an integer from 1/],
  [{ timeout: 1.5 }, /timeout must be an integer/],
  [{ maxExportBatchSize: 0 }, /maxExportBatchSize/],
  [{ resource: 'shop' }, /resource must be attributes or a Resource, not "shop"/],
])('an invalid option is an error that shows it: %j', (options, message) => {
  expect(() => new OpenTelemetryBackend(options as never)).toThrow(message);
});

test('asynchronous attributes of a Resource are awaited before the first export', async () => {
  const attributes: Record<string, string> = {};
  const resource = {
    attributes,
    asyncAttributesPending: true,
    waitForAsyncAttributes: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      attributes['host.id'] = 'seven';
    },
  };
  const exported: string[] = [];
  const { metrics } = setUp({
    resource,
    exporter: {
      ...exporter(() => {}),
      export: (data: never, callback) => {
        exported.push(JSON.stringify((data as { resource: { attributes: object } }).resource.attributes));
        callback({ code: 0 });
      },
    },
  });
  metrics.incr('jobs');
  await metrics.close();
  expect(exported).toEqual(['{"host.id":"seven"}']);
});

test('an observed gauge that flushes, even when it is read for an export: one export at a time, and all samples arrive', async () => {
  let running = 0;
  let most = 0;
  const slow = exporter((callback) => {
    running += 1;
    most = Math.max(most, running);
    setTimeout(() => {
      running -= 1;
      callback(succeed);
    }, 5);
  });
  const { backend, metrics } = setUp({ exporter: slow, interval: 20 });
  metrics.defineGauge('observed', {
    observe: () => {
      void metrics.flush();
      return 1;
    },
  });
  // The interval reads observed gauges at most once a second.
  const until = performance.now() + 1500;
  while (performance.now() < until) {
    metrics.incr('jobs');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await metrics.close();
  const { accepted, sent, pending } = backend.stats();
  expect([most, sent, pending]).toEqual([1, accepted, 0]);
});
