import { type ConformanceCheck, conformanceCheck } from './conformance-check.js';

/** The rules of `flush`: everything recorded before the call is delivered, with its value. */
export const deliveryChecks: readonly ConformanceCheck[] = [
  conformanceCheck('a flush delivers every kind of sample', async (run) => {
    run.recordEverything();
    await run.deliver();
    run.recordOnAll();
    await run.deliver();
  }),

  conformanceCheck('counters add up, gauges keep the last value, timings and distributions keep all', async (run) => {
    run.open(0, { kind: 'counter', key: 'count' });
    run.open(1, { kind: 'gauge', key: 'level' });
    run.open(2, { kind: 'timing', key: 'duration' });
    run.open(3, { kind: 'distribution', key: 'size' });
    run.open(4, { kind: 'set', key: 'users' });
    for (let round = 0; round < 3; round += 1) {
      for (let call = 0; call < 100; call += 1) {
        run.incr(0, call % 7 === 0 ? -2.5 : call);
        run.gauge(1, (call % 2 === 0 ? 1 : -1) * (call + round / 4));
        run.timing(2, (call % 10) + 0.5);
        run.distribution(3, call * 1000);
        run.set(4, `user-${call % 9}`);
      }
      await run.deliver();
    }
  }),

  conformanceCheck('a metric that is declared with buckets is counted in them, or as without', async (run) => {
    run.open(0, { kind: 'timing', key: 'query', buckets: [1, 25, 400] });
    run.open(1, { kind: 'distribution', key: 'size', buckets: [10, 10.5, 35, 1e6] });
    for (const value of [0, 0.5, 1, 1.5, 25, 26, 400, 1e5]) {
      run.timing(0, value);
      run.distribution(1, value + 10);
    }
    await run.deliver();
  }),

  conformanceCheck('a gauge that is set to the same value again is delivered again or keeps it', async (run) => {
    run.open(0, { kind: 'gauge', key: 'level' });
    for (const value of [-5, -5, 0, -0.25, 7, 7]) {
      run.gauge(0, value);
      await run.deliver();
    }
  }),

  conformanceCheck('a series arrives under its name, with its tags and its instance', async (run) => {
    run.open(0, { kind: 'counter', key: 'requests', tags: { method: 'get', status: '200' } });
    run.open(1, { kind: 'counter', key: 'jobs', instance: 'worker-1' });
    run.open(2, { kind: 'counter', key: 'tasks', tags: { queue: 'mail' }, instance: 'worker-2' });
    for (const id of [0, 1, 2]) run.incr(id, id + 1);
    await run.deliver();
  }),

  conformanceCheck(
    'flushes resolve when there is nothing to flush, and when several run at the same time',
    async (run) => {
      await run.deliver();
      run.recordEverything();
      await Promise.all([run.flush(), run.flush(), run.flush()]);
      await run.deliver();
      await run.deliver();
    },
  ),

  conformanceCheck('what is recorded during a flush arrives with it or with the next', async (run) => {
    run.recordEverything();
    const flushes = [run.startFlush()];
    for (let turn = 0; turn < 10; turn += 1) {
      run.recordOnAll();
      // Some samples are recorded before the flush waits for the transport, others while it waits.
      await (turn < 5 ? Promise.resolve() : new Promise((resolve) => setImmediate(resolve)));
      flushes.push(run.startFlush());
    }
    run.recordOnAll();
    await run.deliver();
    for (const flush of flushes) await flush.resolved();
  }),

  conformanceCheck('a value with its own timestamp keeps it', async (run) => {
    run.open(0, { kind: 'counter', key: 'imported' });
    run.open(1, { kind: 'gauge', key: 'imported.level' });
    for (const minute of [0, 1, 2]) {
      run.recordAt(0, 10 + minute, run.now - 60 * minute);
      run.recordAt(1, 0 - minute, run.now - 60 * minute);
    }
    run.incr(0, 1);
    run.gauge(1, 4);
    await run.deliver();
  }),

  conformanceCheck('events and service checks arrive, each counted as one sample', async (run) => {
    for (const alertType of ['error', 'warning', 'info', 'success'] as const) {
      run.event({ title: `an ${alertType}`, text: 'two\nlines', alertType, tags: [['service', 'shop']] });
    }
    for (const status of ['ok', 'warning', 'critical', 'unknown'] as const) {
      run.serviceCheck({ name: 'database', status, message: 'as expected', timestamp: run.now });
    }
    await run.deliver();
  }),
];
