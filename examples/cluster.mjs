// @ts-check
// Four processes of one application, as under `node:cluster` and PM2. Each registers its own backend: counters add up at the
// server, and an instance keeps gauges apart. Run it with `node examples/cluster.mjs` after `npm run build`.
import assert from 'node:assert/strict';
import cluster from 'node:cluster';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { metrics } from '@metrics/core';
import { StatsdMetricsBackend } from '@metrics/statsd';

const WORKERS = 4;
const JOBS = 25;

if (cluster.isPrimary) await runPrimary();
else await runWorker();

/** The work of each worker, in the file that all of them run. */
async function runWorker() {
  const port = Number(process.env['STATSD_PORT']);
  metrics.register(new StatsdMetricsBackend({ host: '127.0.0.1', port }), {
    prefix: 'shop.',
    signals: ['SIGINT'], // PM2 ends a process with it.
  });
  for (let job = 0; job < JOBS; job += 1) metrics.incr('jobs.started');
  // PM2 sets this variable.
  metrics.gauge('queue.length', 5, { instance: process.env['NODE_APP_INSTANCE'] });
  await metrics.close();
  cluster.worker?.disconnect();
}

/** Starts the workers, and is the StatsD server here. */
async function runPrimary() {
  const server = createSocket('udp4').bind(0, '127.0.0.1');
  await once(server, 'listening');
  /** @type {string[]} */
  const lines = [];
  server.on('message', (datagram) => lines.push(...datagram.toString().trim().split('\n')));
  const started = () =>
    lines
      .filter((line) => line.startsWith('shop.jobs.started'))
      .reduce((sum, line) => sum + Number(/:(\d+)\|c/.exec(line)?.[1]), 0);
  const gauges = () =>
    new Set(lines.filter((line) => line.includes('queue.length')).map((line) => line.replace(/:.*\|g/, '')));

  for (let number = 0; number < WORKERS; number += 1)
    cluster.fork({ STATSD_PORT: server.address().port, NODE_APP_INSTANCE: number });
  const deadline = Date.now() + 30_000;
  while ((started() < WORKERS * JOBS || gauges().size < WORKERS) && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 20));
  server.close();

  console.log(lines.join('\n'));
  assert.equal(started(), WORKERS * JOBS);
  assert.equal(gauges().size, WORKERS);
}
