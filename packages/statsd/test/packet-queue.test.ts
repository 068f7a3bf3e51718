import { SampleAccounting } from '@metrics/aggregation';
import { PacketQueue, type PacketQueueOptions } from '../src/packet-queue.js';
import { ScriptedTransport } from './scripted-transport.js';

function setUp(options: Partial<PacketQueueOptions> = {}) {
  const transport = new ScriptedTransport();
  const accounting = new SampleAccounting();
  const failures: [string, boolean][] = [];
  const onFailure = (error: Error, willRetry: boolean): void => {
    failures.push([error.message, willRetry]);
  };
  const packets = new PacketQueue({ transport, accounting, onFailure, ...options });
  const write = (text: string): void => {
    accounting.handOver(1);
    const start = packets.reserve(text.length);
    Buffer.from(text).copy(packets.buffer, start);
    packets.commit(text.length, 1);
  };
  return { failures, accounting, packets, transport, write };
}

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

test('refused packets are kept, retried, and not overtaken', async () => {
  const { failures, accounting, packets, transport, write } = setUp();
  transport.behavior = 'refuse';
  write('11111111');
  packets.finish();
  expect(packets.ready).toBe(false);
  // Begun before the outage was noticed.
  transport.behavior = 'accept';
  write('22222222');
  packets.finish();
  expect(transport.accepted).toEqual([]);
  expect(accounting.stats(0)).toMatchObject({ pending: 2, sent: 0 });
  await packets.settled();
  await jest.advanceTimersByTimeAsync(5);
  expect(transport.accepted).toEqual(['11111111', '22222222']);
  expect(packets.ready).toBe(true);
  expect(accounting.stats(0)).toMatchObject({ pending: 0, sent: 2 });
  expect(failures).toEqual([]);
});

test('an outage is reported once, however long it is; the next one is reported again', async () => {
  const { failures, packets, transport, write } = setUp();
  for (let outage = 1; outage <= 2; outage += 1) {
    transport.behavior = 'refuse';
    write('11111111');
    packets.finish();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(failures).toHaveLength(outage);
    transport.behavior = 'accept';
    await jest.advanceTimersByTimeAsync(1000);
    expect(packets.ready).toBe(true);
  }
  expect(failures).toEqual([
    ['refused', true],
    ['refused', true],
  ]);
});

test('after a refusal nothing new is written until a packet is accepted, even while the old ones are retried', async () => {
  const { packets, transport, write } = setUp();
  transport.behavior = 'refuse';
  write('11111111');
  packets.finish();
  transport.behavior = 'wait';
  await jest.advanceTimersByTimeAsync(5);
  expect(transport.waiting).toHaveLength(1);
  expect(packets.ready).toBe(false);
  transport.waiting[0]!(undefined, false);
  expect(packets.ready).toBe(true);
});

test('an outage is not reported for a transport that is not ready, which reports it itself', async () => {
  const { failures, packets, transport, write } = setUp();
  transport.behavior = 'refuse';
  transport.ready = false;
  write('11111111');
  packets.finish();
  await jest.advanceTimersByTimeAsync(60_000);
  expect(failures).toEqual([]);
});

test('a congested transport ends the burst, not the drain', () => {
  const { packets, transport } = setUp();
  expect(packets.burstFull).toBe(false);
  transport.congested = true;
  expect([packets.burstFull, packets.ready]).toEqual([true, true]);
});

test('packets and bytes are counted by what happened to them', async () => {
  const { packets, transport, write } = setUp();
  for (const [behavior, text] of [
    ['accept', '11111111'],
    ['accept', '2222'],
    ['fail', '333'],
    ['refuse', '44444'],
  ] as const) {
    transport.behavior = behavior;
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

test('whenReady retries immediately and resolves within a second', async () => {
  const { packets, transport, write } = setUp();
  transport.behavior = 'refuse';
  write('11111111');
  packets.finish();
  await jest.advanceTimersByTimeAsync(60_000);
  const whileDown = packets.whenReady();
  await jest.advanceTimersByTimeAsync(1010);
  expect(await whileDown).toBe(false);
  transport.behavior = 'accept';
  expect(await packets.whenReady()).toBe(true);
});

test('a packet that failed for good is dropped, and its buffer is reused', () => {
  const { failures, accounting, packets, transport, write } = setUp();
  transport.behavior = 'fail';
  write('11111111');
  const { buffer } = packets;
  packets.finish();
  expect(accounting.stats(0)).toMatchObject({ pending: 0, dropped: { send_failed: 1 } });
  expect(failures).toEqual([['failed', false]]);
  write('2222');
  expect(packets.buffer).toBe(buffer);
});

test('a buffer belongs to the transport until its callback', () => {
  const { packets, transport, write } = setUp();
  transport.behavior = 'wait';
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

test('dropUnsent drops packets once: open, refused and in flight, even if the callback follows', async () => {
  const { accounting, packets, transport, write } = setUp();
  transport.behavior = 'wait';
  write('11111111');
  packets.finish();
  const settled = packets.settled();
  transport.behavior = 'refuse';
  write('22222222');
  packets.finish();
  write('3333');
  packets.dropUnsent('timeout');
  await settled;
  transport.waiting[0]!(undefined, false);
  expect(accounting.stats(0)).toMatchObject({ accepted: 3, sent: 0, pending: 0, dropped: { timeout: 3 } });
  expect(jest.getTimerCount()).toBe(0);
});

test('a packet whose result never comes is dropped at a deadline, reported once, and stops nothing', async () => {
  const { failures, accounting, packets, transport, write } = setUp();
  transport.behavior = 'wait';
  for (const text of ['11111111', '22222222', '33333333']) {
    write(text);
    packets.finish();
  }
  // The middle one gets its result.
  transport.waiting[1]!(undefined, false);
  const settled = packets.settled();
  await jest.advanceTimersByTimeAsync(2100);
  await settled;
  expect(accounting.stats(0)).toMatchObject({ pending: 0, sent: 1, dropped: { send_failed: 2 } });
  expect(failures).toEqual([['The transport has no result for a packet.', false]]);
  transport.waiting[0]!(undefined, false);
  expect(accounting.stats(0)).toMatchObject({ sent: 1, dropped: { send_failed: 2 } });
});

test('packets that wait for a slow reader are not overdue as long as one after the other is taken', async () => {
  const { accounting, packets, transport, write } = setUp();
  transport.behavior = 'wait';
  for (let packet = 0; packet < 5; packet += 1) {
    write(`${packet}1111111`);
    packets.finish();
  }
  for (let packet = 0; packet < 5; packet += 1) {
    await jest.advanceTimersByTimeAsync(900);
    transport.waiting[packet]!(undefined, false);
  }
  expect(accounting.stats(0)).toEqual(expect.objectContaining({ pending: 0, sent: 5, dropped: {} }));
});

test('when a packet leaves after an outage, the owner hears it once, so that what was kept can follow', async () => {
  const onRecovery = jest.fn();
  const { packets, transport, write } = setUp({ onRecovery });
  write('00000000');
  packets.finish();
  expect(onRecovery).not.toHaveBeenCalled();
  transport.behavior = 'refuse';
  for (const text of ['11111111', '22222222']) {
    write(text);
    packets.finish();
  }
  await jest.advanceTimersByTimeAsync(10_000);
  expect(packets.refusal).toMatchObject({ message: 'refused' });
  transport.behavior = 'accept';
  await jest.advanceTimersByTimeAsync(500);
  expect(onRecovery).toHaveBeenCalledTimes(1);
  expect(packets.refusal).toBeUndefined();
});

test('a wall clock that is set back an hour delays nothing', async () => {
  const { accounting, packets, transport, write } = setUp();
  transport.behavior = 'refuse';
  write('11111111');
  packets.finish();
  await jest.advanceTimersByTimeAsync(5000);
  jest.setSystemTime(Date.now() - 3_600_000);
  transport.behavior = 'accept';
  await jest.advanceTimersByTimeAsync(500);
  expect(accounting.stats(0)).toMatchObject({ pending: 0, sent: 1 });
  expect(packets.ready).toBe(true);
});

test('a packet without a result for half a second makes the queue unready, and no caller waits for it any longer', async () => {
  const { accounting, packets, transport, write } = setUp();
  transport.behavior = 'wait';
  transport.sendTimeout = 6000;
  write('11111111');
  packets.finish();
  expect(packets.ready).toBe(true);
  const settled = packets.settled();
  await jest.advanceTimersByTimeAsync(700);
  await settled;
  expect(packets.ready).toBe(false);
  const whenReady = packets.whenReady();
  await jest.advanceTimersByTimeAsync(0);
  expect(await whenReady).toBe(false);
  expect(accounting.stats(0)).toEqual(expect.objectContaining({ pending: 1, dropped: {} }));
  transport.waiting[0]!(undefined, false);
  expect(packets.ready).toBe(true);
});
