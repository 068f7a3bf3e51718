// @ts-check
// The metrics of the processes that record into a Redis cluster, and their client.
import { createCluster } from 'redis';

export const COUNTERS = Array.from({ length: 32 }, (_, index) => `jobs.${index}`);
export const TIMINGS = Array.from({ length: 16 }, (_, index) => `latency.${index}`);

/** @param {readonly number[]} ports */
export async function connectCluster(ports) {
  const client = createCluster({ rootNodes: ports.map((port) => ({ url: `redis://127.0.0.1:${port}` })) });
  client.on('error', () => {});
  await client.connect();
  return client;
}
