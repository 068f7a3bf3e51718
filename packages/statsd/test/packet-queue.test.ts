import { SampleAccounting } from '@metrics/aggregation';
import { PacketQueue } from '../src/packet-queue.js';
import type { PacketTransport } from '../src/transport/packet-transport.js';

type Done = (error: Error | undefined, refused: boolean) => void;

/** A transport that refuses, fails or waits as a test says. */
class ScriptedTransport implements PacketTransport {
  ready = true;
  congested = false;
  readonly address = 'scripted';
  readonly maxPacketBytes = 8;
  readonly maxBurstPackets = 100;
  readonly taken: string[] = [];
  readonly waiting: Done[] = [];
  answer: 'take' | 'refuse' | 'fail' | 'wait' = 'take';

  send(packet: Uint8Array, done: Done): void {
    if (this.answer === 'refuse') return done(new Error('refused'), true);
    if (this.answer === 'fail') return done(new Error('failed'), false);
    this.taken.push(Buffer.from(packet).toString());
    if (this.answer === 'take') done(undefined, false);
    else this.waiting.push(done);
  }

  connect(): Promise<boolean> {
    return Promise.resolve(true);
  }

  close(): void {}
}

function setUp() {
  const transport = new ScriptedTransport();
  const ledger = new SampleAccounting();
  const failures: [string, boolean][] = [];
  const onFailure = (error: Error, held: boolean): void => {
    failures.push([error.message, held]);
  };
  const packets = new PacketQueue({ transport, accounting: ledger, onFailure });
  const write = (text: string): void => {
    ledger.handOver(1);
    const start = packets.reserve(text.length);
    Buffer.from(text).copy(packets.buffer, start);
    packets.commit(text.length, 1);
  };
  return { failures, ledger, packets, transport, write };
}

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

test('refused packets are kept, offered again, and not overtaken', async () => {
  const { failures, ledger, packets, transport, write } = setUp();
  transport.answer = 'refuse';
  write('11111111');
  packets.finish();
  expect(packets.ready).toBe(false);
  // Begun before anybody knew.
  transport.answer = 'take';
  write('22222222');
  packets.finish();
  expect(transport.taken).toEqual([]);
  expect(ledger.stats(0)).toMatchObject({ pending: 2, sent: 0 });
  await packets.settled();
  await jest.advanceTimersByTimeAsync(5);
  expect(transport.taken).toEqual(['11111111', '22222222']);
  expect(packets.ready).toBe(true);
  expect(ledger.stats(0)).toMatchObject({ pending: 0, sent: 2 });
  expect(failures).toEqual([]);
});

test('an outage is told once, however long it is; the next one again', async () => {
  const { failures, packets, transport, write } = setUp();
  for (let outage = 1; outage <= 2; outage += 1) {
    transport.answer = 'refuse';
    write('11111111');
    packets.finish();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(failures).toHaveLength(outage);
    transport.answer = 'take';
    await jest.advanceTimersByTimeAsync(1000);
    expect(packets.ready).toBe(true);
  }
  expect(failures).toEqual([
    ['refused', true],
    ['refused', true],
  ]);
});

test('after a refusal nothing new is written until a packet was taken, even while the old ones are offered', async () => {
  const { packets, transport, write } = setUp();
  transport.answer = 'refuse';
  write('11111111');
  packets.finish();
  transport.answer = 'wait';
  await jest.advanceTimersByTimeAsync(5);
  expect(transport.waiting).toHaveLength(1);
  expect(packets.ready).toBe(false);
  transport.waiting[0]!(undefined, false);
  expect(packets.ready).toBe(true);
});

test('a transport that knows it is down tells that itself', async () => {
  const { failures, packets, transport, write } = setUp();
  transport.answer = 'refuse';
  transport.ready = false;
  write('11111111');
  packets.finish();
  await jest.advanceTimersByTimeAsync(60_000);
  expect(failures).toEqual([]);
});

test('a transport whose kernel has enough ends the burst, not the drain', () => {
  const { packets, transport } = setUp();
  expect(packets.burstFull).toBe(false);
  transport.congested = true;
  expect([packets.burstFull, packets.ready]).toEqual([true, true]);
});

test('packets and bytes are counted by what became of them', async () => {
  const { packets, transport, write } = setUp();
  for (const [answer, text] of [
    ['take', '11111111'],
    ['take', '2222'],
    ['fail', '333'],
    ['refuse', '44444'],
  ] as const) {
    transport.answer = answer;
    write(text);
    packets.finish();
  }
  write('5');
  packets.dropUnsent('timeout');
  expect(packets.counts).toEqual({
    packets: 2,
    bytes: 12,
    packetsDropped: 1,
    bytesDropped: 3,
    packetsAbandoned: 2,
    bytesAbandoned: 6,
  });
});

test('whoever asks gets an attempt at once, and an answer within a second', async () => {
  const { packets, transport, write } = setUp();
  transport.answer = 'refuse';
  write('11111111');
  packets.finish();
  await jest.advanceTimersByTimeAsync(60_000);
  const inVain = packets.whenReady();
  await jest.advanceTimersByTimeAsync(1010);
  expect(await inVain).toBe(false);
  transport.answer = 'take';
  expect(await packets.whenReady()).toBe(true);
});

test('a packet that failed for good is lost and its buffer used again', () => {
  const { failures, ledger, packets, transport, write } = setUp();
  transport.answer = 'fail';
  write('11111111');
  const { buffer } = packets;
  packets.finish();
  expect(ledger.stats(0)).toMatchObject({ pending: 0, dropped: { send_failed: 1 } });
  expect(failures).toEqual([['failed', false]]);
  write('2222');
  expect(packets.buffer).toBe(buffer);
});

test('a buffer belongs to the transport until its callback', () => {
  const { packets, transport, write } = setUp();
  transport.answer = 'wait';
  write('11111111');
  const { buffer } = packets;
  packets.finish();
  write('22222222');
  expect(packets.buffer).not.toBe(buffer);
  transport.waiting[0]!(undefined, false);
  packets.finish();
  write('33333333');
  expect(packets.buffer).toBe(buffer);
});

test('what is abandoned is lost once: open, held and in the air, also when its callback still comes', async () => {
  const { ledger, packets, transport, write } = setUp();
  transport.answer = 'wait';
  write('11111111');
  packets.finish();
  const settled = packets.settled();
  transport.answer = 'refuse';
  write('22222222');
  packets.finish();
  write('3333');
  packets.dropUnsent('timeout');
  await settled;
  transport.waiting[0]!(undefined, false);
  expect(ledger.stats(0)).toMatchObject({ accepted: 3, sent: 0, pending: 0, dropped: { timeout: 3 } });
  expect(jest.getTimerCount()).toBe(0);
});
