import { performance } from 'node:perf_hooks';
import { alsoInRealTime, type RealTimer } from '@metrics/core/backend';

/** The time source of the backend. Tests pass a clock that they advance. */
export interface Clock {
  /** Returns milliseconds since the epoch, which date the points. */
  now(): number;
  /**
   * Returns milliseconds that only grow, whatever happens to the system's time. Durations are measured with it.
   *
   * @default now
   */
  elapsed?(): number;
  /** Calls `run` once, after the given milliseconds. */
  schedule(milliseconds: number, run: () => void): ScheduledCall;
}

/** A clock with all its methods. */
export type FullClock = Required<Clock>;

/** A pending call of {@link Clock.schedule}. */
export interface ScheduledCall {
  /** Cancels the call. Does nothing after it ran. */
  cancel(): void;
  /** Sets whether the pending call keeps the process alive. At first it does not. */
  setRef(active: boolean): void;
}

export const systemClock: FullClock = {
  now: () => Date.now(),
  // Not the global, which fake timers of a test replace: callers wait in real time as well.
  elapsed: () => performance.now(),
  schedule: (milliseconds, run) => {
    let isPending = true;
    let isAwaited = false;
    let realTimer: RealTimer | undefined;
    const runOnce = (): void => {
      if (!isPending) return;
      cancel();
      run();
    };
    const timer = setTimeout(runOnce, milliseconds).unref();
    const cancel = (): void => {
      isPending = false;
      clearTimeout(timer);
      realTimer?.close?.();
    };
    return {
      cancel,
      setRef: (active) => {
        // A call that keeps the process alive is one that a caller waits for, and that must not hang under fake timers.
        if (active && isPending && !isAwaited) realTimer = alsoInRealTime(runOnce, milliseconds);
        isAwaited ||= active;
        for (const each of [timer, realTimer]) {
          if (active) each?.ref?.();
          else each?.unref?.();
        }
      },
    };
  },
};

/** Returns a clock that measures durations with `now` if it has no other method for them. */
export function withElapsed(clock: Clock): FullClock {
  return {
    now: () => clock.now(),
    elapsed: () => (clock.elapsed === undefined ? clock.now() : clock.elapsed()),
    schedule: (milliseconds, run) => clock.schedule(milliseconds, run),
  };
}
