import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackendUnderTest, Capabilities, DeliveredSample } from '@metrics/testing/conformance';
import { type ParsedLine, parseStatsd } from 'test-kit/strict-statsd-parser';
import { TcpReceiver } from 'test-kit/tcp-receiver';
import { UdpReceiver } from 'test-kit/udp-receiver';
import { UnixReceiver } from 'test-kit/unix-receiver';
import { StatsdMetricsBackend, type StatsdOptions } from '../src/index.js';

/** For ten thousand single lines, on a machine that is busy with something else. */
const MAX_FLUSH_MS = 4000;

const KINDS = { c: 'counter', g: 'gauge', ms: 'timing', s: 'set' } as const;

const carries: Capabilities = {
  kinds: { counter: 'counter', gauge: 'gauge', timing: 'timing', distribution: 'timing', set: 'set' },
  tags: 'dropped',
  instance: 'suffix',
  sampled: ['timing', 'distribution'],
  timestamps: false,
  events: false,
  serviceChecks: false,
};

function delivered({ name, type, value, rate, tags }: ParsedLine): DeliveredSample {
  const sample = {
    kind: KINDS[type],
    name,
    sampleRate: rate,
    tags: Object.fromEntries(tags.map((tag) => tag.split(':') as [string, string])),
  };
  return type === 's' ? { ...sample, member: value } : { ...sample, value: Number(value) };
}

/** The backend with these options, and a UDP server that reads strictly. */
export function udpSubject(options: StatsdOptions = {}, capabilities: Partial<Capabilities> = {}): BackendUnderTest {
  return {
    capabilities: { ...carries, ...capabilities },
    timeout: MAX_FLUSH_MS,
    create: async () => {
      const receiver = await UdpReceiver.start();
      return {
        backend: new StatsdMetricsBackend({ port: receiver.port, ...options }),
        delivered: () => ({
          samples: receiver.packets.flatMap((packet) => parseStatsd(packet, options.tagFormat).map(delivered)),
        }),
        dispose: () => receiver[Symbol.asyncDispose](),
      };
    },
    program: {
      cwd: join(__dirname, '..'),
      source: `
        import { StatsdMetricsBackend } from '@metrics/statsd';
        const backend = new StatsdMetricsBackend(${JSON.stringify(options)});
        backend.open(0, { kind: 'counter', key: 'a', name: 'a', tags: [], internal: false });
        backend.incr(0, 1, 1);
      `,
    },
  };
}

/** The backend on a Unix socket whose server can disappear. */
export const unixSubject: BackendUnderTest = {
  capabilities: carries,
  timeout: MAX_FLUSH_MS,
  create: async () => {
    const directory = await mkdtemp(join(tmpdir(), 'statsd-subject-'));
    const path = join(directory, 'statsd.sock');
    const receiver = await UnixReceiver.start(path);
    return {
      backend: new StatsdMetricsBackend({ protocol: 'uds', path }),
      delivered: () => ({ samples: receiver.lines.flatMap((line) => parseStatsd(`${line}\n`).map(delivered)) }),
      breakTransport: () => receiver.stop(),
      dispose: async () => {
        await receiver.stop();
        await rm(directory, { recursive: true });
      },
    };
  },
};

/** The backend on a TCP connection whose server can disappear. */
export const tcpSubject: BackendUnderTest = {
  capabilities: carries,
  timeout: MAX_FLUSH_MS,
  create: async () => {
    const receiver = await TcpReceiver.start();
    return {
      backend: new StatsdMetricsBackend({ protocol: 'tcp', port: receiver.port }),
      delivered: () => ({ samples: receiver.lines.flatMap((line) => parseStatsd(`${line}\n`).map(delivered)) }),
      breakTransport: () => receiver[Symbol.asyncDispose](),
      dispose: () => receiver[Symbol.asyncDispose](),
    };
  },
  program: udpSubject({ protocol: 'tcp' }).program,
};
