import assert from 'node:assert/strict';
import { type ConformanceCheck, conformanceCheck } from './conformance-check.js';
import type { Trial } from './conformance-run.js';

const CALLS = 2000;
const SAMPLED_KINDS = ['counter', 'timing', 'distribution'] as const;

/** What is done with sampling rates: the backend draws, or keeps all, and says which. */
export const samplingChecks: readonly ConformanceCheck[] = [
  conformanceCheck('a rate of 1 keeps every sample', async (trial) => {
    recordSampled(trial, 1);
    assert.equal(trial.audit().sampledOut, 0, 'sampledOut');
    await trial.deliver();
  }),

  conformanceCheck('gauges and sets are never sampled', async (trial) => {
    trial.open(0, { kind: 'gauge', key: 'level' });
    trial.open(1, { kind: 'set', key: 'users' });
    for (let call = 0; call < 100; call += 1) {
      trial.gauge(0, call);
      trial.set(1, `user-${call}`);
    }
    assert.equal(trial.audit().sampledOut, 0, 'sampledOut');
    await trial.deliver();
  }),

  ...[0.5, 0.3, 0.1].map((rate) =>
    conformanceCheck(`at a rate of ${rate}, what arrives stands for all that was recorded`, async (trial) => {
      const { sampled, copies = 1, discards } = trial.capabilities;
      recordSampled(trial, rate);
      const { sampledOut } = trial.audit();
      const drawnCalls = copies * CALLS * SAMPLED_KINDS.filter((kind) => sampled.includes(kind)).length;
      if (drawnCalls === 0) assert.equal(sampledOut, 0, 'sampledOut of a backend that draws nothing');
      else if (discards !== true) {
        // A rate may be rounded to 1/k, which for the rates here is less than a tenth away.
        const share = sampledOut / drawnCalls;
        assert.ok(Math.abs(share - (1 - rate)) < 0.1, `${share} of all samples left out, ${1 - rate} expected`);
      }
      await trial.deliver();
    }),
  ),
];

function recordSampled(trial: Trial, rate: number): void {
  trial.open(0, { kind: 'counter', key: 'sampled' });
  trial.open(1, { kind: 'timing', key: 'sampled.duration' });
  trial.open(2, { kind: 'distribution', key: 'sampled.size' });
  for (let call = 0; call < CALLS; call += 1) {
    trial.incr(0, 2, rate);
    trial.timing(1, 12.5, rate);
    trial.distribution(2, 100, rate);
  }
}
