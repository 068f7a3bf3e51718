import { join } from 'node:path';
import type { BackendUnderTest, Delivered, DeliveredSample } from '@metrics/testing/conformance';
import { MemoryStore, TimeSeriesBackend } from '../../src/index.js';

/** The prefix that the suite registers with. History is kept under keys without it. */
const PREFIX = 'conformance.';

/** The backend on a memory store. Its clock is stopped between the full minutes that the suite uses as timestamps. */
export const memoryBackend: BackendUnderTest = {
  capabilities: {
    // A set's number of members is kept, not the members.
    kinds: { counter: 'counter', gauge: 'gauge', timing: 'timing', distribution: 'distribution' },
    tags: 'kept',
    instance: 'tag',
    sampled: [],
    timestamps: true,
    events: false,
    serviceChecks: false,
  },
  create: () => {
    const now = Math.floor(Date.now() / 60_000) * 60 + 35;
    // One of the checks opens a hundred thousand series.
    const store = new MemoryStore({ maxSeries: 200_000, maxBytes: 2 ** 30 });
    const backend = new TimeSeriesBackend({ store, clock: () => now * 1000 });
    return { backend, delivered: () => readDelivered(backend, now) };
  },
  program: {
    cwd: join(__dirname, '..', '..'),
    source: `
      import { MemoryStore, TimeSeriesBackend } from '@metrics/timeseries';
      const backend = new TimeSeriesBackend();
      backend.start({ report() {}, collect() {} });
      backend.open(0, { kind: 'counter', key: 'a', name: 'a', tags: [], internal: true });
      backend.incr(0, 1, 1);
    `,
  },
};

/** Reads everything the backend keeps, as the samples that the suite compares. */
export async function readDelivered(backend: TimeSeriesBackend, now: number): Promise<Delivered> {
  const keys = await backend.keys();
  const samples: DeliveredSample[] = [];
  // A store on a network is slow if read key by key, and overloaded if all keys are read at the same time.
  for (let start = 0; start < keys.length; start += 500)
    samples.push(
      ...(await Promise.all(keys.slice(start, start + 500).map((key) => readSamples(backend, key, now)))).flat(),
    );
  return { samples };
}

async function readSamples(backend: TimeSeriesBackend, key: string, now: number): Promise<DeliveredSample[]> {
  const samples: DeliveredSample[] = [];
  for (const { kind, tags } of await backend.series(key)) {
    if (kind === 'set') continue;
    const isSummary = kind === 'timing' || kind === 'distribution';
    const range = { tags, start: now - 180 };
    const counts = isSummary ? await backend.range(key, { ...range, statistic: 'count' }) : undefined;
    for (const [index, [time, value]] of (await backend.range(key, range)).entries()) {
      if (value === null || (kind === 'counter' && value === 0)) continue;
      const timestamp = time === now - (now % 10) ? undefined : time;
      samples.push({ kind, name: PREFIX + key, tags, value, timestamp, count: counts?.[index]?.[1] ?? undefined });
    }
  }
  return samples;
}
