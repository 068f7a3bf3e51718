import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import { type Delivered } from '../../src/conformance.js';
import { DogStatsdSyntaxError, RecordingServer, type RecordingServerOptions } from '../../src/servers.js';

const servers: RecordingServer[] = [];
const sockets: { destroy(): void }[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) await server.stop();
});

async function start(options?: RecordingServerOptions): Promise<RecordingServer> {
  const server = await RecordingServer.start(options);
  servers.push(server);
  return server;
}

async function sendUdp(server: RecordingServer, ...packets: (string | Uint8Array)[]): Promise<void> {
  const client = createSocket('udp4');
  for (const packet of packets)
    await new Promise<void>((resolve, reject) =>
      client.send(packet, server.port, '127.0.0.1', (error) => (error === null ? resolve() : reject(error))),
    );
  client.close();
}

async function connect({ port, path }: RecordingServer): Promise<Socket> {
  const client = path === undefined ? createConnection({ port: port!, host: '127.0.0.1' }) : createConnection({ path });
  sockets.push(client);
  await once(client, 'connect');
  client.on('error', () => undefined);
  return client;
}

function framed(packet: string | Uint8Array): Buffer {
  const bytes = Buffer.from(packet);
  const frame = Buffer.alloc(4 + bytes.length);
  frame.writeUInt32LE(bytes.length);
  frame.set(bytes, 4);
  return frame;
}

/** Writes each byte in its own segment, as far as the system allows. */
async function trickle(client: Socket, bytes: Buffer): Promise<void> {
  client.setNoDelay();
  for (const byte of bytes) await new Promise((resolve) => client.write(Buffer.of(byte), resolve));
}

describe('queries', () => {
  test('samples, events and service checks, with the queries of a recording', async () => {
    const server = await start();
    await sendUdp(
      server,
      'orders:5|c|#status:200\norders:1|c|@0.1|#status:200,cached:true\norders:2|c|#status:500\nqueue:7|g|T1656581400\nqueue:-3|g\n',
      'db:12.5:1|ms|@0.5\nsize:4|d\nsize:2|h|c:ci-a\nusers:ann|s\nusers:bob|s\nusers:ann|s\n',
      '_e{8,4}:deployed|v1.2|t:success|#service:web|card:low\n_sc|database|2|m:no route\n',
    );
    await server.waitFor(13);

    const { recorded } = server;
    expect(recorded.counter('orders')).toBe(17);
    expect(recorded.counter('orders', { status: 200 })).toBe(15);
    expect(recorded.counter('orders', { status: 200, cached: undefined })).toBe(5);
    expect(recorded.gauge('queue')).toBe(-3);
    expect(recorded.timings('db')).toEqual([12.5, 1]);
    expect(recorded.distributions('size')).toEqual([4, 2]);
    expect(recorded.members('users')).toEqual(['ann', 'bob']);
    expect(recorded.samples({ name: 'queue' })).toMatchObject([
      { kind: 'gauge', key: 'queue', name: 'queue', value: 7, sampleRate: 1, timestamp: 1_656_581_400 },
      { value: -3 },
    ]);
    expect(recorded.events).toStrictEqual([
      { title: 'deployed', text: 'v1.2', alertType: 'success', tags: { service: 'web' } },
    ]);
    expect(recorded.serviceChecks).toStrictEqual([
      { name: 'database', status: 'critical', message: 'no route', tags: {} },
    ]);

    // The contents are assignable to what the conformance suite compares.
    const { events, serviceChecks } = recorded;
    const delivered: Delivered = { samples: recorded.samples(), events, serviceChecks };
    expect(delivered.samples).toHaveLength(12);

    expect(server.metrics.map(({ type }) => type).join(' ')).toBe('c c c g g ms d h s s s');
    expect(server.metrics[7]).toMatchObject({ type: 'h', name: 'size', values: [2], localData: 'ci-a' });
    expect(server.events).toMatchObject([{ type: '_e', title: 'deployed', cardinality: 'low' }]);
    expect(server.serviceChecks).toMatchObject([{ type: '_sc', name: 'database' }]);
    expect(server.packets).toHaveLength(3);
    expect(String(server.packets[2])).toMatch(/^_e\{8,4\}.*\n_sc.*\n$/);
    expect(server.lines).toHaveLength(13);
    expect(server.lines[3]).toBe('queue:7|g|T1656581400');
    expect(server.malformed).toEqual([]);
  });

  test('the sum over all types, and values as they were sent', async () => {
    const server = await start();
    await sendUdp(server, 'a:2|c|@0.3333333333333333|#x:1\na:1:2|d|@0.5\na:-4|g|#x:1\na:b|s\n');
    await server.waitFor(4);
    expect(server.sum('a')).toBe(2 * 3 + 2 * 3 - 4);
    expect(server.sum('a', { x: 1 })).toBeCloseTo(2);
    expect(server.values('a')).toEqual([2, 1, 2, -4]);
    expect(server.values('a', { x: 1 })).toEqual([2, -4]);
    expect([server.sum('b'), server.values('b')]).toEqual([0, []]);
  });

  test('toString shows the series, scaled', async () => {
    const server = await start();
    expect(String(server)).toBe('nothing arrived');
    await sendUdp(server, 'a:2|c|@0.5|#x:1\nb:7|ms\n');
    await server.waitFor(2);
    expect(inspect(server)).toBe('counter a{x=1} 4\ntiming b 7');
  });

  test('clear removes everything', async () => {
    const server = await start();
    await sendUdp(server, 'a:2|c\nb\n');
    await expect(server.waitFor(2)).rejects.toThrow('malformed');
    server.clear();
    expect([server.packets, server.lines, server.metrics, server.malformed, server.sum('a')]).toEqual([
      [],
      [],
      [],
      [],
      0,
    ]);
    await sendUdp(server, 'a:1|c\n');
    await server.waitFor(1);
    expect(server.recorded.counter('a')).toBe(1);
  });

  test('a datagram without a byte is a probe, not a packet', async () => {
    const server = await start();
    await sendUdp(server, '', 'a:1|c\n');
    await server.waitFor(1);
    expect(server.packets).toHaveLength(1);
  });
});

describe('malformed input', () => {
  test('fails every query, and waitFor', async () => {
    const server = await start();
    await sendUdp(server, 'a:1|c\nb:NaN|c\nc:1|c\nd\n');
    const complaint =
      /^Something malformed arrived\. Line 1, byte 3: expected a decimal number, found "NaN\|c" in "b:NaN\|c", and 1 more/;
    await expect(server.waitFor(() => false)).rejects.toThrow(complaint);
    const questions: (() => unknown)[] = [
      () => server.recorded,
      () => server.metrics,
      () => server.events,
      () => server.serviceChecks,
      () => server.sum('a'),
      () => server.values('a'),
    ];
    for (const question of questions)
      expect(question).toThrow(
        expect.objectContaining({ code: 'ERR_ASSERTION', message: expect.stringMatching(complaint) }),
      );
    expect(server.malformed).toHaveLength(2);
    expect(server.malformed.every((error) => error instanceof DogStatsdSyntaxError)).toBe(true);
    expect(server.lines).toEqual(['a:1|c', 'b:NaN|c', 'c:1|c', 'd']);
    expect(String(server)).toMatch(/^counter a 1\ncounter c 1\nproblem malformed : Line 1, byte 3/);
  });

  test('is only listed without strict, and does not affect other lines', async () => {
    const server = await start({ strict: false });
    await sendUdp(server, 'a:1|c\nb:NaN|c\nc:1|c\n', Buffer.from([0xff]), 'no line feed:1|c');
    await server.waitFor(5);
    expect(server.metrics.map(({ name }) => name)).toEqual(['a', 'c']);
    expect(server.malformed.map((error) => (error as DogStatsdSyntaxError).expected)).toEqual([
      'a decimal number',
      'UTF-8',
      'a line feed after the last line',
    ]);
  });

  test('includes a packet of valid lines that the Agent would truncate', async () => {
    const server = await start({ strict: false });
    await sendUdp(server, 'a:1|c\n'.repeat(1366));
    await server.waitFor(1366);
    expect(server.recorded.counter('a')).toBe(1366);
    expect(server.malformed).toMatchObject([{ expected: 'at most 8192 bytes, not 8196' }]);
  });
});

describe('waiting', () => {
  test('ends with the packet that makes a condition true', async () => {
    const server = await start();
    const waiting = server.waitFor(({ recorded }) => recorded.counter('a') === 3);
    await sendUdp(server, 'a:1|c\n', 'a:2|c\n');
    await waiting;
    await server.waitFor(2, { timeout: 0 });
  });

  test('ends after the timeout with what arrived', async () => {
    const server = await start();
    await sendUdp(server, 'a:1|c\n');
    await server.waitFor(1);
    await expect(server.waitFor(2, { timeout: 10 })).rejects.toThrow(
      'Timed out after 10 ms. What arrived:\ncounter a 1',
    );
  });

  test('ends when the server is stopped, and when the condition throws', async () => {
    const server = await start();
    const waiting = server.waitFor(1);
    await Promise.all([
      expect(waiting).rejects.toThrow('The server was stopped. What arrived:\nnothing arrived'),
      server.stop(),
    ]);
    await expect(server.waitFor(1)).rejects.toThrow('The server was stopped');
    const failing = (await start()).waitFor(() => {
      throw new Error('mine');
    });
    await expect(failing).rejects.toThrow('mine');
  });
});

describe('bounds', () => {
  test('more samples than are kept fail the queries', async () => {
    const strict = await start({ maxSamples: 2 });
    const lenient = await start({ maxSamples: 2, strict: false });
    for (const server of [strict, lenient]) await sendUdp(server, 'a:1:2|d\n', 'a:3|d\n');
    await expect(strict.waitFor(3)).rejects.toThrow('More than 2 samples arrived');
    await lenient.waitFor(2);
    expect(lenient.recorded.distributions('a')).toEqual([2, 3]);
    strict.clear();
    expect(strict.sum('a')).toBe(0);
  });

  test('packets are kept up to 64 MiB', async () => {
    const server = await start({ transport: 'unixstream' });
    const client = await connect(server);
    const packet = framed(`a:1|c|#${'x'.repeat(8000)}\n`);
    const wanted = 8500;
    for (let sent = 0; sent < wanted; sent += 100) {
      const batch = Buffer.concat(Array.from({ length: 100 }, () => packet));
      if (!client.write(batch)) await once(client, 'drain');
    }
    await server.waitFor(wanted, { timeout: 20_000 });
    expect(server.recorded.counter('a')).toBe(wanted);
    expect(server.packets.length).toBe(Math.floor((64 * 1024 * 1024) / (packet.length - 4)));
  });
});

describe('streams', () => {
  test('TCP is split at line feeds, wherever segments end', async () => {
    const server = await start({ transport: 'tcp' });
    const client = await connect(server);
    await trickle(client, Buffer.from('a:1|c|#k:é\nb:2|g\n'));
    client.write('c:3|c\nd:4');
    await server.waitFor(3);
    client.write('|c\ne:5');
    await server.waitFor(4);
    client.end();
    await server.waitFor(({ connections }) => connections.open === 0);
    expect(server.lines).toEqual(['a:1|c|#k:é', 'b:2|g', 'c:3|c', 'd:4|c']);
    expect(server.packets).toHaveLength(4);
    expect(server.connections).toEqual({ accepted: 1, open: 0, dropped: 0, truncated: 1 });
  });

  test('a Unix stream is split by its lengths, wherever segments end', async () => {
    const server = await start({ transport: 'unixstream' });
    const client = await connect(server);
    const packet = 'a:1|c|#k:é\nb:2|g\n';
    await trickle(client, framed(packet));
    client.write(Buffer.concat([framed('c:3|c\n'), framed('d:4|c\n'), framed('e:5|c\n').subarray(0, 7)]));
    await server.waitFor(4);
    client.end();
    await server.waitFor(({ connections }) => connections.open === 0);
    expect(server.packets.map(String)).toEqual([packet, 'c:3|c\n', 'd:4|c\n']);
    expect(server.connections).toEqual({ accepted: 1, open: 0, dropped: 0, truncated: 1 });
  });

  test.each<['tcp' | 'unixstream', Buffer, string]>([
    [
      'unixstream',
      Buffer.from([0x01, 0x20, 0, 0]),
      'A packet of 8193 bytes, more than 8192: the connection was closed',
    ],
    ['tcp', Buffer.alloc(8193, 'x'), 'A line of more than 8192 bytes: the connection was closed'],
  ])('%s: what is too long ends the connection, and no other', async (transport, tooLong, message) => {
    const server = await start({ transport, strict: false });
    const line = (text: string): string | Buffer => (transport === 'tcp' ? text : framed(text));
    const [good, bad] = [await connect(server), await connect(server)];
    bad.write(line('a:1|c\n'));
    bad.write(tooLong);
    bad.resume();
    await once(bad, 'close');
    good.write(line('b:1|c\n'));
    await server.waitFor(2);
    expect(server.malformed.map((error) => error.message)).toEqual([message]);
    expect(server.metrics.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(server.connections).toEqual({ accepted: 2, open: 1, dropped: 1, truncated: 0 });
  });

  test.each(['tcp', 'unixstream'] as const)(
    '%s: a paused server fills the buffers of its clients',
    async (transport) => {
      const server = await start({ transport });
      const line = `a:1|c|#${'x'.repeat(8000)}\n`;
      const packet = transport === 'tcp' ? line : framed(line);
      const before = await connect(server);
      before.write(packet);
      await server.waitFor(1);
      await server.pause();
      const later = await connect(server);
      let sent = 1;
      for (const client of [before, later]) {
        // Bytes that neither kernel buffers pile up here. A server that reads would receive them all.
        while (client.writableLength < 1_000_000) {
          expect(sent).toBeLessThan(10_000);
          client.write(packet);
          sent += 1;
          await new Promise(setImmediate);
        }
      }
      expect(server.recorded.counter('a')).toBeLessThan(sent / 2);
      server.resume();
      await server.waitFor(sent, { timeout: 20_000 });
      expect(server.recorded.counter('a')).toBe(sent);
    },
  );
});

describe('outages', () => {
  test.each(['tcp', 'unixstream'] as const)(
    '%s: down ends connections and refuses new ones until up',
    async (transport) => {
      const server = await start({ transport });
      const packet = transport === 'tcp' ? 'a:1|c\n' : framed('a:1|c\n');
      const { url, connections } = server;
      const client = await connect(server);
      client.write(packet);
      client.resume();
      await server.waitFor(1);
      await Promise.all([server.down(), once(client, 'close')]);
      await server.down();
      await expect(connect(server)).rejects.toThrow(transport === 'tcp' ? 'ECONNREFUSED' : 'ENOENT');
      await server.up();
      await server.up();
      expect(server.url).toBe(url);
      (await connect(server)).write(packet);
      await server.waitFor(2);
      expect(server.connections).toEqual({ accepted: 2, open: 1, dropped: 0, truncated: 0 });
      expect(connections).toEqual({ accepted: 0, open: 0, dropped: 0, truncated: 0 });
    },
  );

  test('udp: a connected client notices, and finds the same port again', async () => {
    const server = await start();
    const { port } = server;
    const client = createSocket('udp4');
    sockets.push({ destroy: () => client.close() });
    client.connect(port!, '127.0.0.1');
    await once(client, 'connect');
    await server.down();
    client.send('a:1|c\n');
    await expect(once(client, 'message')).rejects.toThrow('ECONNREFUSED');
    await server.up();
    expect(server.port).toBe(port);
    client.send('b:1|c\n');
    await server.waitFor(1);
    expect(server.metrics.map(({ name }) => name)).toEqual(['b']);
  });

  test('udp cannot be paused', async () => {
    await expect((await start()).pause()).rejects.toThrow('A UDP server cannot be paused');
  });

  test('a stopped server stays readable, and cannot be started again', async () => {
    const server = await start();
    await sendUdp(server, 'a:1|c\n');
    await server.waitFor(1);
    await server.stop();
    await server.stop();
    expect(server.recorded.counter('a')).toBe(1);
    await expect(server.up()).rejects.toThrow('The server was stopped: start a new one');
  });
});

describe('addresses', () => {
  test('are available in every form that clients need', async () => {
    const udp = await start();
    expect([udp.transport, udp.url, udp.address, udp.path]).toEqual([
      'udp',
      `udp://127.0.0.1:${udp.port}`,
      `127.0.0.1:${udp.port}`,
      undefined,
    ]);
    const stream = await start({ transport: 'unixstream' });
    expect([stream.url, stream.address, stream.port]).toEqual([`unixstream://${stream.path}`, stream.path, undefined]);
  });

  test('are those of the options, and are never taken from other servers', async () => {
    const first = await start({ transport: 'tcp' });
    const port = first.port!;
    await expect(start({ transport: 'tcp', port })).rejects.toThrow('EADDRINUSE');
    await first.stop();
    expect((await start({ transport: 'tcp', port })).port).toBe(port);

    const directory = await mkdtemp(join(tmpdir(), 'recording-server-'));
    try {
      const path = join(directory, 'agent.sock');
      expect((await start({ transport: 'unixstream', path })).path).toBe(path);
      const other = join(directory, 'file');
      await writeFile(other, 'precious');
      await expect(start({ transport: 'unixstream', path: other })).rejects.toThrow('EADDRINUSE');
      expect(existsSync(other)).toBe(true);
      await servers.pop()!.stop();
      expect([existsSync(path), existsSync(directory)]).toEqual([false, true]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test('a temporary directory is removed with the server', async () => {
    const server = await start({ transport: 'unixstream' });
    expect(existsSync(server.path!)).toBe(true);
    await server[Symbol.asyncDispose]();
    expect(existsSync(dirname(server.path!))).toBe(false);
  });

  test('invalid options are rejected, with their values', async () => {
    await expect(start({ transport: 'carrier pigeon' as 'udp' })).rejects.toThrow(
      new RangeError('transport must be one of "udp", "tcp", "unixgram", "unixstream", not "carrier pigeon".'),
    );
    await expect(start({ transport: 'unixstream', path: `/tmp/${'x'.repeat(120)}` })).rejects.toThrow(RangeError);
    await expect(start({ maxSamples: 0 })).rejects.toThrow(
      new RangeError('maxSamples must be an integer from 1 to 9007199254740991, not 0.'),
    );
    await expect(start({ transport: 'tcp', port: 65_536 })).rejects.toThrow('65536');
  });
});
