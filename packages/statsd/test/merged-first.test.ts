import { join } from 'node:path';
import { runProgram } from 'test-kit/run-program';
import { UdpReceiver } from 'test-kit/udp-receiver';

const cwd = join(__dirname, '..', '..', 'dogstatsd');
let receiver: UdpReceiver;

beforeEach(async () => {
  receiver = await UdpReceiver.start();
});

afterEach(async () => {
  await receiver[Symbol.asyncDispose]();
});

const BACKENDS = {
  statsd: (port: number) => `
    import { StatsdMetricsBackend } from '@metrics/statsd';
    const backend = new StatsdMetricsBackend({ port: ${port} });`,
  dogstatsd: (port: number) => `
    import { DogStatsdMetricsBackend } from '@metrics/dogstatsd';
    const backend = new DogStatsdMetricsBackend({ statsdPort: ${port}, telemetry: false });`,
};

describe.each(['statsd', 'dogstatsd'] as const)(
  '%s: a counter, a gauge and a set among many timings arrive',
  (name) => {
    test.each([
      ['at process.exit()', 60_000, 'process.exit(0);'],
      ['before the deadline of a close', 600_000, 'await metrics.close({ timeout: 300 });'],
      [
        'before the deadline of a close during a flush',
        600_000,
        'void metrics.flush(); await metrics.close({ timeout: 300 });',
      ],
    ])('%s', async (_when, timings, end) => {
      const source = `
      import { metrics } from '@metrics/core';
      ${BACKENDS[name](receiver.port)}
      metrics.register(backend, { onError() {} });
      for (let index = 0; index < ${timings}; index += 1)
        metrics.timing('slow', index + 0.123, { tags: { route: index % 400 } });
      metrics.incr('orders', 7);
      metrics.gauge('depth', 3);
      metrics.set('users', 'ada');
      ${end}
    `;
      expect(await runProgram(source, { cwd })).toMatchObject({ code: 0 });
      await receiver.waitForLines(3);
      const lines = receiver.lines.map((line) => line.split('|#')[0]!).filter((line) => !line.startsWith('slow'));
      expect(lines.map((line) => line.split('|c:')[0]!).toSorted()).toEqual(['depth:3|g', 'orders:7|c', 'users:ada|s']);
    });
  },
);
