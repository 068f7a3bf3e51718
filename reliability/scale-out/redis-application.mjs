// @ts-check
// A process that records history into a Redis cluster all the time, and counts its own calls. Messages pause and continue it.
import { metrics } from '@metrics/core';
import { TimeSeriesBackend } from '@metrics/timeseries';
import { RedisStore } from '@metrics/timeseries/redis';
import { waitUntil } from './engines.mjs';
import { COUNTERS, connectCluster, TIMINGS } from './redis-metrics.mjs';

/**
 * @typedef {object} WriterReport
 * @property {Record<string, number>} made sums of counters, and numbers of timings, by the process's own count
 * @property {number} samples recorded
 * @property {import('@metrics/core').BackendStats} stats
 * @property {string[]} problems
 */

const TICK_MILLISECONDS = 10;

const client = await connectCluster(process.argv.slice(2).map(Number));
const store = new RedisStore({ client, commandTimeout: 1000 });
/** @type {WriterReport} */
const report = { made: {}, samples: 0, stats: /** @type {any} */ (undefined), problems: [] };
metrics.register(new TimeSeriesBackend({ store, include: ['*'], flushInterval: 200 }), {
  onError: ({ code }) => report.problems.push(code),
});
/** @type {NodeJS.Timeout | undefined} */
let ticks;
const isStored = async () => {
  await metrics.flush();
  return metrics.stats().backend.pending === 0;
};
/** @type {Record<string, () => unknown>} */
const commands = {
  record: () => {
    ticks = setInterval(record, TICK_MILLISECONDS);
  },
  /** Resolves when everything recorded is stored. */
  pause: () => {
    clearInterval(ticks);
    return waitUntil('everything recorded is stored', isStored, 30);
  },
  finish: async () => {
    await metrics.close();
    report.stats = metrics.stats().backend;
    await client.close();
  },
};
process.on('message', async (/** @type {string} */ message) => {
  const error = await Promise.resolve(commands[message]?.()).then(() => undefined, String);
  process.send?.({ ...report, stats: report.stats ?? metrics.stats().backend, error });
  if (message === 'finish') process.disconnect();
});

function record() {
  const { made } = report;
  for (const [index, key] of COUNTERS.entries()) {
    metrics.incr(key, 1 + (index % 3));
    made[key] = (made[key] ?? 0) + 1 + (index % 3);
  }
  for (const key of TIMINGS) {
    metrics.timing(key, 1 + (report.samples % 50));
    made[key] = (made[key] ?? 0) + 1;
  }
  report.samples += COUNTERS.length + TIMINGS.length;
}
