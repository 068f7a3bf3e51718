import { Interner } from '@metrics/core/backend';
import * as fc from 'fast-check';
import { SampleAccounting, SampleBuffer, SlotTable, sampleWeight as weightOf } from '../src/index.js';
import { RecordingWriter } from './recording-writer.js';
import { setUp } from './set-up.js';

describe('slots', () => {
  test('ids whose series are rendered alike share a slot: counts add, the last gauge in time wins', () => {
    const { buffer, drain, writer } = setUp();
    buffer.open(0, 'counter', [5, 6]);
    buffer.open(9, 'counter', [5, 6]);
    buffer.open(1, 'gauge', [7]);
    buffer.open(2, 'gauge', [7]);
    buffer.incr(0, 1, 1);
    buffer.incr(9, 2, 1);
    buffer.gauge(2, 20);
    buffer.gauge(1, 10);
    drain();
    expect(writer.written).toEqual([
      { kind: 'counter', series: '5/6', value: 3, samples: 2, weight: 1 },
      { kind: 'gauge', series: '7', value: 10, samples: 2, weight: 1 },
    ]);
  });

  test('equal fragments with another kind are another slot', () => {
    const { buffer, drain, writer } = setUp();
    buffer.open(0, 'counter', [5]);
    buffer.open(1, 'gauge', [5]);
    buffer.incr(0, 1, 1);
    buffer.gauge(1, 2);
    drain();
    expect(writer.written.map(({ kind, value }) => [kind, value])).toEqual([
      ['counter', 1],
      ['gauge', 2],
    ]);
  });

  test('a released id keeps its slot until its samples are written, then every fragment reference is released', () => {
    const { buffer, drain, released, slots, values } = setUp();
    buffer.open(0, 'counter', [5, 6]);
    buffer.open(1, 'counter', [5, 6]);
    expect(released).toEqual([5, 6]);
    buffer.incr(0, 4, 1);
    buffer.release(0);
    buffer.release(0);
    buffer.release(1);
    expect(slots.size).toBe(1);
    drain();
    expect(values()).toEqual([4]);
    expect(slots.size).toBe(0);
    expect(released).toEqual([5, 6, 5, 6]);
  });

  test('a slot without samples is freed immediately, and its number is reused without its old value', () => {
    const { buffer, drain, slots, values } = setUp();
    buffer.open(0, 'gauge', [5]);
    buffer.gauge(0, 99);
    drain();
    buffer.release(0);
    expect(slots.size).toBe(0);
    buffer.open(0, 'counter', [6]);
    expect(slots.slotForId(0)).toBe(0);
    buffer.incr(0, 1, 1);
    drain();
    expect(values()).toEqual([99, 1]);
  });

  test('a released id with sealed values frees its slot after the last of them is written', () => {
    const { buffer, drain, slots, values, writer } = setUp({ random: () => 0 });
    buffer.open(0, 'timing', [5]);
    buffer.value(0, 1, 1);
    buffer.value(0, 2, 0.5);
    writer.burst = 1;
    buffer.release(0);
    drain();
    expect(slots.size).toBe(1);
    writer.beginBurst();
    drain();
    writer.beginBurst();
    drain();
    expect(slots.size).toBe(0);
    expect(values()).toEqual([1, 2]);
  });

  test('an id that is opened again without a release belongs to the new series alone', () => {
    const { buffer, drain, writer } = setUp();
    buffer.open(0, 'counter', [5]);
    buffer.incr(0, 1, 1);
    buffer.open(0, 'counter', [6]);
    buffer.incr(0, 2, 1);
    drain();
    expect(writer.written.map(({ series, value }) => [series, value])).toEqual([
      ['5', 1],
      ['6', 2],
    ]);
  });

  test('samples of ids that were never opened, or were rejected, are dropped and counted', () => {
    const { buffer, stats } = setUp();
    buffer.rejectSeries(3, 'empty_name');
    buffer.incr(3, 1, 1);
    buffer.gauge(0, 1);
    buffer.value(-1, 1, 1);
    buffer.set(12_345, 'x');
    expect(stats()).toEqual({
      accepted: 4,
      sent: 0,
      dropped: { empty_name: 1, unknown_series: 3 },
      pending: 0,
      sampledOut: 0,
    });
  });
});

describe('many series', () => {
  test('every one is kept, written, dropped and freed, whatever their number', () => {
    for (const count of [15, 16, 17, 33, 100]) {
      const { buffer, drain, slots, stats, values } = setUp();
      const record = (): void => {
        for (let id = 0; id < count; id += 1) buffer.incr(id, id, 1);
      };
      for (let id = 0; id < count; id += 1) buffer.open(id, 'counter', [id]);
      record();
      drain();
      expect(values()).toEqual(Array.from({ length: count }, (_, id) => id));
      record();
      buffer.dropAll('timeout');
      expect(stats()).toEqual({
        accepted: 2 * count,
        sent: count,
        dropped: { timeout: count },
        pending: 0,
        sampledOut: 0,
      });
      for (let id = 0; id < count; id += 1) buffer.release(id);
      expect(slots.size).toBe(0);
    }
  });

  test('a rejected id that is released was never opened', () => {
    const { buffer, stats } = setUp();
    buffer.rejectSeries(3, 'empty_name');
    buffer.rejectSeries(4, 'empty_name');
    buffer.release(3);
    buffer.incr(3, 1, 1);
    buffer.incr(4, 1, 1);
    expect(stats().dropped).toEqual({ unknown_series: 1, empty_name: 1 });
  });

  test('the slot of a released id is free as soon as its queued values are written', () => {
    const { buffer, slots, writer } = setUp();
    buffer.open(0, 'timing', [5]);
    buffer.value(0, 1, 1);
    buffer.drainSlot(0, writer);
    buffer.release(0);
    expect(slots.size).toBe(1);
    expect([slots.isUsed(0), slots.isUnused(0)]).toEqual([true, false]);
    buffer.drainQueue(writer, writer);
    expect(slots.size).toBe(0);
    expect([slots.isUsed(0), slots.isUnused(0)]).toEqual([false, false]);
  });

  test('a line that is written leaves the slots of series alone', () => {
    const { buffer, slots, writer } = setUp();
    for (const id of [0, 1, 2]) buffer.open(id, 'timing', [id]);
    for (let round = 0; round < 3; round += 1) {
      buffer.queueLine(Buffer.from('a line'));
      buffer.drainQueue(writer, writer);
    }
    expect(slots.size).toBe(3);
    for (const id of [0, 1, 2]) buffer.release(id);
    expect(slots.size).toBe(0);
  });

  test('a part of a sum that the writer cannot write yet is a part of the next one', () => {
    const { buffer, drain, values, writer } = setUp();
    Object.assign(writer, { counterRemainder: (sum: number) => sum - Math.trunc(sum) });
    buffer.open(0, 'counter', [5]);
    buffer.incr(0, 2.5, 1);
    drain();
    buffer.incr(0, 0.75, 1);
    drain();
    expect(values()).toEqual([2, 1]);
  });
});

describe('the bound', () => {
  test('holds members once, however often they are recorded, and is free again after a drain', () => {
    const { buffer, drain, stats } = setUp({ maxQueuedSamples: 10 });
    buffer.open(0, 'set', [5]);
    for (let round = 0; round < 20; round += 1) {
      for (let time = 0; time < 50; time += 1) buffer.set(0, 'the same');
      expect(buffer.isHalfFull).toBe(false);
      buffer.set(0, 'x'.repeat(24));
      expect(buffer.isHalfFull).toBe(true);
      drain();
    }
    expect(stats()).toEqual(expect.objectContaining({ accepted: 20 * 51, sent: 20 * 51, dropped: {} }));
  });

  test('is exact', () => {
    const { buffer, drain, stats } = setUp({ maxQueuedSamples: 4 });
    buffer.open(0, 'set', [5]);
    buffer.open(1, 'timing', [6]);
    const record = (): void => {
      for (let index = 0; index < 6; index += 1) buffer.queueLine(Buffer.from('line'));
    };
    record();
    expect(stats()).toMatchObject({ pending: 4, dropped: { queue_full: 2 } });
    drain();
    for (let index = 0; index < 6; index += 1) buffer.set(0, `${index}`);
    expect(stats()).toMatchObject({ pending: 4, dropped: { queue_full: 4 } });
    drain();
    for (let index = 0; index < 6; index += 1) buffer.value(1, index, 1);
    expect(stats()).toMatchObject({ pending: 4, dropped: { queue_full: 6 } });
    drain();
    buffer.set(0, 'x'.repeat(1024));
    buffer.set(0, 'x'.repeat(1025));
    expect(stats()).toMatchObject({ pending: 1, dropped: { queue_full: 6, member_too_long: 1 } });
  });

  test('a number drawn from the edge of the rate is skipped', () => {
    const { buffer, drain, stats } = setUp({ random: () => 0.5 });
    buffer.open(0, 'timing', [5]);
    buffer.value(0, 1, 0.5);
    buffer.value(0, 1, 1);
    drain();
    expect(stats()).toMatchObject({ accepted: 1, sent: 1, sampledOut: 1 });
  });
});

describe('values', () => {
  test('all values are written, in order, over as many batches as they need', () => {
    const { buffer, drain, values } = setUp();
    buffer.open(0, 'timing', [5]);
    const recorded = Array.from({ length: 3000 }, (_, index) => index / 4);
    for (const value of recorded) buffer.value(0, value, 1);
    drain();
    expect(values()).toEqual(recorded);
  });

  test('another sampling rate seals the values recorded at the previous one', () => {
    const { buffer, drain, writer } = setUp({ random: () => 0 });
    const drains: boolean[] = [];
    buffer.onDrainNeeded = (full) => drains.push(full);
    buffer.open(0, 'timing', [5]);
    buffer.value(0, 1, 1);
    buffer.value(0, 2, 0.5);
    buffer.value(0, 3, 0.5);
    buffer.value(0, 4, 0.1);
    expect(drains).toEqual([false, false]);
    drain();
    expect(writer.written.map(({ value, weight }) => [value, weight])).toEqual([
      [1, 1],
      [2, 2],
      [3, 2],
      [4, 10],
    ]);
  });

  test('a sample is drawn once, at a rate of 1/k; a skipped one is not accepted', () => {
    let next = 0;
    const { buffer, stats } = setUp({ random: () => next });
    buffer.open(0, 'timing', [5]);
    // 0.3 is rounded to 1/3.
    next = 0.333;
    buffer.value(0, 1, 0.3);
    next = 0.334;
    buffer.value(0, 1, 0.3);
    expect(stats()).toMatchObject({ accepted: 1, pending: 1, sampledOut: 1 });
  });

  test('a rate becomes an integer weight', () => {
    expect([1, 2, 3, 0.5, 0.3, 0.6, 0.001, 1e-300, 0, -1, Number.NaN].map(weightOf)).toEqual([
      1, 1, 1, 2, 3, 2, 1000, 1e9, 1e9, 1e9, 1e9,
    ]);
  });

  test('samples beyond the bound are dropped until older ones are written', () => {
    const { buffer, drain, stats, values } = setUp({ maxQueuedSamples: 100 });
    const drains: boolean[] = [];
    buffer.onDrainNeeded = (full) => drains.push(full);
    for (let id = 0; id < 10; id += 1) buffer.open(id, 'timing', [id]);
    for (let index = 0; index < 250; index += 1) buffer.value(index % 10, index, 1);
    expect(stats()).toMatchObject({ accepted: 250, pending: 100, dropped: { queue_full: 150 } });
    // No batch was full, so reaching half of the bound requested a drain of everything.
    expect(buffer.isHalfFull).toBe(true);
    drain();
    expect(values()).toHaveLength(100);
    expect(buffer.isHalfFull).toBe(false);
    buffer.value(0, 1, 1);
    expect(stats()).toMatchObject({ accepted: 251, sent: 100, pending: 1 });
  });

  test('at half of the bound a full drain is requested', () => {
    const { buffer } = setUp({ maxQueuedSamples: 100 });
    let full = false;
    buffer.onDrainNeeded = (everything) => {
      full ||= everything;
    };
    for (let id = 0; id < 51; id += 1) buffer.open(id, 'timing', [id]);
    for (let id = 0; id < 50; id += 1) buffer.value(id, 1, 1);
    expect(full).toBe(false);
    buffer.value(50, 1, 1);
    expect(full).toBe(true);
  });

  test('without merging every counter and gauge sample is written, and counters are drawn', () => {
    let next = 0;
    const { buffer, drain, stats, writer } = setUp({ merge: false, random: () => next });
    buffer.open(0, 'counter', [5]);
    buffer.open(1, 'gauge', [6]);
    buffer.incr(0, 3, 0.25);
    next = 0.9;
    buffer.incr(0, 4, 0.25);
    buffer.gauge(1, 1);
    buffer.gauge(1, -2);
    drain();
    expect(writer.written.map(({ kind, value, weight }) => [kind, value, weight])).toEqual([
      ['counter', 3, 4],
      ['gauge', 1, 1],
      ['gauge', -2, 1],
    ]);
    expect(stats()).toMatchObject({ accepted: 3, sent: 3, sampledOut: 1 });
  });
});

describe('sets', () => {
  test('distinct members are written once; the samples that repeated them are counted', () => {
    const { buffer, drain, stats, writer } = setUp();
    buffer.open(0, 'set', [5]);
    for (const member of ['a', 'b', 'a', 'a', 'c', 'b']) buffer.set(0, member);
    drain();
    expect(writer.written.map(({ value, samples }) => [value, samples])).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 4],
    ]);
    expect(stats()).toMatchObject({ accepted: 6, sent: 6, pending: 0 });
  });

  test('a set that is full is sealed, requests an early drain, and a new one begins', () => {
    const { buffer, drain, stats, values } = setUp({ maxSetMembers: 3 });
    const drains: boolean[] = [];
    buffer.onDrainNeeded = (full) => drains.push(full);
    buffer.open(0, 'set', [5]);
    for (const member of ['a', 'b', 'c', 'd', 'a']) buffer.set(0, member);
    expect(drains).toEqual([false]);
    drain();
    expect(values()).toEqual(['a', 'b', 'c', 'd', 'a']);
    expect(stats()).toMatchObject({ accepted: 5, sent: 5 });
  });

  test('members count against the bound by their length, and one that is too long is dropped', () => {
    const { buffer, stats } = setUp({ maxQueuedSamples: 100 });
    buffer.open(0, 'set', [5]);
    buffer.set(0, 'x'.repeat(1025));
    for (let index = 0; index < 9; index += 1) buffer.set(0, `${index}`.repeat(100));
    // Thirteen units each: the eighth passes the bound, the ninth is dropped.
    expect(stats()).toMatchObject({ accepted: 10, pending: 8, dropped: { member_too_long: 1, queue_full: 1 } });
  });

  test('a drain that stops within a set continues with the remaining members', () => {
    const { buffer, drain, stats, values, writer } = setUp();
    buffer.open(0, 'set', [5]);
    for (const member of ['a', 'b', 'c', 'a']) buffer.set(0, member);
    writer.burst = 2;
    drain();
    expect(values()).toEqual(['a', 'b']);
    expect(stats()).toMatchObject({ accepted: 4, sent: 2, pending: 2 });
    writer.beginBurst();
    drain();
    expect(values()).toEqual(['a', 'b', 'c']);
    expect(stats()).toMatchObject({ accepted: 4, sent: 4, pending: 0 });
  });
});

describe('samples that cannot be written', () => {
  test('a sum that overflowed is dropped with its samples, and the next one starts at zero', () => {
    const { buffer, drain, stats, values } = setUp();
    buffer.open(0, 'counter', [5]);
    buffer.incr(0, 1e308, 1);
    buffer.incr(0, 1e308, 1);
    drain();
    buffer.incr(0, 1, 1);
    drain();
    expect(values()).toEqual([1]);
    expect(stats()).toMatchObject({ accepted: 3, sent: 1, dropped: { not_finite: 2 } });
  });

  test('samples recorded under one id with different verbs are all counted', () => {
    const { buffer, drain, stats } = setUp();
    buffer.open(0, 'timing', [5]);
    buffer.open(1, 'set', [6]);
    buffer.open(2, 'counter', [7]);
    buffer.value(0, 1, 1);
    buffer.incr(0, 1, 1);
    buffer.set(1, 'a');
    buffer.value(1, 5, 1);
    buffer.incr(2, 1, 1);
    buffer.value(2, 5, 1);
    buffer.set(2, 'x');
    drain();
    drain();
    const { accepted, sent, dropped, pending } = stats();
    expect(pending).toBe(0);
    expect(accepted).toBe(7);
    expect(sent + Object.values(dropped).reduce((sum, count) => sum + count, 0)).toBe(7);
  });

  test('after close every sample is dropped as closed, and earlier ones can be drained or dropped', () => {
    const { buffer, drain, slots, stats, values } = setUp();
    buffer.open(0, 'counter', [5]);
    buffer.open(1, 'timing', [6]);
    buffer.incr(0, 2, 1);
    buffer.close();
    buffer.incr(0, 2, 1);
    buffer.value(1, 2, 1);
    drain();
    expect(values()).toEqual([2]);
    expect(slots.size).toBe(0);
    expect(stats()).toMatchObject({ accepted: 3, sent: 1, dropped: { closed: 2 }, pending: 0 });
  });

  test('dropAll drops merged samples, open batches, sealed batches and sets', () => {
    const { buffer, drain, stats, values } = setUp();
    buffer.open(0, 'counter', [5]);
    buffer.open(1, 'timing', [6]);
    buffer.open(2, 'set', [7]);
    buffer.incr(0, 2, 1);
    for (let index = 0; index < 1500; index += 1) buffer.value(1, index, 1);
    buffer.set(2, 'a');
    buffer.dropAll('exit');
    expect(stats()).toMatchObject({ accepted: 1502, pending: 0, dropped: { exit: 1502 } });
    drain();
    expect(values()).toEqual([]);
    buffer.incr(0, 1, 1);
    drain();
    expect(values()).toEqual([1]);
  });
});

test('in any order of opening, releasing, recording and draining, nothing is lost, mixed up or leaked', () => {
  const id = fc.integer({ min: 0, max: 7 });
  const command = fc.oneof(
    fc.record({
      do: fc.constant('open' as const),
      id,
      name: fc.constantFrom('a', 'b', 'c'),
      kind: fc.constantFrom('counter' as const, 'timing' as const, 'set' as const),
    }),
    fc.record({ do: fc.constant('release' as const), id }),
    fc.record({ do: fc.constant('record' as const), id, amount: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ do: fc.constant('drain' as const), burst: fc.integer({ min: 1, max: 5 }) }),
  );
  fc.assert(
    fc.property(fc.array(command, { maxLength: 200 }), (commands) => {
      const names = new Interner();
      const slots = new SlotTable((fragment) => names.release(fragment));
      const accounting = new SampleAccounting();
      const buffer = new SampleBuffer({ slots, accounting, maxSetMembers: 2 });
      const writer = new RecordingWriter(slots, accounting, (fragment) => names.text(fragment));
      const open = new Map<number, { kind: string; name: string }>();
      const expected = new Map<string, number>();
      const distinct = new Map<string, Set<string>>();
      let accepted = 0;
      let unknown = 0;
      const drain = (): void => {
        if (!buffer.drainQueue(writer, writer)) return;
        for (let slot = 0; slot < slots.bound && !writer.burstFull; slot += 1) {
          buffer.drainSlot(slot, writer);
          if (!buffer.drainQueue(writer, writer)) return;
        }
      };
      for (const step of commands) {
        if (step.do === 'open') {
          buffer.open(step.id, step.kind, [names.acquire(step.name), names.acquire(step.kind)]);
          open.set(step.id, step);
        } else if (step.do === 'release') {
          buffer.release(step.id);
          open.delete(step.id);
        } else if (step.do === 'record') {
          const series = open.get(step.id);
          accepted += 1;
          const key = `${series?.name}/${series?.kind}`;
          if (series === undefined) {
            unknown += 1;
            buffer.incr(step.id, 1, 1);
          } else if (series.kind === 'set') {
            buffer.set(step.id, `${step.amount}`);
            const members = distinct.get(key) ?? new Set();
            distinct.set(key, members.add(`${step.amount}`));
          } else {
            if (series.kind === 'counter') buffer.incr(step.id, step.amount, 1);
            else buffer.value(step.id, step.amount, 1);
            expected.set(key, (expected.get(key) ?? 0) + step.amount);
          }
        } else {
          writer.burst = step.burst;
          writer.beginBurst();
          drain();
        }
        const { sent, pending, dropped, accepted: counted } = accounting.stats(buffer.buffered);
        expect(counted).toBe(accepted);
        expect(sent + pending + (dropped['unknown_series'] ?? 0)).toBe(accepted);
        expect(dropped['unknown_series'] ?? 0).toBe(unknown);
      }
      writer.burst = Number.POSITIVE_INFINITY;
      drain();
      for (const known of open.keys()) buffer.release(known);
      const sums = new Map<string, number>();
      const members = new Map<string, Set<string>>();
      for (const { value, series } of writer.written) {
        if (typeof value === 'string') members.set(series, (members.get(series) ?? new Set()).add(value));
        else sums.set(series, (sums.get(series) ?? 0) + value);
      }
      expect(sums).toEqual(expected);
      expect(members).toEqual(distinct);
      expect(slots.size).toBe(0);
      expect(names.size).toBe(0);
    }),
    { numRuns: 300 },
  );
});

test('A buffer that is closed refuses a series with an error, instead of hanging, and frees what it held', () => {
  const { buffer, drain, slots, stats } = setUp();
  buffer.open(0, 'counter', [0]);
  buffer.incr(0, 1, 1);
  buffer.close();
  expect(() => buffer.open(1, 'counter', [1])).toThrow(/after close\(\)/);
  buffer.incr(1, 1, 1);
  drain();
  expect(slots.size).toBe(0);
  // The table itself can be used again.
  expect(slots.attach(40, 'counter', [1])).toBeGreaterThanOrEqual(0);
  expect(stats()).toMatchObject({ accepted: 2, sent: 1, dropped: { closed: 1 }, pending: 0 });
});
