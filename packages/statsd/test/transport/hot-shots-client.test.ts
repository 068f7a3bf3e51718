import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StatsD } from 'hot-shots';
import { describeWithUnixDatagrams } from 'test-kit/describe-with';
import { UdpReceiver } from 'test-kit/udp-receiver';
import { UnixReceiver } from 'test-kit/unix-receiver';
import { waitUntil } from 'test-kit/wait-until';
import { HotShotsClient, type PacketError } from '../../src/transport/hot-shots-client.js';

function send(client: HotShotsClient, packet: string): Promise<PacketError | undefined> {
  return new Promise((resolve) => client.send(Buffer.from(packet), resolve));
}

test('hot-shots still has the untyped method that sends packets', () => {
  const prototype = StatsD.prototype as unknown as { sendMessage?: unknown };
  expect(prototype.sendMessage).toBeInstanceOf(Function);
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
  expect(error?.code).toBe('EMSGSIZE');
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
    expect(await send(client, 'a:1|c\n')).toBeInstanceOf(Error);
    expect(await send(client, 'a:1|c\n')).toBeInstanceOf(Error);
    const receiver = await UnixReceiver.start(path);
    expect(await send(client, 'b:1|c\n')).toBeUndefined();
    await waitUntil(() => receiver.lines.length > 0);
    expect(receiver.lines).toEqual(['b:1|c']);
    client.close();
    await receiver.stop();
    await rm(directory, { recursive: true });
  });
});
