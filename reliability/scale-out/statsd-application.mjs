// @ts-check
// The application before the StatsD proxy: a cluster of four workers that record all the time, each with its own count.
import cluster from 'node:cluster';
import { once } from 'node:events';
import { metrics } from '@metrics/core';
import { StatsdMetricsBackend } from '@metrics/statsd';

/**
 * @typedef {object} WorkerReport
 * @property {string} instance
 * @property {Record<string, number>} made sums of counters, by the worker's own count
 * @property {Record<string, number>} gauges last values
 * @property {number} samples recorded
 * @property {import('@metrics/core').BackendStats} stats
 * @property {string[]} problems
 */

const WORKERS = 4;
const NAMES = 24;
const TICK_MILLISECONDS = 10;
const port = Number(process.argv[2]);

if (cluster.isPrimary) {
  /** @type {WorkerReport[]} */
  const reports = [];
  const workers = Array.from({ length: WORKERS }, () => cluster.fork());
  for (const worker of workers) worker.on('message', (report) => reports.push(report));
  process.on('message', async () => {
    const ended = workers.map((worker) => once(worker, 'exit'));
    for (const worker of workers) worker.send('finish');
    await Promise.all(ended);
    process.send?.(reports);
    process.disconnect();
  });
} else {
  const instance = `worker-${cluster.worker?.id}`;
  /** @type {WorkerReport} */
  const report = { instance, made: {}, gauges: {}, samples: 0, stats: /** @type {any} */ (undefined), problems: [] };
  metrics.register(new StatsdMetricsBackend({ host: '127.0.0.1', port, flushInterval: 250 }), {
    onError: ({ code, message }) => report.problems.push(`${code}: ${message}`),
  });
  const ticks = setInterval(record, TICK_MILLISECONDS, report);
  process.once('message', async () => {
    clearInterval(ticks);
    record(report);
    await metrics.close();
    report.stats = metrics.stats().backend;
    process.send?.(report, () => process.disconnect());
  });
}

/** @param {WorkerReport} report */
function record(report) {
  const { instance, made, gauges } = report;
  for (let index = 0; index < NAMES; index += 1) {
    const name = `jobs.${index}`;
    const amount = 1 + (index % 3);
    metrics.incr(name, amount);
    made[name] = (made[name] ?? 0) + amount;
  }
  // The same name in each process, with and without an instance.
  const length = report.samples + Number(cluster.worker?.id);
  metrics.gauge('queue.length', length, { instance });
  metrics.gauge('shared', length);
  gauges[`queue.length.${instance}`] = length;
  report.samples += NAMES + 2;
}
