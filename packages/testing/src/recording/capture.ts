import type * as AsyncHooks from 'node:async_hooks';
import { type Metrics, metrics as sharedMetrics } from '@metrics/core';
import { builtinModule } from '@metrics/core/backend';
import { CaptureTap } from './capture-tap.js';
import { Recording, type RecordingOptions } from './recording.js';

/** Options of {@link capture}. */
export interface CaptureOptions extends RecordingOptions {
  /** The instance to capture, with its children, instruments and handles. @default metrics */
  readonly metrics?: Metrics | undefined;
}

/** One running capture: the async context of everything that `fn` starts, also after its awaits. */
interface CaptureScope {
  readonly recording: Recording;
  readonly metrics: Metrics;
  readonly outer: CaptureScope | undefined;
  ended: boolean;
}

/** Remembers the capture that began last and has not ended. */
class LatestScope {
  #latest: CaptureScope | undefined;

  getStore(): CaptureScope | undefined {
    while (this.#latest?.ended) this.#latest = this.#latest.outer;
    return this.#latest;
  }

  run<Result>(scope: CaptureScope, fn: () => Result): Result {
    this.#latest = scope;
    return fn();
  }
}

const scopes = createScopes();
const taps = new WeakMap<Metrics, CaptureTap>();

/**
 * Runs `fn` and resolves with the samples that it recorded and the problems that it caused, whatever backend is
 * registered. That backend receives the samples as well.
 *
 * Captures that run at the same time are isolated: each contains only the samples of its `fn`, across awaits. The
 * samples of a nested capture are in the outer one, too. A capture ends with `fn`: it contains nothing that `fn` left
 * running.
 *
 * Rejects with the error of `fn` if that throws or rejects. `fn` receives the recording, to read it meanwhile.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { metrics } from '@metrics/core';
 * import { capture } from '@metrics/testing';
 *
 * const seen = await capture(() => metrics.incr('requests', { tags: { status: 200 } }));
 * assert.equal(seen.counter('requests', { status: 200 }), 1);
 * assert.deepEqual(seen.problems, []);
 * ```
 */
export async function capture(
  fn: (recording: Recording) => unknown,
  { metrics = sharedMetrics, ...options }: CaptureOptions = {},
): Promise<Recording> {
  const recording = new Recording(options);
  const scope: CaptureScope = { recording, metrics, outer: scopes.getStore(), ended: false };
  let tap = taps.get(metrics);
  if (tap === undefined) taps.set(metrics, (tap = new CaptureTap(metrics, () => recordingsFor(metrics))));
  tap.join();
  try {
    await scopes.run(scope, () => fn(recording));
  } finally {
    scope.ended = true;
    tap.leave();
  }
  return recording;
}

/** Returns the recordings of the current async context: that of the innermost capture, and those of the outer ones. */
function recordingsFor(metrics: Metrics): Recording[] {
  const recordings: Recording[] = [];
  for (let scope = scopes.getStore(); scope !== undefined; scope = scope.outer) {
    if (scope.metrics === metrics && !scope.ended) recordings.push(scope.recording);
  }
  return recordings;
}

/** Returns the storage of the running captures. Without AsyncLocalStorage, as in a browser, captures at the same time mix. */
function createScopes(): AsyncHooks.AsyncLocalStorage<CaptureScope> | LatestScope {
  const hooks = builtinModule<typeof AsyncHooks>('node:async_hooks');
  return hooks?.AsyncLocalStorage === undefined ? new LatestScope() : new hooks.AsyncLocalStorage<CaptureScope>();
}
