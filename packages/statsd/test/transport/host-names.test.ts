import type { Problem } from '@metrics/core';
import { seriesOf } from 'test-kit/series-of';
import { UdpReceiver } from 'test-kit/udp-receiver';
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
  expect(backend.stats()).toMatchObject({ accepted: 1, sent: 0, pending: 1, dropped: {} });
  expect(problems.map(({ code }) => code)).toEqual(['resolve_failed']);
  expect(problems[0]!.message).toContain('statsd.invalid');
  const started = performance.now();
  await backend.close({ timeout: 100 });
  expect(performance.now() - started).toBeLessThan(2000);
  expect(backend.stats()).toMatchObject({ accepted: 1, pending: 0, dropped: { timeout: 1 } });
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
  expect([transport.address, transport.maxPacketBytes]).toEqual([`127.0.0.1:${receiver.port}`, 8192]);
  await new Promise((resolve) => transport.send(Buffer.from('a:1|c\n'), resolve));
  expect(await receiver.waitForLines(1)).toEqual(['a:1|c']);
  transport.close();
});
