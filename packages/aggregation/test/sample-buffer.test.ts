import { Interner } from '@metrics/core/backend';
import * as fc from 'fast-check';
import { SampleAccounting, SampleBuffer, SlotTable, sampleWeight } from '../src/index.js';
import { RecordingWriter } from './recording-writer.js';
import { setUp } from './set-up.js';

describe('slots', () => {
  test('ids of one rendered identity share a slot: counts add, the last gauge in time wins', () => {
    const { columns, drain, writer } = setUp();
    columns.open(0, 'counter', [5, 6]);
    columns.open(9, 'counter', [5, 6]);
    columns.open(1, 'gauge', [7]);
    columns.open(2, 'gauge', [7]);
    columns.incr(0, 1, 1);
    columns.incr(9, 2, 1);
    columns.gauge(2, 20);
    columns.gauge(1, 10);
    drain();
    expect(writer.written).toEqual([
      { kind: 'counter', series: '5/6', value: 3, samples: 2, inverse: 1 },
      { kind: 'gauge', series: '7', value: 10, samples: 2, inverse: 1 },
    ]);
  });

  test('equal fragments of another kind are another slot', () => {
    const { columns, drain, writer } = setUp();
    columns.open(0, 'counter', [5]);
    columns.open(1, 'gauge', [5]);
    columns.incr(0, 1, 1);
    columns.gauge(1, 2);
    drain();
    expect(writer.written.map(({ kind, value }) => [kind, value])).toEqual([
      ['counter', 1],
      ['gauge', 2],
    ]);
  });

  test('a released id keeps its slot until what it recorded is written, then every fragment reference comes back', () => {
    const { columns, drain, released, slots, values } = setUp();
    columns.open(0, 'counter', [5, 6]);
    columns.open(1, 'counter', [5, 6]);
    expect(released).toEqual([5, 6]);
    columns.incr(0, 4, 1);
    columns.release(0);
    columns.release(0);
    columns.release(1);
    expect(slots.size).toBe(1);
    drain();
    expect(values()).toEqual([4]);
    expect(slots.size).toBe(0);
    expect(released).toEqual([5, 6, 5, 6]);
  });

  test('a slot without samples is freed at once, and its number is reused without what it held', () => {
    const { columns, drain, slots, values } = setUp();
    columns.open(0, 'gauge', [5]);
    columns.gauge(0, 99);
    drain();
    columns.release(0);
    expect(slots.size).toBe(0);
    columns.open(0, 'counter', [6]);
    expect(slots.slotForId(0)).toBe(0);
    columns.incr(0, 1, 1);
    drain();
    expect(values()).toEqual([99, 1]);
  });

  test('a released id with sealed values frees its slot only when the last of them is written', () => {
    const { columns, drain, slots, values, writer } = setUp({ random: () => 0 });
    columns.open(0, 'timing', [5]);
    columns.value(0, 1, 1);
    columns.value(0, 2, 0.5);
    writer.burst = 1;
    columns.release(0);
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
    const { columns, drain, writer } = setUp();
    columns.open(0, 'counter', [5]);
    columns.incr(0, 1, 1);
    columns.open(0, 'counter', [6]);
    columns.incr(0, 2, 1);
    drain();
    expect(writer.written.map(({ series, value }) => [series, value])).toEqual([
      ['5', 1],
      ['6', 2],
    ]);
  });

  test('samples of ids that were never opened, or were refused, are dropped and counted', () => {
    const { columns, stats } = setUp();
    columns.rejectSeries(3, 'empty_name');
    columns.incr(3, 1, 1);
    columns.gauge(0, 1);
    columns.value(-1, 1, 1);
    columns.set(12_345, 'x');
    expect(stats()).toEqual({
      accepted: 4,
      sent: 0,
      dropped: { empty_name: 1, unknown_series: 3 },
      pending: 0,
      sampledOut: 0,
    });
  });
});

describe('values', () => {
  test('all values are written, in order, over as many chunks as it takes', () => {
    const { columns, drain, values } = setUp();
    columns.open(0, 'timing', [5]);
    const recorded = Array.from({ length: 3000 }, (_, index) => index / 4);
    for (const value of recorded) columns.value(0, value, 1);
    drain();
    expect(values()).toEqual(recorded);
  });

  test('another sampling rate seals what was recorded at the one before', () => {
    const { columns, drain, writer } = setUp({ random: () => 0 });
    const pressure: boolean[] = [];
    columns.onDrainNeeded = (full) => pressure.push(full);
    columns.open(0, 'timing', [5]);
    columns.value(0, 1, 1);
    columns.value(0, 2, 0.5);
    columns.value(0, 3, 0.5);
    columns.value(0, 4, 0.1);
    expect(pressure).toEqual([false, false]);
    drain();
    expect(writer.written.map(({ value, inverse }) => [value, inverse])).toEqual([
      [1, 1],
      [2, 2],
      [3, 2],
      [4, 10],
    ]);
  });

  test('a sample is drawn once, at the inverse of a whole number; what is left out is not accepted', () => {
    let next = 0;
    const { columns, stats } = setUp({ random: () => next });
    columns.open(0, 'timing', [5]);
    // 0.3 is rounded to 1/3.
    next = 0.333;
    columns.value(0, 1, 0.3);
    next = 0.334;
    columns.value(0, 1, 0.3);
    expect(stats()).toMatchObject({ accepted: 1, pending: 1, sampledOut: 1 });
  });

  test('rates become whole inverses', () => {
    expect([1, 2, 0.5, 0.3, 0.6, 0.001, 1e-300, 0, -1, Number.NaN].map(sampleWeight)).toEqual([
      1, 1, 2, 3, 2, 1000, 1e9, 1e9, 1e9, 1e9,
    ]);
  });

  test('beyond the bound new samples are dropped, until older ones are written', () => {
    const { columns, drain, stats, values } = setUp({ maxQueuedSamples: 100 });
    const pressure: boolean[] = [];
    columns.onDrainNeeded = (full) => pressure.push(full);
    for (let id = 0; id < 10; id += 1) columns.open(id, 'timing', [id]);
    for (let index = 0; index < 250; index += 1) columns.value(index % 10, index, 1);
    expect(stats()).toMatchObject({ accepted: 250, pending: 100, dropped: { queue_full: 150 } });
    // No chunk was full, so half of the bound asked for a drain of everything.
    expect(columns.isHalfFull).toBe(true);
    drain();
    expect(values()).toHaveLength(100);
    expect(columns.isHalfFull).toBe(false);
    columns.value(0, 1, 1);
    expect(stats()).toMatchObject({ accepted: 251, sent: 100, pending: 1 });
  });

  test('half of the bound asks for a full drain', () => {
    const { columns } = setUp({ maxQueuedSamples: 100 });
    let full = false;
    columns.onDrainNeeded = (everything) => {
      full ||= everything;
    };
    for (let id = 0; id < 51; id += 1) columns.open(id, 'timing', [id]);
    for (let id = 0; id < 50; id += 1) columns.value(id, 1, 1);
    expect(full).toBe(false);
    columns.value(50, 1, 1);
    expect(full).toBe(true);
  });

  test('without merging every counter and gauge sample is written, and counters are drawn', () => {
    let next = 0;
    const { columns, drain, stats, writer } = setUp({ merge: false, random: () => next });
    columns.open(0, 'counter', [5]);
    columns.open(1, 'gauge', [6]);
    columns.incr(0, 3, 0.25);
    next = 0.9;
    columns.incr(0, 4, 0.25);
    columns.gauge(1, 1);
    columns.gauge(1, -2);
    drain();
    expect(writer.written.map(({ kind, value, inverse }) => [kind, value, inverse])).toEqual([
      ['counter', 3, 4],
      ['gauge', 1, 1],
      ['gauge', -2, 1],
    ]);
    expect(stats()).toMatchObject({ accepted: 3, sent: 3, sampledOut: 1 });
  });
});

describe('sets', () => {
  test('distinct members are written once; the samples that repeated them are accounted for', () => {
    const { columns, drain, stats, writer } = setUp();
    columns.open(0, 'set', [5]);
    for (const member of ['a', 'b', 'a', 'a', 'c', 'b']) columns.set(0, member);
    drain();
    expect(writer.written.map(({ value, samples }) => [value, samples])).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 4],
    ]);
    expect(stats()).toMatchObject({ accepted: 6, sent: 6, pending: 0 });
  });

  test('a set that is full is sealed, asks for an early drain, and goes on', () => {
    const { columns, drain, stats, values } = setUp({ maxSetMembers: 3 });
    const pressure: boolean[] = [];
    columns.onDrainNeeded = (full) => pressure.push(full);
    columns.open(0, 'set', [5]);
    for (const member of ['a', 'b', 'c', 'd', 'a']) columns.set(0, member);
    expect(pressure).toEqual([false]);
    drain();
    expect(values()).toEqual(['a', 'b', 'c', 'd', 'a']);
    expect(stats()).toMatchObject({ accepted: 5, sent: 5 });
  });

  test('members count against the bound by their length, and one that is too long is dropped', () => {
    const { columns, stats } = setUp({ maxQueuedSamples: 100 });
    columns.open(0, 'set', [5]);
    columns.set(0, 'x'.repeat(1025));
    for (let index = 0; index < 9; index += 1) columns.set(0, `${index}`.repeat(100));
    // Thirteen units each: the eighth passes the bound, the ninth comes too late.
    expect(stats()).toMatchObject({ accepted: 10, pending: 8, dropped: { member_too_long: 1, queue_full: 1 } });
  });

  test('a drain that stops within a set goes on with the members that are left', () => {
    const { columns, drain, stats, values, writer } = setUp();
    columns.open(0, 'set', [5]);
    for (const member of ['a', 'b', 'c', 'a']) columns.set(0, member);
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

describe('what cannot be written', () => {
  test('a sum that overflowed is dropped with its samples, and the column starts again', () => {
    const { columns, drain, stats, values } = setUp();
    columns.open(0, 'counter', [5]);
    columns.incr(0, 1e308, 1);
    columns.incr(0, 1e308, 1);
    drain();
    columns.incr(0, 1, 1);
    drain();
    expect(values()).toEqual([1]);
    expect(stats()).toMatchObject({ accepted: 3, sent: 1, dropped: { not_finite: 2 } });
  });

  test('mixed verbs of one id are counted and end', () => {
    const { columns, drain, stats } = setUp();
    columns.open(0, 'timing', [5]);
    columns.open(1, 'set', [6]);
    columns.open(2, 'counter', [7]);
    columns.value(0, 1, 1);
    columns.incr(0, 1, 1);
    columns.set(1, 'a');
    columns.value(1, 5, 1);
    columns.incr(2, 1, 1);
    columns.value(2, 5, 1);
    columns.set(2, 'x');
    drain();
    drain();
    const { accepted, sent, dropped, pending } = stats();
    expect(pending).toBe(0);
    expect(accepted).toBe(7);
    expect(sent + Object.values(dropped).reduce((sum, count) => sum + count, 0)).toBe(7);
  });

  test('after close every sample is dropped as closed, and what is held can be drained or dropped', () => {
    const { columns, drain, slots, stats, values } = setUp();
    columns.open(0, 'counter', [5]);
    columns.open(1, 'timing', [6]);
    columns.incr(0, 2, 1);
    columns.close();
    columns.incr(0, 2, 1);
    columns.value(1, 2, 1);
    drain();
    expect(values()).toEqual([2]);
    expect(slots.size).toBe(0);
    expect(stats()).toMatchObject({ accepted: 3, sent: 1, dropped: { closed: 2 }, pending: 0 });
  });

  test('dropping all empties columns, open chunks, sealed chunks and sets', () => {
    const { columns, drain, stats, values } = setUp();
    columns.open(0, 'counter', [5]);
    columns.open(1, 'timing', [6]);
    columns.open(2, 'set', [7]);
    columns.incr(0, 2, 1);
    for (let index = 0; index < 1500; index += 1) columns.value(1, index, 1);
    columns.set(2, 'a');
    columns.dropAll('exit');
    expect(stats()).toMatchObject({ accepted: 1502, pending: 0, dropped: { exit: 1502 } });
    drain();
    expect(values()).toEqual([]);
    columns.incr(0, 1, 1);
    drain();
    expect(values()).toEqual([1]);
  });
});

test('whatever is opened, released, recorded and drained in whatever order: nothing is lost, mixed up or leaked', () => {
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
      const ledger = new SampleAccounting();
      const columns = new SampleBuffer({ slots, accounting: ledger, maxSetMembers: 2 });
      const writer = new RecordingWriter(slots, ledger, (fragment) => names.text(fragment));
      const open = new Map<number, { kind: string; name: string }>();
      const expected = new Map<string, number>();
      const distinct = new Map<string, Set<string>>();
      let accepted = 0;
      let unknown = 0;
      const drain = (): void => {
        if (!columns.drainQueue(writer)) return;
        for (let slot = 0; slot < slots.bound && !writer.burstFull; slot += 1) {
          columns.drainSlot(slot, writer);
          if (!columns.drainQueue(writer)) return;
        }
      };
      for (const step of commands) {
        if (step.do === 'open') {
          columns.open(step.id, step.kind, [names.acquire(step.name), names.acquire(step.kind)]);
          open.set(step.id, step);
        } else if (step.do === 'release') {
          columns.release(step.id);
          open.delete(step.id);
        } else if (step.do === 'record') {
          const series = open.get(step.id);
          accepted += 1;
          const key = `${series?.name}/${series?.kind}`;
          if (series === undefined) {
            unknown += 1;
            columns.incr(step.id, 1, 1);
          } else if (series.kind === 'set') {
            columns.set(step.id, `${step.amount}`);
            const members = distinct.get(key) ?? new Set();
            distinct.set(key, members.add(`${step.amount}`));
          } else {
            if (series.kind === 'counter') columns.incr(step.id, step.amount, 1);
            else columns.value(step.id, step.amount, 1);
            expected.set(key, (expected.get(key) ?? 0) + step.amount);
          }
        } else {
          writer.burst = step.burst;
          writer.beginBurst();
          drain();
        }
        const { sent, pending, dropped, accepted: counted } = ledger.stats(columns.buffered);
        expect(counted).toBe(accepted);
        expect(sent + pending + (dropped['unknown_series'] ?? 0)).toBe(accepted);
        expect(dropped['unknown_series'] ?? 0).toBe(unknown);
      }
      writer.burst = Number.POSITIVE_INFINITY;
      drain();
      for (const known of open.keys()) columns.release(known);
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
