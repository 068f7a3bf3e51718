import { Socket } from 'node:dgram';
import { createMetrics } from '@metrics/core';
import { UdpReceiver } from 'test-kit/udp-receiver';
import { StatsdMetricsBackend } from '../../src/index.js';

/** Hands packets to the kernel as late as Deno does, and later. */
function sendLate(): void {
  const send = Socket.prototype.send as (...parameters: unknown[]) => void;
  jest.spyOn(Socket.prototype, 'send').mockImplementation(function (this: Socket, ...parameters: unknown[]) {
    setTimeout(() => {
      try {
        send.apply(this, parameters);
      } catch {
        // It was closed before, and the packet is lost.
      }
    }, 30);
  });
}

afterEach(() => jest.restoreAllMocks());

test('close waits until a runtime that sends late, such as Deno, has sent the packet', async () => {
  await using receiver = await UdpReceiver.start();
  sendLate();
  const backend = new StatsdMetricsBackend({ host: '127.0.0.1', port: receiver.port });
  const metrics = createMetrics({ backend });
  metrics.incr('hits');
  await metrics.close();
  expect(metrics.stats().backend).toEqual(expect.objectContaining({ accepted: 1, sent: 1, pending: 0, dropped: {} }));
  expect(await receiver.waitForLines(1)).toEqual(['hits:1|c']);
});
