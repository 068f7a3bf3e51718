import type { Tags, TagValue } from './tags.js';

/** Tags that the timed code may add to. */
export type TimerTags = Record<string, TagValue | null | undefined>;

/** A running timer. Disposing it stops it: `using timer = metrics.startTimer('db.query')`. */
export interface Timer {
  /** Records the time since the start, once, and answers it in milliseconds. */
  stop(tags?: Tags): number;
  [Symbol.dispose](): void;
}

/** Milliseconds on a clock that never goes back. */
export function now(): number {
  return performance.now();
}

/**
 * Runs `fn` and records how long it, or the promise it answers, took. Adds `result: 'success' | 'failure'` unless the tags
 * have one. Answers or throws what `fn` did; `record` must not throw.
 */
export function timeRun<Result>(
  tags: TimerTags,
  fn: (tags: TimerTags) => Result,
  record: (milliseconds: number, tags: TimerTags) => void,
): Result {
  const start = now();
  const finish = (result: 'success' | 'failure'): void => {
    const milliseconds = now() - start;
    tags['result'] ??= result;
    record(milliseconds, tags);
  };
  let returned: Result;
  try {
    returned = fn(tags);
  } catch (error) {
    finish('failure');
    throw error;
  }
  if (!isThenable(returned)) {
    finish('success');
    return returned;
  }
  return returned.then(
    (value) => {
      finish('success');
      return value;
    },
    (error: unknown) => {
      finish('failure');
      throw error;
    },
  ) as Result;
}

/** Records once, at the first stop. */
export function startTimer(record: (milliseconds: number, tags: Tags | undefined) => void): Timer {
  const start = now();
  let stopped: number | undefined;
  const stop = (tags?: Tags): number => {
    if (stopped === undefined) {
      stopped = now() - start;
      record(stopped, tags);
    }
    return stopped;
  };
  return { stop, [Symbol.dispose]: () => void stop() };
}

/** The end of a timer: its problems were reported, and even in strict mode must not cover up what the timed code did. */
export function quietly(record: () => void): void {
  try {
    record();
  } catch {}
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
