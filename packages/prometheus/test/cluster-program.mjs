// Two workers that serve scrapes on one port, which the argument names. Prints what each of them finds.
import cluster from 'node:cluster';
import { metrics } from '@metrics/core';
import { PrometheusBackend } from '@metrics/prometheus';

if (cluster.isPrimary) {
  let heard = 0;
  cluster.on('message', (_worker, message) => {
    console.log(message);
    heard += 1;
    if (heard === 2) cluster.disconnect();
  });
  cluster.fork();
  cluster.fork();
} else {
  const backend = new PrometheusBackend({ port: Number(process.argv[2]) });
  metrics.register(backend, { onError: ({ code }) => process.send?.(code) });
  const poll = setInterval(() => {
    if (backend.stats().port === undefined) return;
    clearInterval(poll);
    process.send?.('listens');
  }, 5);
  poll.unref();
  process.on('disconnect', () => process.exit());
}
