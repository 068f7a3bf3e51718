// @ts-check
// The process: a backend, the metrics of HTTP requests and of Node.js, the service, and its worker.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { metrics } from '@metrics/core';
import { DogStatsdMetricsBackend } from '@metrics/dogstatsd';
import { observeHttp, observeRuntime } from '@metrics/node';
import { createApp } from './app.mjs';

/** @param {{ port: number, statsdPort?: number | undefined }} options */
export async function start({ port, statsdPort }) {
  metrics.register(new DogStatsdMetricsBackend({ statsdPort }), {
    prefix: 'shop.',
    onError: ({ code, message }) => console.error(`${code}: ${message}`),
  });
  const observed = [observeHttp(metrics), observeRuntime(metrics)];
  const worker = new Worker(new URL('worker.mjs', import.meta.url), { workerData: { statsdPort } });
  /** @param {unknown} message */
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins.
  const send = (message) => worker.postMessage(message);
  const server = createApp(send).listen(port, '127.0.0.1');
  await once(server, 'listening');

  /** Ends everything; call it for SIGTERM. Requests first, then the worker, then the metrics of both. */
  async function stop() {
    server.closeAllConnections();
    server.close();
    send('close');
    await once(worker, 'exit');
    for (const each of observed) each.dispose();
    await metrics.close();
  }
  return { server, stop };
}
