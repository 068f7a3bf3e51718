import { SampleAccounting } from '@metrics/aggregation';
import * as fc from 'fast-check';
import type { Endpoint } from '../../src/payload/endpoint.js';
import { memoryBytes, type Payload, sampleCount } from '../../src/payload/payload.js';
import { PayloadCollector } from '../../src/payload/payload-collector.js';

function setUp(limits: Partial<Endpoint> = {}) {
  const endpoint = {
    bodyPrefix: '{"series":[',
    bodySuffix: ']}',
    deflated: false,
    maxBytes: 1_000_000,
    maxRawBytes: 100,
    maxPoints: 5,
    ...limits,
  } as Endpoint;
  const accounting = new SampleAccounting();
  const received: Payload[] = [];
  const receiver = { enqueue: (payload: Payload) => void received.push(payload), clear: () => void received.splice(0) };
  const collector = new PayloadCollector({ accounting, receiver });
  const add = (json: string, samples = 1, points = 1): void => {
    accounting.handOver(samples);
    collector.add(endpoint, { json, samples, points });
  };
  const bodies = (): string[] => received.map(({ body }) => body.toString());
  return { accounting, add, bodies, collector, endpoint, received };
}

test('a payload has as many entries as its bytes and points allow, each whole and in order', async () => {
  const entry = fc.record({
    json: fc.constantFrom('1', '22', '"é"', '"four"', `"${'x'.repeat(40)}"`, `"${'y'.repeat(200)}"`),
    samples: fc.nat(3),
    points: fc.integer({ min: 1, max: 7 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 40 }), async (entries) => {
      const { add, bodies, collector, received } = setUp();
      for (const { json, samples, points } of entries) add(json, samples, points);
      collector.finish();
      await collector.settled();
      const lists = bodies().map((body) => JSON.parse(body).series as unknown[]);
      expect(lists.flat()).toEqual(entries.map(({ json }) => JSON.parse(json)));
      let first = 0;
      lists.forEach(({ length }, index) => {
        const own = entries.slice(first, first + length);
        const next = entries[first + length];
        const points = own.reduce((sum, each) => sum + each.points, 0);
        const { body } = received[index]!;
        // An entry that is too large is the only one of its payload.
        if (length > 1) expect([body.length <= 100, points <= 5]).toEqual([true, true]);
        // A comma of the first entry is counted, too.
        if (next !== undefined)
          expect(body.length + 1 + Buffer.byteLength(next.json) + 1 > 100 || points + next.points > 5).toBe(true);
        expect([...received[index]!.samples]).toEqual(own.map(({ samples }) => samples));
        expect(sampleCount(received[index]!)).toBe(own.reduce((sum, { samples }) => sum + samples, 0));
        first += length;
      });
    }),
    { numRuns: 200 },
  );
});

test('a payload is full to the last byte of its limit, with a comma for each entry', async () => {
  const { add, bodies, collector } = setUp({ maxPoints: 1000 });
  // 13 bytes around them, 41 times 2 and once 5.
  const fitting = [...Array<string>(41).fill('1'), '"ab"'];
  for (const json of [...fitting, '2', '3']) add(json);
  collector.finish();
  await collector.settled();
  expect(bodies()).toEqual([`{"series":[${fitting.join(',')}]}`, '{"series":[2,3]}']);
});

test('the samples of a payload that cannot be compressed are dropped; others are delivered', async () => {
  const { accounting, add, bodies, collector, endpoint } = setUp();
  let attempts = 0;
  Object.defineProperty(endpoint, 'maxBytes', {
    get() {
      attempts += 1;
      if (attempts === 2) throw new RangeError('Array buffer allocation failed');
      return 1_000_000;
    },
  });
  for (const [index, json] of ['"a"', '"b"', '"b"', '"c"'].entries()) add(json, 1 + index, index === 1 ? 1 : 4);
  collector.finish();
  await collector.settled();
  expect(collector.ready).toBe(true);
  expect(bodies()).toEqual(['{"series":["a","b"]}', '{"series":["c"]}']);
  expect(accounting.stats(0)).toMatchObject({ dropped: { not_encoded: 3 } });
  Object.assign(endpoint, { deflated: true });
  attempts = 1;
  add('"d"', 7);
  collector.finish();
  // Its compression begins, and cannot end before the event loop turns.
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  collector.dropUnsent('timeout');
  await collector.settled();
  expect(attempts).toBe(2);
  expect(accounting.stats(0)).toMatchObject({ pending: 0, dropped: { not_encoded: 3, timeout: 1 + 2 + 4 + 7 } });
});

test('while a full payload waits for its compression, the collector is not ready', async () => {
  const { add, bodies, collector } = setUp();
  add('"a"', 1, 5);
  expect(collector.ready).toBe(true);
  add('"b"', 1, 5);
  expect(collector.ready).toBe(false);
  expect(await collector.whenReady()).toBe(true);
  expect(bodies()).toEqual(['{"series":["a"]}']);
  collector.finish();
  expect(collector.ready).toBe(false);
  await collector.settled();
  expect(bodies()).toEqual(['{"series":["a"]}', '{"series":["b"]}']);
  collector.finish();
  expect(collector.ready).toBe(true);
});

test('a slice lasts two milliseconds', () => {
  jest.useFakeTimers();
  const { collector } = setUp();
  expect(collector.burstFull).toBe(true);
  collector.beginBurst();
  expect(collector.burstFull).toBe(false);
  jest.advanceTimersByTime(1);
  expect(collector.burstFull).toBe(false);
  jest.advanceTimersByTime(1);
  expect(collector.burstFull).toBe(true);
  jest.useRealTimers();
});

test('what is dropped is not delivered later, whether it was collected or is being compressed', async () => {
  const { accounting, add, bodies, collector } = setUp({ deflated: true });
  add('"a"', 3, 5);
  add('"b"', 4, 5);
  add('"c"', 5, 1);
  collector.dropUnsent('timeout');
  await collector.settled();
  collector.finish();
  await collector.settled();
  expect(bodies()).toEqual([]);
  expect(accounting.stats(0)).toMatchObject({ pending: 0, dropped: { timeout: 12 } });
  add('"d"');
  collector.finish();
  await new Promise((resolve) => setImmediate(resolve));
  collector.dropUnsent('timeout');
  await collector.settled();
  expect(bodies()).toEqual([]);
  add('"e"');
  collector.finish();
  await collector.settled();
  expect(bodies()).toHaveLength(1);
});

test('the memory of a payload is that of its body, and of the end and samples of each entry', async () => {
  const { add, collector, received } = setUp();
  add('1');
  add('22');
  collector.finish();
  await collector.settled();
  const [payload] = received as [Payload];
  expect(payload.body.toString()).toBe('{"series":[1,22]}');
  expect([...payload.ends]).toEqual([12, 15]);
  expect(memoryBytes(payload)).toBe(17 + 2 * 4 + 2 * 4);
});
