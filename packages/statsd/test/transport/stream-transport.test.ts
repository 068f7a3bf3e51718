import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from 'test-kit/free-port';
import { TcpReceiver } from 'test-kit/tcp-receiver';
import { waitUntil } from 'test-kit/wait-until';
import { StreamTransport, type StreamTransportOptions } from '../../src/transport/stream-transport.js';

const transports: StreamTransport[] = [];
const receivers: TcpReceiver[] = [];
let failures: string[];
let directory: string;

beforeEach(async () => {
  failures = [];
  directory = await mkdtemp(join(tmpdir(), 'stream-'));
});

afterEach(async () => {
  jest.useRealTimers();
  for (const transport of transports.splice(0)) transport.close();
  for (const receiver of receivers.splice(0)) await receiver[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

async function listen(...options: Parameters<typeof TcpReceiver.start>): Promise<TcpReceiver> {
  const receiver = await TcpReceiver.start(...options);
  receivers.push(receiver);
  return receiver;
}

function create(
  address: StreamTransportOptions['address'],
  options: Partial<StreamTransportOptions> = {},
): StreamTransport {
  const transport = new StreamTransport({
    address,
    framing: 'newline',
    maxPacketBytes: undefined,
    onDown: (error) => failures.push(`down: ${error.message}`),
    onResolveFailure: (error) => failures.push(`unresolved: ${error.message}`),
    ...options,
  });
  transports.push(transport);
  return transport;
}

type SendResult = 'sent' | 'refused' | 'lost';

function send(transport: StreamTransport, packet: string | Uint8Array): Promise<SendResult> {
  return new Promise((resolve) => {
    transport.send(Buffer.from(packet), (error, retryable) => {
      resolve(error === undefined ? 'sent' : retryable ? 'refused' : 'lost');
    });
  });
}

/** Sends until the kernel accepts no more, then some more packets. Returns the results in order. */
function sendTooMuch(transport: StreamTransport, beyond: number): Promise<SendResult>[] {
  const packet = Buffer.alloc(65_536, 'x');
  const outcomes: Promise<SendResult>[] = [];
  while (!transport.congested) outcomes.push(send(transport, packet));
  for (let more = 0; more < beyond; more += 1) outcomes.push(send(transport, packet));
  return outcomes;
}

test('packets arrive byte for byte, in order, over one connection', async () => {
  const receiver = await listen();
  const transport = create({ host: '127.0.0.1', port: receiver.port });
  expect(transport).toMatchObject({ address: `127.0.0.1:${receiver.port}`, maxPacketBytes: 8192, ready: false });
  expect(await transport.connect()).toBe(true);
  const packets = Array.from({ length: 500 }, (_, index) => `a.${index}:1|c\n`.repeat(1 + (index % 40)));
  expect(new Set(await Promise.all(packets.map((packet) => send(transport, packet))))).toEqual(new Set(['sent']));
  const expected = packets.join('');
  await waitUntil(() => receiver.bytes.length === expected.length);
  expect(receiver.bytes.toString()).toBe(expected);
  expect(receiver.connections).toBe(1);
});

// https://github.com/DataDog/datadog-agent: 32 bits of length, little-endian, then the payload.
test('with length32 a Unix stream carries exact frames', async () => {
  const path = join(directory, 'agent.sock');
  const receiver = await listen({ path });
  const transport = create({ path }, { framing: 'length32' });
  expect(transport.address).toBe(path);
  expect(await transport.connect()).toBe(true);
  const packets = Array.from({ length: 300 }, (_, index) => Buffer.alloc(1 + ((index * 37) % 8192), index % 256));
  await Promise.all(packets.map((packet) => send(transport, packet)));
  const total = packets.reduce((bytes, { length }) => bytes + 4 + length, 0);
  await waitUntil(() => receiver.bytes.length === total);
  const frames: Buffer[] = [];
  for (let at = 0; at < total; ) {
    const end = at + 4 + receiver.bytes.readUInt32LE(at);
    frames.push(receiver.bytes.subarray(at + 4, end));
    at = end;
  }
  expect(frames.length).toBe(300);
  frames.forEach((frame, index) => expect(frame.equals(packets[index]!)).toBe(true));
});

test('if the server is not there at the start, packets are refused, one problem is reported, and the connection is made when it is', async () => {
  const port = await freePort();
  const transport = create({ host: '127.0.0.1', port }, { random: () => 0 });
  expect(await send(transport, 'a:1|c\n')).toBe('refused');
  expect(await transport.connect()).toBe(false);
  expect(await transport.connect()).toBe(false);
  expect(failures).toEqual([`down: connect ECONNREFUSED 127.0.0.1:${port}`]);
  const receiver = await listen({ port });
  await receiver.waitForConnections(1);
  await waitUntil(() => transport.ready);
  expect(await send(transport, 'a:2|c\n')).toBe('sent');
  expect(await receiver.waitForLines(1)).toEqual(['a:2|c']);
});

test.each([
  ['FIN', 'end'],
  ['RST', 'resetAndDestroy'],
] as const)('a %s is noticed without sending, and a new connection is made', async (_name, method) => {
  const receiver = await listen();
  const transport = create({ host: '127.0.0.1', port: receiver.port }, { random: () => 0 });
  await transport.connect();
  await receiver.waitForConnections(1);
  for (const socket of receiver.sockets) {
    // Data that is not read would hide the end that follows.
    socket.write('Welcome.\n', () => socket[method]());
  }
  await receiver.waitForConnections(2);
  await waitUntil(() => transport.ready);
  expect(await send(transport, 'a:1|c\n')).toBe('sent');
  expect(await receiver.waitForLines(1)).toEqual(['a:1|c']);
});

test('waits between attempts double up to ten seconds, and jitter spreads them', async () => {
  const port = await freePort();
  let attempts = 0;
  let draws = 0;
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
  create(
    { host: 'statsd.test', port },
    {
      random: () => {
        draws += 1;
        return 0.5;
      },
      lookup: (_host, _options, callback) => {
        attempts += 1;
        callback(null, [{ address: '127.0.0.1', family: 4 }]);
      },
    },
  );
  const untilDrawn = async (count: number): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    if (draws < count) await untilDrawn(count);
  };
  const pauses = [100, 200, 400, 800, 1600, 3200, 5000, 5000];
  for (const [index, pause] of pauses.entries()) {
    await untilDrawn(index + 1);
    jest.advanceTimersByTime(pause - 1);
    expect(attempts).toBe(index + 1);
    jest.advanceTimersByTime(1);
    expect(attempts).toBe(index + 2);
  }
});

test('a server that reads nothing gets no more than its kernel accepts, then the connection ends, and one packet is lost', async () => {
  const receiver = await listen({ reads: false });
  const transport = create({ host: '127.0.0.1', port: receiver.port }, { stallTimeout: 100, random: () => 0.999 });
  await transport.connect();
  const outcomes = await Promise.all(sendTooMuch(transport, 3));
  const counts = { sent: 0, lost: 0, refused: 0 };
  for (const outcome of outcomes) counts[outcome] += 1;
  expect(counts).toEqual({ sent: outcomes.length - 4, lost: 1, refused: 3 });
  expect(outcomes.slice(-4)).toEqual(['lost', 'refused', 'refused', 'refused']);
  expect(failures).toEqual([`down: 127.0.0.1:${receiver.port} has read nothing for 100 milliseconds.`]);
});

test('a server that reads late gets everything, in order', async () => {
  const receiver = await listen({ reads: false });
  const transport = create({ host: '127.0.0.1', port: receiver.port });
  await transport.connect();
  const outcomes = sendTooMuch(transport, 5);
  expect(transport.ready).toBe(true);
  const chunks: Buffer[] = [];
  for (const socket of receiver.sockets) socket.on('data', (chunk) => chunks.push(chunk)).resume();
  expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['sent']));
  expect(transport.congested).toBe(false);
  const received = () => chunks.reduce((bytes, { length }) => bytes + length, 0);
  await waitUntil(() => received() === outcomes.length * 65_536, received);
});

test('a connection reset in the middle of a packet loses that packet only, whatever is queued after it', async () => {
  const receiver = await listen({ reads: false });
  const transport = create({ host: '127.0.0.1', port: receiver.port });
  await transport.connect();
  await receiver.waitForConnections(1);
  const outcomes = sendTooMuch(transport, 2);
  for (const socket of receiver.sockets) socket.resetAndDestroy();
  expect((await Promise.all(outcomes)).slice(-3)).toEqual(['lost', 'refused', 'refused']);
});

test('a name that does not resolve is reported once; when it does, the connection is made, and a stale address is used after a failure', async () => {
  const receiver = await listen();
  let broken = true;
  let lookups = 0;
  const transport = create(
    { host: 'statsd.test', port: receiver.port },
    {
      random: () => 0,
      lookup: (_host, _options, callback) => {
        lookups += 1;
        if (broken) callback(new Error('EAI_AGAIN'));
        else callback(null, [{ address: '127.0.0.1', family: 4 }]);
      },
    },
  );
  await waitUntil(() => lookups > 3);
  expect(failures).toEqual(['unresolved: EAI_AGAIN']);
  broken = false;
  await receiver.waitForConnections(1);
  broken = true;
  await waitUntil(() => transport.ready);
  const seen = lookups;
  for (const socket of receiver.sockets) socket.destroy();
  await receiver.waitForConnections(2);
  expect(lookups).toBeGreaterThan(seen);
});

test('a lookup that throws or finds no address is a failure like others', async () => {
  create(
    { host: 'statsd.test', port: 1 },
    {
      lookup: () => {
        throw new TypeError('invalid name');
      },
    },
  );
  create({ host: 'statsd.test', port: 1 }, { lookup: (_host, _options, callback) => callback(null, []) });
  await waitUntil(() => failures.length === 2);
  expect(failures).toEqual(['unresolved: invalid name', 'unresolved: statsd.test has no address.']);
});

test('an attempt to connect ends after the connect timeout, and callers that wait get false', async () => {
  const transport = create(
    { host: 'statsd.test', port: 9 },
    { connectTimeout: 50, random: () => 0.999, lookup: () => {} },
  );
  expect(await transport.connect()).toBe(false);
  expect(failures).toEqual(['down: statsd.test:9 did not accept the connection within 50 milliseconds.']);
});

test('close sends accepted packets and ends the connection for good', async () => {
  const receiver = await listen();
  const transport = create({ host: '127.0.0.1', port: receiver.port }, { random: () => 0 });
  await transport.connect();
  await receiver.waitForConnections(1);
  for (let index = 0; index < 100; index += 1) void send(transport, `${index}:1|c\n`);
  transport.close();
  transport.close();
  expect(transport.ready).toBe(false);
  expect(await transport.connect()).toBe(false);
  expect(await send(transport, 'late:1|c\n')).toBe('refused');
  expect(await receiver.waitForLines(100)).toHaveLength(100);
  await waitUntil(() => receiver.sockets.size === 0);
  expect(receiver.connections).toBe(1);
  expect(failures).toEqual([]);
});

test('the callback of an outage may close the transport: nothing is retried', async () => {
  const port = await freePort();
  let lookups = 0;
  const lookup: StreamTransportOptions['lookup'] = (_host, _options, callback) => {
    lookups += 1;
    callback(null, [{ address: '127.0.0.1', family: 4 }]);
  };
  const transport = create({ host: 'statsd.test', port }, { random: () => 0, lookup, onDown: () => transport.close() });
  expect(await transport.connect()).toBe(false);
  let others = 0;
  create(
    { host: 'statsd.test', port },
    {
      random: () => 0,
      lookup: (...args) => {
        others += 1;
        lookup(...args);
      },
    },
  );
  await waitUntil(() => others >= 5);
  // One attempt, and those of the other transport.
  expect(lookups).toBe(1 + others);
});

test('close does not wait for a server that reads nothing', async () => {
  const receiver = await listen({ reads: false });
  const transport = create({ host: '127.0.0.1', port: receiver.port });
  await transport.connect();
  const outcomes = sendTooMuch(transport, 1);
  transport.close();
  expect((await Promise.all(outcomes)).slice(-2)).toEqual(['lost', 'refused']);
});

test('when the server ends a connection that was closed, too, no timer is left', async () => {
  const receiver = await listen();
  const transport = create({ host: '127.0.0.1', port: receiver.port });
  await waitUntil(() => transport.ready);
  expect(await send(transport, 'a:1|c\n')).toBe('sent');
  // This clock stands still, so a timer does not end by itself.
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'performance', 'Date'] });
  transport.close();
  expect(jest.getTimerCount()).toBe(1);
  const deadline = Date.now() + 10_000;
  while (jest.getTimerCount() > 0 && Date.now() < deadline) await new Promise((resolve) => setImmediate(resolve));
  expect(jest.getTimerCount()).toBe(0);
});
