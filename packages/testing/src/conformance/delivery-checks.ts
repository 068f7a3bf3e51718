import { type ConformanceCheck, conformanceCheck } from './conformance-check.js';

/** What `flush` promises: everything recorded before the call was handed over, with its value. */
export const deliveryChecks: readonly ConformanceCheck[] = [
  conformanceCheck('a flush delivers every kind of sample', async (trial) => {
    trial.recordEverything();
    await trial.deliver();
    trial.recordOnAll();
    await trial.deliver();
  }),

  conformanceCheck('counters add up, gauges keep the last value, timings and distributions keep all', async (trial) => {
    trial.open(0, { kind: 'counter', key: 'count' });
    trial.open(1, { kind: 'gauge', key: 'level' });
    trial.open(2, { kind: 'timing', key: 'duration' });
    trial.open(3, { kind: 'distribution', key: 'size' });
    trial.open(4, { kind: 'set', key: 'users' });
    for (let round = 0; round < 3; round += 1) {
      for (let call = 0; call < 100; call += 1) {
        trial.incr(0, call % 7 === 0 ? -2.5 : call);
        trial.gauge(1, (call % 2 === 0 ? 1 : -1) * (call + round / 4));
        trial.timing(2, (call % 10) + 0.5);
        trial.distribution(3, call * 1000);
        trial.set(4, `user-${call % 9}`);
      }
      await trial.deliver();
    }
  }),

  conformanceCheck('a gauge that was given the same value again is delivered again or stands', async (trial) => {
    trial.open(0, { kind: 'gauge', key: 'level' });
    for (const value of [-5, -5, 0, -0.25, 7, 7]) {
      trial.gauge(0, value);
      await trial.deliver();
    }
  }),

  conformanceCheck('a series arrives under its name, with its tags and its instance', async (trial) => {
    trial.open(0, { kind: 'counter', key: 'requests', tags: { method: 'get', status: '200' } });
    trial.open(1, { kind: 'counter', key: 'jobs', instance: 'worker-1' });
    trial.open(2, { kind: 'counter', key: 'tasks', tags: { queue: 'mail' }, instance: 'worker-2' });
    for (const id of [0, 1, 2]) trial.incr(id, id + 1);
    await trial.deliver();
  }),

  conformanceCheck(
    'flushes resolve when there is nothing to flush, and when there are several at once',
    async (trial) => {
      await trial.deliver();
      trial.recordEverything();
      await Promise.all([trial.flush(), trial.flush(), trial.flush()]);
      await trial.deliver();
      await trial.deliver();
    },
  ),

  conformanceCheck('what is recorded during a flush arrives with it or with the next', async (trial) => {
    trial.recordEverything();
    const flushes = [trial.startFlush()];
    for (let turn = 0; turn < 10; turn += 1) {
      trial.recordOnAll();
      // Some recordings meet the flush before it went to sleep, others while it waits for the transport.
      await (turn < 5 ? Promise.resolve() : new Promise((resolve) => setImmediate(resolve)));
      flushes.push(trial.startFlush());
    }
    trial.recordOnAll();
    await trial.deliver();
    for (const flush of flushes) await flush.resolved();
  }),

  conformanceCheck('a value with a time of its own keeps it', async (trial) => {
    trial.open(0, { kind: 'counter', key: 'imported' });
    trial.open(1, { kind: 'gauge', key: 'imported.level' });
    for (const minute of [0, 1, 2]) {
      trial.recordAt(0, 10 + minute, trial.now - 60 * minute);
      trial.recordAt(1, 0 - minute, trial.now - 60 * minute);
    }
    trial.incr(0, 1);
    trial.gauge(1, 4);
    await trial.deliver();
  }),

  conformanceCheck('events and service checks arrive, each counted as one sample', async (trial) => {
    for (const alertType of ['error', 'warning', 'info', 'success'] as const) {
      trial.event({ title: `an ${alertType}`, text: 'two\nlines', alertType, tags: { service: 'shop' } });
    }
    for (const status of ['ok', 'warning', 'critical', 'unknown'] as const) {
      trial.serviceCheck({ name: 'database', status, message: 'as expected', timestamp: trial.now });
    }
    await trial.deliver();
  }),
];
