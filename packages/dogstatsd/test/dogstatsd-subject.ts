import { join } from 'node:path';
import type { BackendUnderTest, Capabilities, Delivered } from '@metrics/testing/conformance';
import type { ServerTransport } from '@metrics/testing/servers';
import { RecordingServer } from '@metrics/testing/servers';
import { DogStatsdMetricsBackend, type DogStatsdOptions } from '../src/index.js';

const carries: Capabilities = {
  kinds: { counter: 'counter', gauge: 'gauge', timing: 'timing', distribution: 'distribution', set: 'set' },
  tags: 'kept',
  instance: 'tag',
  sampled: ['timing', 'distribution'],
  timestamps: true,
  events: true,
  serviceChecks: true,
};

/** The options that send to a server, and nothing about this machine. */
export function optionsFor(server: RecordingServer): DogStatsdOptions {
  const address = server.transport === 'udp' ? { statsdPort: server.port } : { statsdSocketPath: server.url };
  return { ...address, containerId: false, telemetry: false };
}

/** The backend with these options, and a server that reads strictly. */
export function subject(
  transport: ServerTransport,
  options: DogStatsdOptions = {},
  capabilities: Partial<Capabilities> = {},
): BackendUnderTest {
  return {
    capabilities: { ...carries, ...capabilities },
    // A flush of ten thousand single lines, on a machine that is busy with something else.
    timeout: 4000,
    create: async () => {
      const server = await RecordingServer.start({ transport });
      return {
        backend: new DogStatsdMetricsBackend({ ...optionsFor(server), ...options }),
        delivered: () => delivered(server),
        // Nothing is noticed of a UDP server that is gone from another machine; here it is.
        breakTransport: () => server.down(),
        dispose: () => server.stop(),
      };
    },
    program: {
      cwd: join(__dirname, '..'),
      source: `
        import { DogStatsdMetricsBackend } from '@metrics/dogstatsd';
        const backend = new DogStatsdMetricsBackend(${JSON.stringify(options)});
        backend.open(0, { kind: 'counter', key: 'a', name: 'a', tags: [], internal: false });
        backend.incr(0, 1, 1);
      `,
    },
  };
}

function delivered(server: RecordingServer): Delivered {
  return {
    samples: server.recorded.samples(),
    events: server.events,
    serviceChecks: server.serviceChecks,
  };
}
