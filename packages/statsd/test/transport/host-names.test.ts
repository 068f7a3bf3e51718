import type { Problem } from '@metrics/core';
import { seriesOf } from 'test-kit/series-of';
import { UdpReceiver } from 'test-kit/udp-receiver';
import { waitUntil } from 'test-kit/wait-until';
import { StatsdMetricsBackend } from '../../src/index.js';
import { UdpTransport } from '../../src/transport/udp-transport.js';

test('a name is resolved, and samples recorded before that arrive', async () => {
  await using receiver = await UdpReceiver.start();
  const backend = new StatsdMetricsBackend({ host: 'localhost', port: receiver.port });
  backend.open(0, seriesOf('counter', 'hits'));
  backend.incr(0, 1, 1);
  expect(backend.stats()).toMatchObject({ pending: 1, address: undefined });
  await backend.flush();
  expect(await receiver.waitForLines(1)).toEqual(['hits:1|c']);
  expect(backend.stats()).toMatchObject({ sent: 1, address: `127.0.0.1:${receiver.port}` });
  await backend.close({ timeout: 1000 });
});

test('if a name does not resolve, samples are kept, one problem is reported, and close meets its deadline', async () => {
  const problems: Problem[] = [];
  const backend = new StatsdMetricsBackend({ host: 'statsd.invalid' });
  backend.start({ report: (problem) => problems.push(problem), collect: () => {} });
  backend.open(0, seriesOf('counter', 'hits'));
  backend.incr(0, 1, 1);
  await backend.flush();
  await backend.flush();
  expect(backend.stats()).toEqual(expect.objectContaining({ accepted: 1, sent: 0, pending: 1, dropped: {} }));
  expect(problems.map(({ code }) => code)).toEqual(['resolve_failed']);
  expect(problems[0]!.message).toContain('statsd.invalid');
  const started = performance.now();
  await backend.close({ timeout: 100 });
  expect(performance.now() - started).toBeLessThan(5000);
  expect(backend.stats()).toMatchObject({ accepted: 1, pending: 0, dropped: { timeout: 1 } });
});

/** Sends packets until one is accepted. */
async function sendUntilAccepted(transport: UdpTransport, packet: string): Promise<number> {
  for (let refusals = 0; ; refusals += 1) {
    const [error, retryable] = await new Promise<[Error | undefined, boolean]>((resolve) => {
      transport.send(Buffer.from(packet), (...result) => resolve(result));
    });
    if (error === undefined) return refusals;
    expect([retryable, refusals < 5, error.message]).toEqual([true, true, expect.any(String)]);
  }
}

test.each([
  ['the first refuses, the second listens on IPv6', ['127.0.0.1', '::1']],
  ['the first has no server, the second listens on IPv4', ['::1', '127.0.0.1']],
  ['none of the first two listens', ['127.0.0.2', '127.0.0.3', '127.0.0.1']],
])('a name with several addresses: %s', async (_name, addresses) => {
  await using receiver = await UdpReceiver.start(addresses.at(-1));
  let lookups = 0;
  const transport = new UdpTransport({
    host: 'statsd.test',
    port: receiver.port,
    onResolveFailure: () => {},
    lookup: (_host, _options, callback) => {
      lookups += 1;
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    },
  });
  expect(await transport.connect()).toBe(true);
  expect(transport.address).toContain(addresses[0]);
  expect(await sendUntilAccepted(transport, 'a:1|c\n')).toBe(addresses.length - 1);
  expect(await receiver.waitForLines(1)).toEqual(['a:1|c']);
  // The refusals asked the name server again, once.
  await waitUntil(() => lookups === 2);
  transport.close();
});

test('a server that moved to another address is found as soon as the old address refuses', async () => {
  await using receiver = await UdpReceiver.start('127.0.0.2');
  let address = '127.0.0.3';
  let lookups = 0;
  const transport = new UdpTransport({
    host: 'statsd.test',
    port: receiver.port,
    onResolveFailure: () => {},
    lookup: (_host, _options, callback) => {
      lookups += 1;
      callback(null, [{ address, family: 4 }]);
    },
  });
  await transport.connect();
  address = '127.0.0.2';
  const started = performance.now();
  await waitUntil(async () => {
    await new Promise((resolve) => transport.send(Buffer.from('a:1|c\n'), resolve));
    return receiver.lines.length > 0;
  });
  expect(performance.now() - started).toBeLessThan(5000);
  expect(lookups).toBeLessThan(5);
  transport.close();
});

test('a look-up that never ends does not hold a caller', async () => {
  const backend = new UdpTransport({ host: 'statsd.test', port: 8125, onResolveFailure: () => {}, lookup: () => {} });
  const started = performance.now();
  expect(await backend.connect()).toBe(false);
  expect(performance.now() - started).toBeLessThan(5000);
  expect(await backend.connect()).toBe(false);
  backend.close();
});

test('a new address gets all later packets, and packets are as large as its network allows', async () => {
  await using receiver = await UdpReceiver.start();
  let address = '192.0.2.1';
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
  const transport = new UdpTransport({
    host: 'statsd.test',
    port: receiver.port,
    maxPacketBytes: undefined,
    onResolveFailure: () => {},
    lookup: (_host, _options, callback) => callback(null, [{ address, family: 4 }]),
  });
  expect(transport.ready).toBe(false);
  expect(await transport.connect()).toBe(true);
  expect([transport.address, transport.maxPacketBytes]).toEqual([`192.0.2.1:${receiver.port}`, 1432]);
  address = '127.0.0.1';
  await jest.advanceTimersByTimeAsync(60_000);
  jest.useRealTimers();
  expect([transport.address, transport.maxPacketBytes]).toEqual([`127.0.0.1:${receiver.port}`, 4000]);
  await new Promise((resolve) => transport.send(Buffer.from('a:1|c\n'), resolve));
  expect(await receiver.waitForLines(1)).toEqual(['a:1|c']);
  transport.close();
});

test('localhost is both loopback addresses, also on a machine whose hosts file lists one of them', async () => {
  await using receiver = await UdpReceiver.start('::1');
  const transport = new UdpTransport({
    host: 'localhost',
    port: receiver.port,
    onResolveFailure: () => {},
    lookup: (_host, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
  });
  await transport.connect();
  await sendUntilAccepted(transport, 'hits:1|c\n');
  expect(await receiver.waitForLines(1)).toEqual(['hits:1|c']);
  transport.close();
});
