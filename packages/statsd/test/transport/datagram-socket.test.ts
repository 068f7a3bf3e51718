import { createSocket, Socket } from 'node:dgram';
import { once } from 'node:events';
import { UdpReceiver } from 'test-kit/udp-receiver';
import { waitUntil } from 'test-kit/wait-until';
import { DatagramSocket, type PacketError } from '../../src/transport/datagram-socket.js';
import { HotShotsClient } from '../../src/transport/hot-shots-client.js';

afterEach(() => {
  jest.restoreAllMocks();
});

interface Result {
  readonly error: PacketError | undefined;
  readonly retryable: boolean;
}

function send(client: Pick<HotShotsClient, 'send'>, packet: string): Promise<Result> {
  return new Promise((resolve) => {
    client.send(Buffer.from(packet), (error, retryable) => resolve({ error, retryable }));
  });
}

function systemError(code: string): Error {
  return Object.assign(new Error(`bind ${code}`), { code });
}

/** The ways in which the bind of a socket fails. */
const failingBinds: Record<string, (this: Socket) => Socket> = {
  'with an error immediately': function () {
    this.emit('error', systemError('EMFILE'));
    return this;
  },
  'with an error later': function () {
    setTimeout(() => this.emit('error', systemError('EADDRINUSE')), 10);
    return this;
  },
  'by an exception': () => {
    throw systemError('ERR_ACCESS_DENIED');
  },
  'without any event': function () {
    return this;
  },
};

describe.each(Object.keys(failingBinds))('an implicit bind that fails %s', (way) => {
  test('calls back for every packet, with nothing sent; the next packet after the end of the cause arrives', async () => {
    await using receiver = await UdpReceiver.start();
    const client = new HotShotsClient({ protocol: 'udp', host: '127.0.0.1', port: receiver.port });
    const bind = jest.spyOn(Socket.prototype, 'bind').mockImplementation(failingBinds[way]);
    const results = await Promise.all([send(client, 'a:1|c\n'), send(client, 'a:2|c\n')]);
    for (const { error, retryable } of results) {
      expect(error!.message).toMatch(/^The packet could not be sent: /);
      expect(retryable).toBe(true);
    }
    bind.mockRestore();
    expect(await send(client, 'b:1|c\n')).toEqual({ error: undefined, retryable: false });
    expect(await receiver.waitForLines(1)).toEqual(['b:1|c']);
    client.close();
  });

  test('leaves no open handle', async () => {
    const closed = jest.spyOn(Socket.prototype, 'close');
    const client = new HotShotsClient({ protocol: 'udp', host: '127.0.0.1', port: 9 });
    const bind = jest.spyOn(Socket.prototype, 'bind').mockImplementation(failingBinds[way]);
    await send(client, 'a:1|c\n');
    bind.mockRestore();
    client.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const socket = closed.mock.contexts.at(-1) as Socket;
    // A socket that is closed refuses everything.
    expect(() => socket.address()).toThrow('Not running');
  });
});

test.each(['ENETUNREACH', 'EHOSTUNREACH', 'EPERM', 'EACCES', 'EADDRNOTAVAIL', 'ENOBUFS', 'ENOMEM', 'EINVAL'])(
  'a packet that the kernel refuses with %s was not sent, and may be sent again',
  async (code) => {
    const client = new HotShotsClient({ protocol: 'udp', host: '127.0.0.1', port: 9 });
    jest
      .spyOn(Socket.prototype, 'send')
      .mockImplementation((...args: unknown[]) => process.nextTick(args.at(-1) as () => void, systemError(code)));
    expect(await send(client, 'a:1|c\n')).toMatchObject({ error: { code }, retryable: true });
    client.close();
  },
);

test('a packet without a callback of an open socket is not sent again, because it may have left', async () => {
  const client = new HotShotsClient({ protocol: 'udp', host: '127.0.0.1', port: 9 });
  await send(client, 'a:1|c\n');
  const spy = jest.spyOn(Socket.prototype, 'send').mockImplementation(() => {});
  const { error, retryable } = await send(client, 'a:1|c\n');
  expect([error!.message, retryable]).toEqual([expect.stringContaining('400 milliseconds'), false]);
  spy.mockRestore();
  expect(await send(client, 'a:1|c\n')).toEqual({ error: undefined, retryable: false });
  client.close();
});

test('a callback that comes after the deadline, or twice, changes nothing', () => {
  let callback: (error?: Error) => void = () => {};
  const raw = { send: (_packet: Buffer, done: typeof callback) => (callback = done), close: () => {}, on: () => {} };
  const socket = new DatagramSocket({ ...raw, emit: () => {} }, false);
  const results: unknown[] = [];
  socket.send(Buffer.from('a:1|c\n'), (error) => results.push(error));
  callback();
  callback(new Error('twice'));
  expect(results).toEqual([undefined]);
  socket.close();
});

test('once a minute packets come from another port, and none is lost', async () => {
  const server = createSocket('udp4').bind(0, '127.0.0.1');
  await once(server, 'listening');
  const ports: number[] = [];
  server.on('message', (_packet, { port }) => ports.push(port));
  let now = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  const client = new HotShotsClient({ protocol: 'udp', host: '127.0.0.1', port: server.address().port });
  for (let second = 0; second < 180; second += 10) {
    const results = await Promise.all([send(client, 'a:1|c\n'), send(client, 'b:1|c\n')]);
    expect(results.every(({ error }) => error === undefined)).toBe(true);
    now += 10_000;
  }
  await waitUntil(() => ports.length === 36);
  expect(new Set(ports).size).toBe(3);
  expect(new Set(ports.slice(0, 12)).size).toBe(1);
  client.close();
  server.close();
});

test('if no other socket can be opened after a minute, the old one stays in use', async () => {
  await using receiver = await UdpReceiver.start();
  let now = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  const client = new HotShotsClient({ protocol: 'udp', host: '127.0.0.1', port: receiver.port });
  await send(client, 'a:1|c\n');
  now += 61_000;
  const bind = jest.spyOn(Socket.prototype, 'bind').mockImplementation(failingBinds['with an error later']);
  expect(await send(client, 'a:2|c\n')).toEqual({ error: undefined, retryable: false });
  expect(await send(client, 'a:3|c\n')).toEqual({ error: undefined, retryable: false });
  expect(bind).toHaveBeenCalledTimes(1);
  expect(await receiver.waitForLines(3)).toEqual(['a:1|c', 'a:2|c', 'a:3|c']);
  client.close();
});
