import * as fc from 'fast-check';
import type { SampleBufferOptions } from '../src/index.js';
import { setUp } from './set-up.js';

function reservoir(options: Partial<SampleBufferOptions> = {}) {
  return setUp({ overflow: 'reservoir', maxSlotValues: 10, ...options });
}

/** A generator of its own, so that a failure comes back. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

test('as long as all values fit, they are all there', () => {
  const { columns, drain, stats, writer } = reservoir();
  columns.open(0, 'timing', [5]);
  for (let value = 0; value < 10; value += 1) columns.value(0, value, 1);
  drain();
  expect(writer.written.map(({ value, inverse }) => [value, inverse])).toEqual(
    Array.from({ length: 10 }, (_, value) => [value, 1]),
  );
  expect(stats()).toMatchObject({ accepted: 10, sent: 10, sampledOut: 0 });
});

test('the inverses of the rates add up to all values there were, and the books say how many were left out', () => {
  const calls = fc.integer({ min: 0, max: 500 });
  fc.assert(
    fc.property(calls, fc.integer({ min: 1, max: 40 }), fc.integer(), (count, maxSlotValues, seed) => {
      const { columns, drain, stats, writer } = reservoir({ maxSlotValues, random: seeded(seed) });
      columns.open(0, 'distribution', [5]);
      for (let value = 0; value < count; value += 1) columns.value(0, value, 1);
      drain();
      const kept = Math.min(count, maxSlotValues);
      expect(writer.written).toHaveLength(kept);
      expect(new Set(writer.written.map(({ value }) => value)).size).toBe(kept);
      expect(writer.written.reduce((sum, { inverse }) => sum + inverse, 0)).toBe(count);
      expect(stats()).toEqual({ accepted: kept, sent: kept, dropped: {}, pending: 0, sampledOut: count - kept });
    }),
  );
});

test('every value is as likely as any other, whenever it came', () => {
  const weights = Array.from({ length: 35 }, () => 0);
  const rounds = 20_000;
  const { columns, drain, writer } = reservoir({ random: seeded(7) });
  columns.open(0, 'timing', [5]);
  for (let round = 0; round < rounds; round += 1) {
    for (let value = 0; value < 35; value += 1) columns.value(0, value, 1);
    drain();
    for (const { value, inverse } of writer.written.splice(0)) weights[value as number]! += inverse;
  }
  // Each stands for itself in the mean. The standard deviation of one is 0.012, measured; this is five of them.
  for (const weight of weights) expect(Math.abs(weight / rounds - 1)).toBeLessThan(0.06);
});

test('the rate of a draw before the reservoir multiplies', () => {
  const { columns, drain, writer } = reservoir({ maxSlotValues: 4, random: () => 0 });
  columns.open(0, 'histogram', [5]);
  for (let value = 0; value < 9; value += 1) columns.value(0, value, 0.2);
  drain();
  expect(writer.written.map(({ inverse }) => inverse)).toEqual([15, 10, 10, 10]);
});

test('counters and gauges that are not merged are never left out', () => {
  const { columns, drain, stats, values } = reservoir({ merge: false, maxSlotValues: 4 });
  columns.open(0, 'counter', [5]);
  columns.open(1, 'gauge', [5]);
  for (let value = 0; value < 10; value += 1) {
    columns.incr(0, value, 1);
    columns.gauge(1, value);
  }
  drain();
  expect(values()).toHaveLength(20);
  expect(stats()).toMatchObject({ accepted: 20, sent: 20, sampledOut: 0 });
});

test('without one, as many values as are kept together are drained before the window ends', () => {
  const { columns, drain, values } = setUp({ maxSlotValues: 100 });
  let pressure = 0;
  columns.onDrainNeeded = () => {
    pressure += 1;
  };
  columns.open(0, 'timing', [5]);
  for (let value = 0; value < 250; value += 1) columns.value(0, value, 1);
  expect(pressure).toBe(2);
  drain();
  expect(values()).toEqual(Array.from({ length: 250 }, (_, value) => value));
});
