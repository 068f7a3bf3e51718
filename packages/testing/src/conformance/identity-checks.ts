import type { MetricKind } from '@metrics/core';
import { type ConformanceCheck, conformanceCheck } from './conformance-check.js';

const KINDS: readonly MetricKind[] = ['counter', 'gauge', 'timing', 'distribution', 'set'];

/** What `open` and `release` promise: an id is one series until it is released, and no sample goes to another. */
export const identityChecks: readonly ConformanceCheck[] = [
  conformanceCheck('series do not mix, in whatever order their ids are opened', async (trial) => {
    const ids = Array.from({ length: 200 }, (_, index) => (index * 77) % 200);
    for (const id of ids) trial.open(id, { kind: 'counter', key: `of.${id % 20}`, tags: { shard: `${id}` } });
    for (let id = 0; id < 200; id += 1) trial.incr(id, id + 1);
    for (const id of ids) trial.incr(id, 1000);
    await trial.deliver();
  }),

  conformanceCheck('a released id still delivers what it recorded', async (trial) => {
    trial.recordEverything();
    for (let id = 0; id < 5; id += 1) trial.release(id);
    trial.audit();
    await trial.deliver();
  }),

  conformanceCheck('a released id can come back as another series, of another kind', async (trial) => {
    for (let round = 0; round < 10; round += 1) {
      KINDS.forEach((_, id) => {
        const kind = KINDS[(id + round) % KINDS.length]!;
        trial.open(id, { kind, key: `round.${round}.${kind}` });
        if (kind === 'counter') trial.incr(id, round + 1);
        else if (kind === 'gauge') trial.gauge(id, round + 1);
        else if (kind === 'timing') trial.timing(id, round + 1);
        else if (kind === 'distribution') trial.distribution(id, round + 1);
        else trial.set(id, `member-${round}`);
        trial.release(id);
      });
      // Every other round the id comes back while the data of its predecessor still waits.
      if (round % 2 === 0) await trial.flush();
    }
    await trial.deliver();
  }),

  conformanceCheck('a series that was released and opened again goes on where it was', async (trial) => {
    for (let round = 0; round < 4; round += 1) {
      trial.open(round, { kind: 'counter', key: 'again', tags: { status: '200' } });
      trial.incr(round, 5);
      trial.release(round);
      if (round === 2) await trial.deliver();
    }
    await trial.deliver();
  }),

  conformanceCheck('equal series under two ids are one series to the receiver', async (trial) => {
    trial.open(0, { kind: 'counter', key: 'twice' });
    trial.open(1, { kind: 'counter', key: 'twice' });
    trial.open(2, { kind: 'gauge', key: 'twice.level' });
    trial.open(3, { kind: 'gauge', key: 'twice.level' });
    trial.incr(0, 1);
    trial.incr(1, 10);
    trial.incr(0, 100);
    for (const [id, value] of [
      [2, 1],
      [3, 2],
      [2, 3],
    ] as const)
      trial.gauge(id, value);
    await trial.deliver();
    trial.release(0);
    trial.release(2);
    trial.incr(1, 1000);
    trial.gauge(3, 4);
    await trial.deliver();
  }),

  conformanceCheck('100,000 short-lived series leave the books right', async (trial) => {
    const waves = 50;
    const idsPerWave = 2000;
    for (let wave = 0; wave < waves; wave += 1) {
      for (let id = 0; id < idsPerWave; id += 1) {
        trial.open(id, { kind: 'counter', key: `wave.${wave}.${id}` });
        trial.incr(id, 1);
        trial.release(id);
      }
      if (wave % 5 === 4) await trial.flush();
    }
    trial.audit();
  }),
];
