import type { MetricKind } from '@metrics/core';
import { type ConformanceCheck, conformanceCheck } from './conformance-check.js';

const KINDS: readonly MetricKind[] = ['counter', 'gauge', 'timing', 'distribution', 'set'];

/**
 * The rules of `open` and `release`: an id is one series until it is released, and no sample reaches another series.
 */
export const identityChecks: readonly ConformanceCheck[] = [
  conformanceCheck('series do not mix, in whatever order their ids are opened', async (run) => {
    const ids = Array.from({ length: 200 }, (_, index) => (index * 77) % 200);
    for (const id of ids) run.open(id, { kind: 'counter', key: `of.${id % 20}`, tags: { shard: `${id}` } });
    for (let id = 0; id < 200; id += 1) run.incr(id, id + 1);
    for (const id of ids) run.incr(id, 1000);
    await run.deliver();
  }),

  conformanceCheck('a released id still delivers what it recorded', async (run) => {
    run.recordEverything();
    for (let id = 0; id < 5; id += 1) run.release(id);
    run.checkStats();
    await run.deliver();
  }),

  conformanceCheck('a released id can come back as another series, of another kind', async (run) => {
    for (let round = 0; round < 10; round += 1) {
      KINDS.forEach((_, id) => {
        const kind = KINDS[(id + round) % KINDS.length]!;
        run.open(id, { kind, key: `round.${round}.${kind}` });
        if (kind === 'counter') run.incr(id, round + 1);
        else if (kind === 'gauge') run.gauge(id, round + 1);
        else if (kind === 'timing') run.timing(id, round + 1);
        else if (kind === 'distribution') run.distribution(id, round + 1);
        else run.set(id, `member-${round}`);
        run.release(id);
      });
      // In every other round the id comes back while samples of the previous series are still pending.
      if (round % 2 === 0) await run.flush();
    }
    await run.deliver();
  }),

  conformanceCheck('a series that was released and opened again continues', async (run) => {
    for (let round = 0; round < 4; round += 1) {
      run.open(round, { kind: 'counter', key: 'again', tags: { status: '200' } });
      run.incr(round, 5);
      run.release(round);
      if (round === 2) await run.deliver();
    }
    await run.deliver();
  }),

  conformanceCheck('a gauge that is repeated, ends and comes back has its last value each time', async (run) => {
    for (let round = 1; round <= 4; round += 1) {
      run.open(0, { kind: 'gauge', key: 'observed', tags: { pool: 'a' } });
      run.gauge(0, round);
      await run.deliver();
      // As for a level that does not move, or an observer that reads an equal value.
      run.gauge(0, round);
      run.gauge(0, round);
      run.release(0, true);
      if (round % 2 === 0) await run.deliver();
    }
    run.open(0, { kind: 'gauge', key: 'observed', tags: { pool: 'b' } });
    run.gauge(0, 7);
    await run.deliver();
  }),

  conformanceCheck('equal series under two ids are one series to the receiver', async (run) => {
    run.open(0, { kind: 'counter', key: 'twice' });
    run.open(1, { kind: 'counter', key: 'twice' });
    run.open(2, { kind: 'gauge', key: 'twice.level' });
    run.open(3, { kind: 'gauge', key: 'twice.level' });
    run.incr(0, 1);
    run.incr(1, 10);
    run.incr(0, 100);
    for (const [id, value] of [
      [2, 1],
      [3, 2],
      [2, 3],
    ] as const)
      run.gauge(id, value);
    await run.deliver();
    run.release(0);
    run.release(2);
    run.incr(1, 1000);
    run.gauge(3, 4);
    await run.deliver();
  }),

  conformanceCheck('100,000 short-lived series leave the stats right', async (run) => {
    const waves = 50;
    const idsPerWave = 2000;
    for (let wave = 0; wave < waves; wave += 1) {
      for (let id = 0; id < idsPerWave; id += 1) {
        run.open(id, { kind: 'counter', key: `wave.${wave}.${id}` });
        run.incr(id, 1);
        run.release(id);
      }
      if (wave % 5 === 4) await run.flush();
    }
    run.checkStats();
  }),
];
