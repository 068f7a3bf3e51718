// @ts-check
// A worker thread that renders invoices. Modules are loaded again in a thread, so it registers its own backend.
import { parentPort, workerData } from 'node:worker_threads';
import { metrics } from '@metrics/core';
import { DogStatsdMetricsBackend } from '@metrics/dogstatsd';
import { invoicesRendered } from './shop-metrics.mjs';

metrics.register(new DogStatsdMetricsBackend({ statsdPort: workerData.statsdPort }), { prefix: 'shop.' });

parentPort?.on('message', (message) => {
  if (message === 'close') void close();
  else invoicesRendered.timer(() => JSON.stringify(message));
});

async function close() {
  await metrics.close();
  parentPort?.close();
}
