import { closeUnderFakeTimers } from 'test-kit/close-under-fake-timers';
import { TcpReceiver } from 'test-kit/tcp-receiver';
import { UdpReceiver } from 'test-kit/udp-receiver';
import { StatsdMetricsBackend } from '../src/index.js';

it.each([
  ['UDP', UdpReceiver, 'udp'],
  ['TCP', TcpReceiver, 'tcp'],
] as const)('under fake timers, flush and close resolve over %s', async (_name, Receiver, protocol) => {
  await using receiver = await Receiver.start();
  const { port } = receiver;
  const stats = await closeUnderFakeTimers(() => new StatsdMetricsBackend({ host: '127.0.0.1', port, protocol }));
  expect(stats).toEqual(expect.objectContaining({ accepted: 20_001, sent: 20_001, dropped: {}, pending: 0 }));
});

it.each(['udp', 'tcp'] as const)(
  'under fake timers, flush and close resolve without a server over %s',
  async (protocol) => {
    const stats = await closeUnderFakeTimers(() => new StatsdMetricsBackend({ host: '127.0.0.1', port: 1, protocol }));
    expect(stats).toMatchObject({ accepted: 20_001, pending: 0 });
  },
);
