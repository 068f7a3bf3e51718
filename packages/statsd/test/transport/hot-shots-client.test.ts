import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { udsErrors } from 'hot-shots/lib/constants.js';
import createTransport from 'hot-shots/lib/transport.js';
import { describeWithUnixDatagrams } from 'test-kit/describe-with';
import { UdpReceiver } from 'test-kit/udp-receiver';
import { UnixReceiver } from 'test-kit/unix-receiver';
import { waitUntil } from 'test-kit/wait-until';
import type { PacketError } from '../../src/transport/datagram-socket.js';
import { HotShotsClient } from '../../src/transport/hot-shots-client.js';

function send(client: HotShotsClient, packet: string): Promise<PacketError | undefined> {
  return new Promise((resolve) => client.send(Buffer.from(packet), resolve));
}

test('hot-shots still has the parts that are used, which its documentation does not promise', () => {
  const errors: unknown[] = [];
  const owner = { errorHandler: (error: unknown) => errors.push(error) };
  const transport = createTransport(owner, { protocol: 'udp', host: '127.0.0.1', port: 9 })!;
  expect(transport).toMatchObject({ send: expect.any(Function), close: expect.any(Function) });
  transport.close();
  expect(errors).toEqual([]);
  // A transport that cannot be created is null, and its error is passed to the handler.
  expect(createTransport(owner, { protocol: 'none' as 'udp', host: '', port: 0 })).toBeNull();
  expect(errors).toHaveLength(1);
  expect(udsErrors()).toEqual(
    process.platform === 'linux' ? ['ENOTCONN', 'ECONNREFUSED', -107, -111] : expect.any(Array),
  );
});

test('a packet arrives byte for byte, without additions, and the callback gets no error', async () => {
  await using receiver = await UdpReceiver.start();
  const client = new HotShotsClient({ protocol: 'udp', host: '127.0.0.1', port: receiver.port });
  expect(await send(client, 'a:1|c\nb:2|g\n')).toBeUndefined();
  expect(await send(client, 'no newline, \xff')).toBeUndefined();
  await receiver.waitForLines(2);
  client.close();
  expect(receiver.packets[0]).toBe('a:1|c\nb:2|g\n');
});

test('a failure is passed to the callback, neither printed nor thrown', async () => {
  const consoleError = jest.spyOn(console, 'error').mockImplementation(() => {});
  const client = new HotShotsClient({ protocol: 'udp', host: '127.0.0.1', port: 9 });
  const error = await send(client, 'x'.repeat(70_000));
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    code: 'EMSGSIZE',
    message: expect.stringMatching(/^The packet could not be sent: .*EMSGSIZE/),
    cause: { code: 'EMSGSIZE', syscall: 'send' },
  });
  client.close();
  client.close();
  await new Promise((resolve) => setImmediate(resolve));
  expect(await send(client, 'late:1|c\n')).toBeInstanceOf(Error);
  expect(consoleError).not.toHaveBeenCalled();
  consoleError.mockRestore();
});

test('a client that is closed with a packet in flight sends it', async () => {
  await using receiver = await UdpReceiver.start();
  const client = new HotShotsClient({ protocol: 'udp', host: '127.0.0.1', port: receiver.port });
  const sent = send(client, 'a:1|c\n');
  client.close();
  expect(await sent).toBeUndefined();
  expect(await receiver.waitForLines(1)).toEqual(['a:1|c']);
});

describeWithUnixDatagrams('Unix datagrams', () => {
  test('a Unix socket that does not exist fails each packet; after it is created, the next packet arrives', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'hot-shots-'));
    const path = join(directory, 'statsd.sock');
    const client = new HotShotsClient({ protocol: 'uds', path });
    for (let packet = 0; packet < 2; packet += 1) {
      const error = await send(client, 'a:1|c\n');
      expect(error).toBeInstanceOf(Error);
      expect(error!.message).toMatch(/^The socket could not be created: .*connect/);
      expect(error!.cause).toBeDefined();
    }
    const receiver = await UnixReceiver.start(path);
    expect(await send(client, 'b:1|c\n')).toBeUndefined();
    await waitUntil(() => receiver.lines.length > 0);
    expect(receiver.lines).toEqual(['b:1|c']);
    client.close();
    await receiver.stop();
    await rm(directory, { recursive: true });
  });

  test('a socket whose server restarted is replaced by the packet that fails, and no descriptor is left open', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'hot-shots-'));
    const path = join(directory, 'statsd.sock');
    const client = new HotShotsClient({ protocol: 'uds', path });
    const descriptors: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const receiver = await UnixReceiver.start(path);
      await waitUntil(async () => (await send(client, 'b:1|c\n')) === undefined);
      await waitUntil(() => receiver.lines.includes('b:1|c'));
      // A socket in use stays open: it is still that of the server before.
      let lost: unknown;
      const traffic = setInterval(async () => (lost ??= await send(client, 'a:1|c\n')), 20);
      await receiver.stop();
      await waitUntil(() => lost !== undefined);
      clearInterval(traffic);
      expect(lost).toMatchObject({ code: -constants.errno.ECONNREFUSED, cause: { syscall: 'send' } });
      if (existsSync('/proc/self/fd')) descriptors.push(readdirSync('/proc/self/fd').length);
    }
    expect(descriptors.at(-1) ?? 0).toBeLessThanOrEqual(descriptors[0] ?? 0);
    client.close();
    await new Promise((resolve) => setImmediate(resolve));
    // To close the native socket twice would abort the process.
    for (let packet = 0; packet < 2; packet += 1) {
      expect(await send(client, 'late:1|c\n')).toBeInstanceOf(Error);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await rm(directory, { recursive: true });
  });

  test('a closed client opens no socket', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'hot-shots-'));
    const path = join(directory, 'statsd.sock');
    const client = new HotShotsClient({ protocol: 'uds', path });
    client.close();
    const receiver = await UnixReceiver.start(path);
    expect(await send(client, 'late:1|c\n')).toBeInstanceOf(Error);
    await receiver.stop();
    await rm(directory, { recursive: true });
  });
});
