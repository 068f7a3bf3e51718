import type { Problem } from '@metrics/core';
import { BackendReporter, SampleAccounting, SampleBuffer, SlotTable } from '../src/index.js';
import { RecordingWriter } from './recording-writer.js';

function setUp() {
  const problems: Problem[] = [];
  const reporter = new BackendReporter();
  reporter.start({ report: (problem) => problems.push(problem), collect() {} });
  const accounting = new SampleAccounting(reporter);
  const slots = new SlotTable(() => {});
  const buffer = new SampleBuffer({ slots, accounting, maxQueuedSamples: 2 });
  const writer = new RecordingWriter(slots, accounting);
  buffer.open(0, 'counter', [1]);
  buffer.open(1, 'timing', [2]);
  buffer.open(2, 'set', [3]);
  return { accounting, buffer, problems, slots, writer };
}

type Parts = ReturnType<typeof setUp>;

const LOSSES: Readonly<Record<string, (parts: Parts) => void>> = {
  queue_full: ({ buffer }) => {
    for (let value = 0; value < 5; value += 1) buffer.value(1, value, 1);
  },
  member_too_long: ({ buffer }) => buffer.set(2, 'm'.repeat(1025)),
  unknown_series: ({ buffer }) => buffer.incr(99, 1, 1),
  wrong_kind: ({ buffer, slots, writer }) => {
    buffer.incr(1, 1, 1);
    buffer.drainSlot(slots.slotForId(1), writer);
  },
  not_finite: ({ buffer, slots, writer }) => {
    buffer.incr(0, 1e308, 1);
    buffer.incr(0, 1e308, 1);
    buffer.drainSlot(slots.slotForId(0), writer);
  },
  empty_name: ({ buffer }) => {
    buffer.rejectSeries(3, 'empty_name');
    buffer.incr(3, 1, 1);
  },
  closed: ({ buffer }) => {
    buffer.close();
    buffer.queueLine(new Uint8Array(1));
    buffer.incr(0, 1, 1);
  },
};

afterEach(() => jest.useRealTimers());

it.each(Object.entries(LOSSES))(
  'every sample lost as %s is reported: immediately, then once a minute with the count',
  (reason, lose) => {
    jest.useFakeTimers({ now: 0 });
    const parts = setUp();
    lose(parts);
    const lost = () => parts.accounting.stats(0).dropped[reason] ?? 0;
    expect(lost()).toBeGreaterThan(0);
    expect(parts.problems.map(({ code }) => code)).toEqual([reason]);
    expect(parts.problems[0]?.message).toMatch(/dropped|lost/);
    lose(parts);
    expect(parts.problems).toHaveLength(1);
    jest.advanceTimersByTime(60_000);
    lose(parts);
    expect(parts.problems.length).toBe(2);
    // The rest is in the next report, if samples are lost again.
    jest.advanceTimersByTime(60_000);
    lose(parts);
    const told = parts.problems.reduce((sum, { count }) => sum + count, 0);
    expect(told).toBeLessThanOrEqual(lost());
  },
);
