import type { MetricsBackend } from '@metrics/core';
import type { BackendUnderTest, Capabilities } from '../../src/conformance.js';
import { RecordingBackend } from '../../src/index.js';

const capabilities: Capabilities = {
  kinds: { counter: 'counter', gauge: 'gauge', timing: 'timing', distribution: 'distribution', set: 'set' },
  tags: 'kept',
  instance: 'field',
  sampled: [],
  timestamps: true,
  events: true,
  serviceChecks: true,
};

/** Returns a recording backend for the suite, or another one `around` it that passes everything on to it. */
export function recordingSubject({
  Recording = RecordingBackend,
  around = (backend) => backend,
  ...different
}: {
  readonly Recording?: new () => RecordingBackend;
  readonly around?: (backend: RecordingBackend) => MetricsBackend;
} & Partial<Capabilities> = {}): BackendUnderTest {
  return {
    capabilities: { ...capabilities, ...different },
    create: () => {
      const recording = new Recording();
      const { recorded } = recording;
      return {
        backend: around(recording),
        delivered: () => ({
          samples: recorded.samples(),
          events: recorded.events,
          serviceChecks: recorded.serviceChecks,
        }),
      };
    },
  };
}
