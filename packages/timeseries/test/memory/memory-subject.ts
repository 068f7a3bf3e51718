import { join } from 'node:path';
import type { BackendUnderTest, Delivered, DeliveredSample } from '@metrics/testing/conformance';
import { MemoryStore, TimeSeriesBackend } from '../../src/index.js';

/** The prefix that the suite registers with; history is kept under keys without it. */
const PREFIX = 'conformance.';

/** The backend on a store in memory, whose clock stands between the full minutes that the suite gives as timestamps. */
export const memorySubject: BackendUnderTest = {
  capabilities: {
    // How many members a set has is kept, not which.
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
    // A hundred thousand series are one of the checks.
    const store = new MemoryStore({ maxSeries: 200_000, maxBytes: 2 ** 30 });
    const backend = new TimeSeriesBackend({ store, clock: () => now * 1000 });
    return { backend, delivered: () => delivered(backend, now) };
  },
  program: {
    cwd: join(__dirname, '..', '..'),
    source: `
      import { MemoryStore, TimeSeriesBackend } from '@metrics/timeseries';
      const backend = new TimeSeriesBackend();
      backend.start({ report() {}, collect() {} });
      backend.open(0, { kind: 'counter', key: 'a', name: 'a', tags: {}, internal: true });
      backend.incr(0, 1, 1);
    `,
  },
};

/** What reads answer, as the suite wants it. */
export async function delivered(backend: TimeSeriesBackend, now: number): Promise<Delivered> {
  const keys = await backend.keys();
  const samples: DeliveredSample[] = [];
  // A store behind a network is slow to answer one by one, and is not asked for everything at once.
  for (let start = 0; start < keys.length; start += 500)
    samples.push(
      ...(await Promise.all(keys.slice(start, start + 500).map((key) => samplesOf(backend, key, now)))).flat(),
    );
  return { samples };
}

async function samplesOf(backend: TimeSeriesBackend, key: string, now: number): Promise<DeliveredSample[]> {
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
