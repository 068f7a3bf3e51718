import type { Metrics } from '@metrics/core';
import { checkInteger, checkKnownOptions, checkOptionsObject } from '@metrics/core/backend';
import { builtin } from '../builtins.js';
import { type Installation, install, warnOnce } from '../shared.js';
import { observeEventLoop } from './event-loop.js';
import { observeGarbageCollection } from './garbage-collection.js';
import { observeProcess } from './process.js';
import { observeThread } from './thread.js';

/** Options of `observeRuntime`. */
export interface RuntimeOptions {
  /** Milliseconds of the windows over which delay and utilization of the event loop are measured, 1000 to 600,000. @default 10_000 */
  readonly window?: number | undefined;
  /**
   * Milliseconds between samples of the delay of the event loop, 1 to 100. Node.js 24.19, 26.5 and later take a sample in
   * each turn of the loop instead, which wakes no idle process. @default 10
   */
  readonly resolution?: number | undefined;
}

/**
 * Observes the event loop, garbage collection, memory and processor time of this process, until the result is disposed. In a worker,
 * it observes the worker alone, with the tag `thread: worker`.
 *
 * A second call for the same metrics returns the first result; its options are ignored.
 *
 * @throws {TypeError | RangeError} if an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { metrics } from '@metrics/core';
 * import { observeRuntime } from '@metrics/node';
 *
 * observeRuntime(metrics);
 * ```
 */
export function observeRuntime(metrics: Metrics, options: RuntimeOptions = {}): Installation {
  checkOptionsObject(options);
  checkKnownOptions('observeRuntime()', options, ['window', 'resolution']);
  const { window = 10_000, resolution = 10 } = options;
  checkInteger('window', window, 1000, 600_000);
  checkInteger('resolution', resolution, 1, 100);
  return install(metrics, 'runtime', () => {
    const missing: string[] = [];
    const isMainThread = builtin('node:worker_threads')?.isMainThread ?? true;
    // Gauges of several threads would overwrite each other.
    const ofThread = isMainThread ? metrics : metrics.child({ tags: { thread: 'worker' } });
    const undo = [
      ...observeEventLoop(ofThread, { resolution, window }, missing),
      ...observeGarbageCollection(ofThread, missing),
      ...observeThread(ofThread, missing),
      ...(isMainThread ? observeProcess(metrics, missing) : []),
    ];
    if (missing.length > 0)
      warnOnce('runtime_lacks', `@metrics/node: no metrics for what this runtime lacks: ${missing.join(', ')}.`);
    return undo;
  });
}
