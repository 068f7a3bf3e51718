import { AsyncLocalStorage } from 'node:async_hooks';
import { type Metrics, metrics as sharedMetrics } from '@metrics/core';
import { CaptureTap } from './capture-tap.js';
import { Recording, type RecordingOptions } from './recording.js';

export interface CaptureOptions extends RecordingOptions {
  /** Whose samples are captured: those of this instance, its children, instruments and handles. @default metrics */
  readonly metrics?: Metrics | undefined;
}

/** One running capture. Everything that `fn` starts, also after its awaits, runs in its scope. */
interface CaptureScope {
  readonly recording: Recording;
  readonly metrics: Metrics;
  readonly outer: CaptureScope | undefined;
  ended: boolean;
}

const scopes = new AsyncLocalStorage<CaptureScope>();
const taps = new WeakMap<Metrics, CaptureTap>();

/**
 * Runs `fn` and answers what it recorded, and what was dropped (`problems`), whatever backend is registered. Samples still
 * reach that backend too.
 *
 * Captures that run at the same time are isolated: each sees what its own `fn` does, across awaits. One inside another is
 * seen by both. What `fn` leaves running is not seen any more once `fn` has ended.
 *
 * Rejects as `fn` throws or rejects; `fn` is given the recording, for whoever needs it then, or in between.
 */
export async function capture(
  fn: (seen: Recording) => unknown,
  { metrics = sharedMetrics, ...options }: CaptureOptions = {},
): Promise<Recording> {
  const recording = new Recording(options);
  const scope: CaptureScope = { recording, metrics, outer: scopes.getStore(), ended: false };
  let tap = taps.get(metrics);
  if (tap === undefined) taps.set(metrics, (tap = new CaptureTap(metrics, () => recordingsFor(metrics))));
  tap.join();
  try {
    await scopes.run(scope, fn, recording);
  } finally {
    scope.ended = true;
    tap.leave();
  }
  return recording;
}

/** What a sample recorded here and now belongs into: the innermost capture, and those around it. */
function recordingsFor(metrics: Metrics): Recording[] {
  const recordings: Recording[] = [];
  for (let scope = scopes.getStore(); scope !== undefined; scope = scope.outer) {
    if (scope.metrics === metrics && !scope.ended) recordings.push(scope.recording);
  }
  return recordings;
}
