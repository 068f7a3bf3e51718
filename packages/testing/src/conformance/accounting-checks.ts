import assert from 'node:assert/strict';
import { type ConformanceCheck, conformanceCheck } from './conformance-check.js';

/** The rules of `stats`. Every check verifies them; these choose difficult moments. */
export const accountingChecks: readonly ConformanceCheck[] = [
  conformanceCheck('a new backend has counted nothing', (run) => {
    const { accepted, sampledOut } = run.checkStats();
    assert.deepEqual({ accepted, sampledOut }, { accepted: 0, sampledOut: 0 });
  }),

  conformanceCheck('after every single call all samples are sent, dropped or pending', async (run) => {
    run.recordEverything();
    run.open(5, { kind: 'counter', key: 'each' });
    run.open(6, { kind: 'timing', key: 'each.timing' });
    for (let call = 0; call < 100; call += 1) {
      run.incr(5);
      run.checkStats();
      run.timing(6, call);
      run.checkStats();
      run.set(4, `member-${call}`);
      run.checkStats();
      if (call === 50) await run.flush();
    }
    await run.deliver();
  }),

  conformanceCheck('during a flush all samples are sent, dropped or pending', async (run) => {
    run.open(0, { kind: 'counter', key: 'during' });
    run.open(1, { kind: 'timing', key: 'during.timing' });
    for (let call = 0; call < 2000; call += 1) {
      run.incr(0);
      run.timing(1, call);
    }
    const flush = run.startFlush();
    for (let turn = 0; turn < 200 && !flush.done; turn += 1) {
      run.checkStats();
      // Each of these samples meets the flush at a different point.
      if (turn < 20) run.incr(0);
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    await flush.resolved();
    await run.deliver();
  }),

  conformanceCheck('stats are a snapshot that later samples do not change', (run) => {
    run.recordEverything();
    const stats = run.backend.stats();
    const before = JSON.stringify(stats);
    run.recordOnAll();
    assert.equal(JSON.stringify(stats), before);
  }),
];
