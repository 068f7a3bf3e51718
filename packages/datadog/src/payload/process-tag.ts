import type cluster from 'node:cluster';
import { isMainThread, threadId } from 'node:worker_threads';

/**
 * Returns a tag that distinguishes this process from similar ones on the same host: the number of the pm2 instance or the
 * cluster worker, and of the worker thread. Returns `undefined` for all other processes.
 *
 * The numbers are small and come back after a restart, unlike process ids: Datadog bills each new value as a custom metric.
 */
export function processTag(): string | undefined {
  const parts = [instanceNumber(), isMainThread ? undefined : `thread_${threadId}`];
  const value = parts.filter((part) => part !== undefined).join('.');
  return value === '' ? undefined : `process:${value}`;
}

function instanceNumber(): string | undefined {
  const number = process.env['NODE_APP_INSTANCE'] ?? process.env['pm_id'];
  if (number !== undefined && /^\d{1,9}$/.test(number)) return number;
  // Cluster workers have a channel to their primary; all other processes need not load the module.
  if (process.send === undefined) return undefined;
  // The type describes the namespace of the ES module; this returns its default export.
  const { worker } = process.getBuiltinModule('node:cluster') as unknown as typeof cluster;
  const id = worker?.id;
  return id === undefined ? undefined : String(id);
}
