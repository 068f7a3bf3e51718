import { setUp } from './set-up.js';

const bytes = (text: string) => new TextEncoder().encode(text);

test('lines are written in the order of recording, each one sample', () => {
  const { columns, drain, stats, values, writer } = setUp();
  columns.queueLine(bytes('first'));
  columns.queueLine(bytes('second'));
  expect(stats()).toMatchObject({ accepted: 2, pending: 2 });
  drain();
  expect(values()).toEqual(['first', 'second']);
  expect(writer.written[0]).toMatchObject({ kind: 'line', samples: 1 });
  expect(stats()).toMatchObject({ accepted: 2, sent: 2, pending: 0 });
});

test('lines wait while a burst is full or the writer is down', () => {
  const { columns, stats, values, writer } = setUp();
  for (const text of ['a', 'b', 'c']) columns.queueLine(bytes(text));
  writer.burst = 2;
  expect(columns.drainQueue(writer)).toBe(false);
  expect(values()).toEqual(['a', 'b']);
  writer.beginBurst();
  writer.ready = false;
  expect(columns.drainQueue(writer)).toBe(false);
  expect(stats()).toMatchObject({ sent: 2, pending: 1 });
  writer.ready = true;
  expect(columns.drainQueue(writer)).toBe(true);
  expect(values()).toEqual(['a', 'b', 'c']);
});

test('lines count against the bound by their length, and are dropped beyond it', () => {
  const { columns, drain, stats } = setUp({ maxQueuedSamples: 100 });
  const pressure: boolean[] = [];
  columns.onDrainNeeded = (full) => pressure.push(full);
  for (let line = 0; line < 20; line += 1) columns.queueLine(new Uint8Array(80));
  // Eleven units of eight bytes each.
  expect(stats()).toMatchObject({ pending: 10, dropped: { queue_full: 10 } });
  expect(pressure).toContain(true);
  drain();
  columns.queueLine(bytes('x'));
  expect(stats()).toMatchObject({ pending: 1, sent: 10 });
});

test('lines that are held at the end are dropped under its reason, and later ones as closed', () => {
  const { columns, stats } = setUp();
  columns.queueLine(bytes('x'));
  columns.close();
  columns.queueLine(bytes('y'));
  columns.dropAll('timeout');
  expect(stats()).toEqual({ accepted: 2, sent: 0, pending: 0, sampledOut: 0, dropped: { timeout: 1, closed: 1 } });
});

test('a sample that only its caller can write is dropped for the reason its id has no slot', () => {
  const { columns, stats } = setUp();
  columns.rejectSeries(1, 'empty_name');
  columns.dropSample(0);
  columns.dropSample(1);
  columns.close();
  columns.dropSample(1);
  expect(stats().dropped).toEqual({ unknown_series: 1, empty_name: 1, closed: 1 });
});

test('drains count the slots they find something in, by kind', () => {
  const { columns, drain } = setUp();
  columns.open(0, 'counter', [1]);
  columns.open(1, 'histogram', [1]);
  columns.open(2, 'set', [1]);
  columns.open(3, 'gauge', [1]);
  for (let round = 0; round < 3; round += 1) {
    columns.incr(0, 1, 1);
    columns.incr(0, 1, 1);
    columns.value(1, 1, 1);
    if (round === 0) columns.set(2, 'a');
    drain();
  }
  expect(columns.drained).toEqual({ counter: 3, gauge: 0, timing: 0, distribution: 0, histogram: 3, set: 1 });
});
