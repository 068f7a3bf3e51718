import type cluster from 'node:cluster';
import { isMainThread, threadId } from 'node:worker_threads';

/**
 * What tells this process from its siblings on one host: the number of a pm2 instance, of a cluster worker, of a worker
 * thread. `undefined` where there are no siblings.
 *
 * Small numbers that come back after a restart, unlike process ids: each new value is a custom metric that is paid for.
 */
export function processTag(): string | undefined {
  const parts = [instanceNumber(), isMainThread ? undefined : `thread_${threadId}`];
  const value = parts.filter((part) => part !== undefined).join('.');
  return value === '' ? undefined : `process:${value}`;
}

function instanceNumber(): string | undefined {
  const number = process.env['NODE_APP_INSTANCE'] ?? process.env['pm_id'];
  if (number !== undefined && /^\d{1,9}$/.test(number)) return number;
  // A worker has a channel to its primary, so nobody else loads the module.
  if (process.send === undefined) return undefined;
  // Typed as an ES module, whose default it is.
  const { worker } = process.getBuiltinModule('node:cluster') as unknown as typeof cluster;
  const id = worker?.id;
  return id === undefined ? undefined : String(id);
}
