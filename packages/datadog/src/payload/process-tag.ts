import type cluster from 'node:cluster';
import { isMainThread, threadId } from 'node:worker_threads';
import { environment } from '@metrics/core/backend';
import { takeProcessNumber } from './process-number.js';

/** Returns true if similar processes or threads probably run on the same host: those of pm2, a cluster or worker threads. */
export function hasSiblings(): boolean {
  return !isMainThread || pm2Number() !== undefined || workerId() !== undefined;
}

/**
 * Returns a tag that distinguishes this thread of this process from all others that are alive on the host.
 *
 * Its number is small and is used again when its owner has ended, unlike process ids and those of cluster workers: Datadog
 * bills each new value as a custom metric. An instance of pm2 has the number that pm2 gave it, if that is free.
 */
export function takeProcessTag(pool: string): string {
  const preferred = isMainThread ? pm2Number() : undefined;
  return `process:${takeProcessNumber(pool, preferred) ?? uniqueName()}`;
}

function pm2Number(): number | undefined {
  const number = environment['NODE_APP_INSTANCE'] || environment['pm_id'];
  return number !== undefined && /^\d{1,9}$/.test(number) ? Number(number) : undefined;
}

function workerId(): number | undefined {
  // Cluster workers have a channel to their primary; all other processes need not load the module.
  if (process.send === undefined) return undefined;
  // The type describes the namespace of the ES module; this returns its default export.
  const { worker } = process.getBuiltinModule('node:cluster') as unknown as typeof cluster;
  return worker?.id;
}

/** Returns a name for systems without numbers. It is unique, but does not come back after a restart. */
function uniqueName(): string {
  if (!isMainThread) return `${process.pid}.thread_${threadId}`;
  return String(pm2Number() ?? workerId() ?? process.pid);
}
