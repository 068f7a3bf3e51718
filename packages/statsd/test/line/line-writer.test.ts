// The writer of lines in any dialect, and at the limits of a packet.
import { SampleAccounting, type SlotKind, SlotTable } from '@metrics/aggregation';
import * as fc from 'fast-check';
import { Fragments } from '../../src/line/fragments.js';
import { etsyDialect, type LineDialect } from '../../src/line/line-dialect.js';
import { copyBytes } from '../../src/line/line-frame.js';
import { LineWriter } from '../../src/line/line-writer.js';
import { PacketQueue } from '../../src/packet-queue.js';
import { ScriptedTransport } from '../scripted-transport.js';

const packing: Partial<LineDialect> = {
  types: { ...etsyDialect.types, distribution: 'd', histogram: 'h' },
  packedKinds: ['distribution', 'histogram'],
};

function setUp(dialect: Partial<LineDialect> = {}, maxPacketBytes = 1000) {
  const fragments = new Fragments();
  const slots = new SlotTable(() => {});
  const accounting = new SampleAccounting();
  const transport = new ScriptedTransport(maxPacketBytes);
  const packets = new PacketQueue({ transport, accounting, onFailure: () => {} });
  const writer = new LineWriter({
    slots,
    fragments,
    tagEncoder: { encode: () => [], tagsInName: false, firstTag: '|#', nextTag: ',' },
    dialect: { ...etsyDialect, ...dialect },
    packets,
    accounting,
  });
  const attach = (kind: SlotKind, ...texts: string[]): number =>
    slots.attach(
      slots.bound,
      kind,
      texts.map((text) => fragments.acquire(text)),
    );
  /** Sends what is written so far, and returns its packets. */
  const send = (): string[] => {
    packets.finish();
    return transport.accepted.splice(0);
  };
  /** Writes all values, and returns the lines of each packet. */
  const write = (slot: number, values: readonly number[], sampleWeight = 1): string[][] => {
    accounting.handOver(values.length);
    for (let from = 0; from < values.length; )
      from = writer.values(slot, Float64Array.from(values), from, values.length, sampleWeight);
    return send().map((packet) => packet.trimEnd().split('\n'));
  };
  return { accounting, attach, send, transport, write, writer };
}

test.each<[SlotKind, string]>([
  ['distribution', 'd'],
  ['histogram', 'h'],
])('values of the kind %s share lines, as many as a packet has room for', (kind, type) => {
  // The smallest have more digits than a small packet has room for.
  const fraction = fc.double({ min: -1e6, max: 1e6, noNaN: true }).filter((each) => Math.abs(each) > 1e-6);
  const value = fc.oneof(fc.integer(), fraction);
  const input = fc.record({
    values: fc.array(value, { minLength: 1, maxLength: 120 }),
    name: fc.constantFrom('a', 'request.size', 'x'.repeat(60)),
    tags: fc.constantFrom([], ['a:b'], ['route:/users', 'status:200']),
    sampleWeight: fc.constantFrom(1, 10),
    maxPacketBytes: fc.constantFrom(130, 200, 460, 700, 1432),
  });
  fc.assert(
    fc.property(input, ({ values, name, tags, sampleWeight, maxPacketBytes }) => {
      const { accounting, attach, write } = setUp(packing, maxPacketBytes);
      const written = write(attach(kind, name, ...tags), values, sampleWeight);
      const end = `|${type}${sampleWeight === 10 ? '|@0.1' : ''}${tags.length > 0 ? `|#${tags.join()}` : ''}`;
      const read = written.map(([line, ...others]) => {
        expect(others).toEqual([]);
        expect(line!.startsWith(`${name}:`) && line!.endsWith(end)).toBe(true);
        return line!.slice(name.length + 1, -end.length).split(':');
      });
      expect(read.flat().map(Number)).toEqual(values.map((each) => (each === 0 ? 0 : each)));
      written.forEach(([line], index) => {
        const next = read[index + 1]?.[0];
        // With its newline it fits, and the next value would not.
        expect(line!.length + 1).toBeLessThanOrEqual(maxPacketBytes);
        if (next !== undefined) expect(line!.length + 1 + 1 + next.length).toBeGreaterThan(maxPacketBytes);
      });
      expect(accounting.stats(0)).toEqual(expect.objectContaining({ sent: values.length, pending: 0, dropped: {} }));
    }),
    { numRuns: 300 },
  );
});

test('a packed value that fits no packet is dropped, and the others are sent', () => {
  const { accounting, attach, write } = setUp(packing, 30);
  expect(write(attach('distribution', 'size'), [1, 5e-324, 2])).toEqual([['size:1|d', 'size:2|d']]);
  expect(accounting.stats(0)).toMatchObject({ sent: 2, dropped: { line_too_long: 1 } });
});

test('a line that fits no packet is dropped with its samples, and the next one is sent', () => {
  const { accounting, attach, send, writer } = setUp({}, 17);
  const [hits, depth, users] = [attach('counter', 'hits'), attach('gauge', 'depth'), attach('set', 'users')];
  accounting.handOver(42);
  writer.counter(hits, 123_456_789, 3);
  writer.counter(hits, 1_234_567_890, 4);
  writer.gauge(depth, 12_345_678, 5);
  writer.gauge(depth, 123_456_789, 9);
  // With the zero before it.
  writer.gauge(depth, -1, 6);
  writer.member(users, 'someone with a long name', 7);
  writer.member(users, 'ann', 8);
  expect(send()).toEqual(['hits:123456789|c\n', 'depth:12345678|g\n', 'users:ann|s\n']);
  expect(accounting.stats(0)).toMatchObject({ sent: 16, pending: 0, dropped: { line_too_long: 26 } });
});

test('packed values have the room that earlier lines of the packet leave', () => {
  const { accounting, attach, send, writer } = setUp(packing, 60);
  const slot = attach('distribution', 'size');
  const values = Float64Array.from({ length: 30 }, (_, index) => index);
  accounting.handOver(31);
  writer.line(Buffer.from('an.earlier.line:1|c\n'), 1);
  let from = 0;
  while (from < 30) from = writer.values(slot, values, from, 30, 1);
  const packets = send();
  expect(packets[0]).toBe('an.earlier.line:1|c\nsize:0:1:2:3:4:5:6:7:8:9:10:11:12:13|d\n');
  for (const packet of packets) expect(packet.length).toBeLessThanOrEqual(60);
  expect(packets.join('').match(/(?<=:)\d+(?=[:|])/g)).toHaveLength(31);
});

test('a line that is complete is sent as it is, or dropped with its samples if it fits no packet', () => {
  const { accounting, send, writer } = setUp({}, 10);
  accounting.handOver(6);
  writer.line(Buffer.from('012345678\n'), 1);
  writer.line(Buffer.from('0123456789\n'), 2);
  writer.line(Buffer.from('a\n'), 3);
  expect(send()).toEqual(['012345678\n', 'a\n']);
  expect(accounting.stats(0)).toMatchObject({ sent: 4, pending: 0, dropped: { line_too_long: 2 } });
});

test('a sample with a timestamp is its own line, with whole seconds after its type', () => {
  const { attach, writer } = setUp({ lineSuffix: '|c:ci-1' });
  const encode = (slot: number, value: number) => Buffer.from(writer.encodeTimestamped(slot, value, 1700.9)).toString();
  expect(encode(attach('counter', 'hits', 'region:eu', 'status:200'), 12.5)).toBe(
    'hits:12.5|c|#region:eu,status:200|T1700|c:ci-1\n',
  );
  expect(encode(attach('gauge', 'depth'), -3)).toBe('depth:-3|g|T1700|c:ci-1\n');
});

test('one call writes all values, unless the burst is full or the transport is not ready', () => {
  const { accounting, attach, transport, writer } = setUp();
  const slot = attach('timing', 'db');
  const values = Float64Array.of(1, 2, 3, 4);
  accounting.handOver(4);
  transport.congested = true;
  expect(writer.values(slot, values, 0, 4, 1)).toBe(1);
  transport.congested = false;
  transport.ready = false;
  expect(writer.values(slot, values, 1, 4, 1)).toBe(2);
  transport.ready = true;
  expect(writer.values(slot, values, 2, 4, 1)).toBe(4);
});

test('single values may be negative if they are amounts or levels, and others if the server accepts them', () => {
  const { accounting, attach, write } = setUp();
  expect(write(attach('counter', 'hits'), [-3])).toEqual([['hits:-3|c']]);
  expect(write(attach('gauge', 'depth'), [-3, 0])).toEqual([['depth:0|g', 'depth:-3|g', 'depth:0|g']]);
  expect(write(attach('timing', 'db'), [-3, 4])).toEqual([['db:4|ms']]);
  expect(accounting.stats(0)).toMatchObject({ sent: 4, dropped: { negative_distribution: 1 } });
  const other = setUp({ acceptsNegativeValues: true, signedGaugeIsDelta: false });
  expect(other.write(other.attach('timing', 'db'), [-3])).toEqual([['db:-3|ms']]);
  expect(other.write(other.attach('gauge', 'depth'), [-3])).toEqual([['depth:-3|g']]);
});

test('rates are right, however many there are', () => {
  const { attach, write } = setUp();
  const slot = attach('timing', 'db');
  for (let round = 0; round < 2; round += 1)
    for (let weight = 2; weight < 300; weight += 1) {
      const [[line]] = write(slot, [1], weight) as [[string]];
      expect(1 / Number(/@(.*)/.exec(line)![1])).toBeCloseTo(weight, 6);
    }
});

test.each([
  [2.5, 0.5],
  [-2.5, -0.5],
  [7, 0],
  // Ten times 0.1.
  [0.9999999999999999, 0],
  [1.0000000000000002, 0],
  [0.999, 0.999],
])('of a counter with the sum %d, %d waits for the next flush of a server of whole numbers', (sum, remainder) => {
  expect(setUp({ integerCounters: true }).writer.counterRemainder(sum)).toBeCloseTo(remainder, 12);
  expect(setUp().writer.counterRemainder(sum)).toBe(0);
});

test('a sum beyond 64 bits is sent in parts', () => {
  const { writer } = setUp({ integerCounters: true });
  expect(writer.counterRemainder(2 ** 64)).toBe(2 ** 64 - (2 ** 63 - 1024));
  expect(writer.counterRemainder(-(2 ** 64))).toBe(-(2 ** 64 - (2 ** 63 - 1024)));
});

test('bytes are copied without those around them, whatever their number', () => {
  for (let length = 0; length <= 40; length += 1) {
    const target = new Uint8Array(length + 2).fill(255);
    const bytes = Uint8Array.from({ length }, (_, index) => index);
    expect(copyBytes(bytes, target, 1)).toBe(length + 1);
    expect([...target]).toEqual([255, ...bytes, 255]);
  }
});
