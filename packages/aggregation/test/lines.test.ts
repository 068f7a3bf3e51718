import { setUp } from './set-up.js';

const bytes = (text: string) => new TextEncoder().encode(text);

test('lines are written in the order of recording, each one sample', () => {
  const { buffer, drain, stats, values, writer } = setUp();
  buffer.queueLine(bytes('first'));
  buffer.queueLine(bytes('second'));
  expect(stats()).toMatchObject({ accepted: 2, pending: 2 });
  drain();
  expect(values()).toEqual(['first', 'second']);
  expect(writer.written[0]).toMatchObject({ kind: 'line', samples: 1 });
  expect(stats()).toMatchObject({ accepted: 2, sent: 2, pending: 0 });
});

test('lines wait while a burst is full or the outlet is down', () => {
  const { buffer, stats, values, writer } = setUp();
  for (const text of ['a', 'b', 'c']) buffer.queueLine(bytes(text));
  writer.burst = 2;
  expect(buffer.drainQueue(writer, writer)).toBe(false);
  expect(values()).toEqual(['a', 'b']);
  writer.beginBurst();
  writer.ready = false;
  expect(buffer.drainQueue(writer, writer)).toBe(false);
  expect(stats()).toMatchObject({ sent: 2, pending: 1 });
  writer.ready = true;
  expect(buffer.drainQueue(writer, writer)).toBe(true);
  expect(values()).toEqual(['a', 'b', 'c']);
});

test('lines count against the bound by their length and are dropped beyond it', () => {
  const { buffer, drain, stats } = setUp({ maxQueuedSamples: 100 });
  const drains: boolean[] = [];
  buffer.onDrainNeeded = (full) => drains.push(full);
  for (let line = 0; line < 20; line += 1) buffer.queueLine(new Uint8Array(80));
  // Eleven units of eight bytes each.
  expect(stats()).toMatchObject({ pending: 10, dropped: { queue_full: 10 } });
  expect(drains).toContain(true);
  drain();
  buffer.queueLine(bytes('x'));
  expect(stats()).toMatchObject({ pending: 1, sent: 10 });
});

test('lines still buffered at the end are dropped under its reason, and later ones as closed', () => {
  const { buffer, stats } = setUp();
  buffer.queueLine(bytes('x'));
  buffer.close();
  buffer.queueLine(bytes('y'));
  buffer.dropAll('timeout');
  expect(stats()).toEqual({ accepted: 2, sent: 0, pending: 0, sampledOut: 0, dropped: { timeout: 1, closed: 1 } });
});

test('dropSample drops a sample under the reason why its id has no slot', () => {
  const { buffer, stats } = setUp();
  buffer.rejectSeries(1, 'empty_name');
  buffer.dropSample(0);
  buffer.dropSample(1);
  buffer.close();
  buffer.dropSample(1);
  expect(stats().dropped).toEqual({ unknown_series: 1, empty_name: 1, closed: 1 });
});

test('drains count the slots in which they find samples, by kind', () => {
  const { buffer, drain } = setUp();
  buffer.open(0, 'counter', [1]);
  buffer.open(1, 'histogram', [1]);
  buffer.open(2, 'set', [1]);
  buffer.open(3, 'gauge', [1]);
  for (let round = 0; round < 3; round += 1) {
    buffer.incr(0, 1, 1);
    buffer.incr(0, 1, 1);
    buffer.value(1, 1, 1);
    if (round === 0) buffer.set(2, 'a');
    drain();
  }
  expect(buffer.drained).toEqual({ counter: 3, gauge: 0, timing: 0, distribution: 0, histogram: 3, set: 1 });
});
