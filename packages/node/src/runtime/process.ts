import type { Worker } from 'node:worker_threads';
import type { Metrics } from '@metrics/core';
import { now } from '@metrics/core/backend';
import { builtin } from '../builtins.js';
import { subscribe } from '../channel.js';
import { observeGauge } from '../observe-gauge.js';
import { TotalCounter } from '../total-counter.js';

const DESCRIPTORS = '/proc/self/fd';
/** Milliseconds between readings of a folder, which takes milliseconds if it has thousands of entries. */
const LISTING_INTERVAL = 60_000;

/** Observes what the process has once, whatever the number of its threads. */
export function observeProcess(metrics: Metrics, missing: string[]): (() => void)[] {
  const undo = [...observeDescriptors(metrics), ...observeWorkers(metrics)];
  if (process.memoryUsage?.rss) {
    const definition = { unit: 'byte', description: 'Physical memory of the process' };
    undo.push(observeGauge(metrics, 'process.memory.usage', definition, () => process.memoryUsage.rss()));
  } else missing.push('memoryUsage.rss');
  const countTime = processorTime(metrics);
  const definition = { unit: 'second', description: 'Time since the start of the process' };
  undo.push(
    observeGauge(metrics, 'process.uptime', definition, () => {
      countTime?.();
      return Math.round(process.uptime());
    }),
  );
  return undo;
}

/** Returns the function that counts the processor time since its last call. */
function processorTime(metrics: Metrics): () => void {
  const time = metrics.defineCounter('process.cpu.time', {
    tags: ['mode'],
    unit: 'millisecond',
    description: 'Processor time of the process, all threads',
  });
  const start = process.cpuUsage();
  const user = new TotalCounter(time.with({ mode: 'user' }), start.user / 1000);
  const system = new TotalCounter(time.with({ mode: 'system' }), start.system / 1000);
  return () => {
    const usage = process.cpuUsage();
    user.update(usage.user / 1000);
    system.update(usage.system / 1000);
  };
}

/** Only Linux shows the descriptors of a process in a folder that is cheap to read. */
function observeDescriptors(metrics: Metrics): (() => void)[] {
  const { readdirSync, statSync } = builtin('node:fs') ?? {};
  if (globalThis.process.platform !== 'linux' || !readdirSync || !statSync) return [];
  let listed: number | undefined;
  let listedAt = Number.NEGATIVE_INFINITY;
  const read = (): number | undefined => {
    try {
      // Its size is their number since Linux 6.2, and 0 before.
      const { size } = statSync(DESCRIPTORS);
      if (size > 0) return size;
      if (now() - listedAt < LISTING_INTERVAL) return listed;
      listedAt = now();
      // One of them is that of the folder.
      return (listed = readdirSync(DESCRIPTORS).length - 1);
    } catch {
      // There is no /proc in some sandboxes, and none may be opened when there are too many.
      return undefined;
    }
  };
  const description = 'Open file descriptors of the process';
  return [observeGauge(metrics, 'process.unix.file_descriptor.count', { description }, read)];
}

/** Counts workers that start after the call. */
function observeWorkers(metrics: Metrics): (() => void)[] {
  let count = 0;
  const stop = subscribe<{ worker: Worker }>('worker_threads', ({ worker }) => {
    count += 1;
    worker.once('exit', () => {
      count -= 1;
    });
  });
  const description = 'Worker threads that this thread started and that run';
  return [stop, observeGauge(metrics, 'nodejs.workers', { description }, () => count)];
}
