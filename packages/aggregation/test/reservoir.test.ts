import * as fc from 'fast-check';
import type { SampleBufferOptions } from '../src/index.js';
import { setUp } from './set-up.js';

function reservoir(options: Partial<SampleBufferOptions> = {}) {
  return setUp({ overflow: 'reservoir', maxSlotValues: 10, ...options });
}

/** Returns a seeded generator, so that a failure can be reproduced. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

test('as long as all values fit, all are kept', () => {
  const { buffer, drain, stats, writer } = reservoir();
  buffer.open(0, 'timing', [5]);
  for (let value = 0; value < 10; value += 1) buffer.value(0, value, 1);
  drain();
  expect(writer.written.map(({ value, weight }) => [value, weight])).toEqual(
    Array.from({ length: 10 }, (_, value) => [value, 1]),
  );
  expect(stats()).toMatchObject({ accepted: 10, sent: 10, sampledOut: 0 });
});

test('the weights of the kept values add up to the number of all, and the stats count the skipped ones', () => {
  const calls = fc.integer({ min: 0, max: 500 });
  const kinds = fc.constantFrom('timing' as const, 'distribution' as const, 'histogram' as const);
  fc.assert(
    fc.property(calls, fc.integer({ min: 1, max: 40 }), fc.integer(), kinds, (count, maxSlotValues, seed, kind) => {
      const { buffer, drain, stats, writer } = reservoir({ maxSlotValues, random: seeded(seed) });
      buffer.open(0, kind, [5]);
      for (let value = 0; value < count; value += 1) buffer.value(0, value, 1);
      drain();
      const kept = Math.min(count, maxSlotValues);
      expect(writer.written).toHaveLength(kept);
      expect(new Set(writer.written.map(({ value }) => value)).size).toBe(kept);
      expect(writer.written.reduce((sum, { weight }) => sum + weight, 0)).toBe(count);
      expect(stats()).toEqual({ accepted: kept, sent: kept, dropped: {}, pending: 0, sampledOut: count - kept });
    }),
  );
});

test('every value is as likely to be kept as any other, whenever it was recorded', () => {
  const weights = Array.from({ length: 35 }, () => 0);
  const rounds = 20_000;
  const { buffer, drain, writer } = reservoir({ random: seeded(7) });
  buffer.open(0, 'timing', [5]);
  for (let round = 0; round < rounds; round += 1) {
    for (let value = 0; value < 35; value += 1) buffer.value(0, value, 1);
    drain();
    for (const { value, weight } of writer.written.splice(0)) weights[value as number]! += weight;
  }
  // On average, each value represents one. The measured standard deviation is 0.012; the limit is five of them.
  for (const weight of weights) expect(Math.abs(weight / rounds - 1)).toBeLessThan(0.06);
});

test('the weight of a sampling rate multiplies with that of the reservoir', () => {
  const { buffer, drain, writer } = reservoir({ maxSlotValues: 4, random: () => 0 });
  buffer.open(0, 'histogram', [5]);
  for (let value = 0; value < 9; value += 1) buffer.value(0, value, 0.2);
  drain();
  expect(writer.written.map(({ weight }) => weight)).toEqual([15, 10, 10, 10]);
});

test('counters and gauges that are not merged are never skipped', () => {
  const { buffer, drain, stats, values } = reservoir({ merge: false, maxSlotValues: 4 });
  buffer.open(0, 'counter', [5]);
  buffer.open(1, 'gauge', [5]);
  for (let value = 0; value < 10; value += 1) {
    buffer.incr(0, value, 1);
    buffer.gauge(1, value);
  }
  drain();
  expect(values()).toHaveLength(20);
  expect(stats()).toMatchObject({ accepted: 20, sent: 20, sampledOut: 0 });
});

test('without a reservoir, a full batch is drained before the window ends', () => {
  const { buffer, drain, values } = setUp({ maxSlotValues: 100 });
  let drains = 0;
  buffer.onDrainNeeded = () => {
    drains += 1;
  };
  buffer.open(0, 'timing', [5]);
  for (let value = 0; value < 250; value += 1) buffer.value(0, value, 1);
  expect(drains).toBe(2);
  drain();
  expect(values()).toEqual(Array.from({ length: 250 }, (_, value) => value));
});
