import assert from 'node:assert/strict';
import { type ConformanceCheck, conformanceCheck } from './conformance-check.js';

/** What `stats` promises. Every check audits; these choose the moments. */
export const accountingChecks: readonly ConformanceCheck[] = [
  conformanceCheck('a new backend has counted nothing', (trial) => {
    const { accepted, sampledOut } = trial.audit();
    assert.deepEqual({ accepted, sampledOut }, { accepted: 0, sampledOut: 0 });
  }),

  conformanceCheck('after every single call all samples are sent, dropped or pending', async (trial) => {
    trial.recordEverything();
    trial.open(5, { kind: 'counter', key: 'each' });
    trial.open(6, { kind: 'timing', key: 'each.timing' });
    for (let call = 0; call < 100; call += 1) {
      trial.incr(5);
      trial.audit();
      trial.timing(6, call);
      trial.audit();
      trial.set(4, `member-${call}`);
      trial.audit();
      if (call === 50) await trial.flush();
    }
    await trial.deliver();
  }),

  conformanceCheck('while a flush is under way all samples are sent, dropped or pending', async (trial) => {
    trial.open(0, { kind: 'counter', key: 'during' });
    trial.open(1, { kind: 'timing', key: 'during.timing' });
    for (let call = 0; call < 2000; call += 1) {
      trial.incr(0);
      trial.timing(1, call);
    }
    const flush = trial.startFlush();
    for (let turn = 0; turn < 200 && !flush.done; turn += 1) {
      trial.audit();
      // Each of these meets the flush at another point.
      if (turn < 20) trial.incr(0);
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    await flush.resolved();
    await trial.deliver();
  }),

  conformanceCheck('stats are a snapshot that later samples do not change', (trial) => {
    trial.recordEverything();
    const stats = trial.backend.stats();
    const before = JSON.stringify(stats);
    trial.recordOnAll();
    assert.equal(JSON.stringify(stats), before);
  }),
];
