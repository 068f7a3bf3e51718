// @ts-check
// Prints how many bytes a series of the kind that is named takes in the time series database, of ten thousand.
import { MemoryStore, TimeSeriesBackend } from '@metrics/timeseries';

const SERIES = 10_000;
const kind = /** @type {'counter' | 'gauge' | 'timing'} */ (process.argv[2]);
let now = Date.UTC(2026, 0, 1);
const before = used();
const backend = new TimeSeriesBackend({
  store: new MemoryStore({ maxBytes: 2 ** 31 }),
  clock: () => now,
  flushInterval: 1e9,
});
for (let id = 0; id < SERIES; id += 1) {
  /** @type {import('@metrics/core').TagPairs} */
  const tags = [
    ['method', 'GET'],
    ['route', `/api/route/${id}`],
    ['status', '200'],
  ];
  const name = { key: 'requests', name: 'requests', instance: undefined };
  const undeclared = { unit: undefined, description: undefined, buckets: undefined };
  backend.open(id, { ...name, ...undeclared, kind, tags, internal: true });
}
const buckets = kind === 'timing' ? 1 : 360;
for (let bucket = 0; bucket < buckets; bucket += 1) {
  for (let id = 0; id < SERIES; id += 1) {
    if (kind === 'counter') backend.incr(id, 1);
    else if (kind === 'gauge') backend.gauge(id, id % 7);
    else backend.timing(id, id % 1000);
  }
  now += 10_000;
}
await backend.flush();
console.log((used() - before) / SERIES);
process.exit();

function used() {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
