import assert from 'node:assert/strict';
import { type ConformanceCheck, conformanceCheck } from './conformance-check.js';
import type { ConformanceRun } from './conformance-run.js';

const CALLS = 2000;
const SAMPLED_KINDS = ['counter', 'timing', 'distribution'] as const;

/** The rules of sample rates: the backend draws samples or keeps all, as its capabilities say. */
export const samplingChecks: readonly ConformanceCheck[] = [
  conformanceCheck('a rate of 1 keeps every sample', async (run) => {
    recordSampled(run, 1);
    assert.equal(run.checkStats().sampledOut, 0, 'sampledOut');
    await run.deliver();
  }),

  conformanceCheck('gauges and sets are never sampled', async (run) => {
    run.open(0, { kind: 'gauge', key: 'level' });
    run.open(1, { kind: 'set', key: 'users' });
    for (let call = 0; call < 100; call += 1) {
      run.gauge(0, call);
      run.set(1, `user-${call}`);
    }
    assert.equal(run.checkStats().sampledOut, 0, 'sampledOut');
    await run.deliver();
  }),

  ...[0.5, 0.3, 0.1].map((rate) =>
    conformanceCheck(`at a rate of ${rate}, delivered samples add up to all that were recorded`, async (run) => {
      const { sampled, copies = 1, discards } = run.capabilities;
      recordSampled(run, rate);
      const { sampledOut } = run.checkStats();
      const drawnCalls = copies * CALLS * SAMPLED_KINDS.filter((kind) => sampled.includes(kind)).length;
      if (drawnCalls === 0) assert.equal(sampledOut, 0, 'sampledOut of a backend that draws nothing');
      else if (discards !== true) {
        // A backend may round a rate to 1/k, which changes the rates here by less than a tenth.
        const share = sampledOut / drawnCalls;
        assert.ok(Math.abs(share - (1 - rate)) < 0.1, `${share} of all samples skipped, ${1 - rate} expected`);
      }
      await run.deliver();
    }),
  ),
];

function recordSampled(run: ConformanceRun, rate: number): void {
  run.open(0, { kind: 'counter', key: 'sampled' });
  run.open(1, { kind: 'timing', key: 'sampled.duration' });
  run.open(2, { kind: 'distribution', key: 'sampled.size' });
  for (let call = 0; call < CALLS; call += 1) {
    run.incr(0, 2, rate);
    run.timing(1, 12.5, rate);
    run.distribution(2, 100, rate);
  }
}
