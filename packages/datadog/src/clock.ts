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
  cancel(): void;
  /** Sets whether the pending call keeps the process alive. At first it does not. */
  setRef(active: boolean): void;
}

export const systemClock: FullClock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  schedule: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds).unref();
    return {
      cancel: () => clearTimeout(timer),
      setRef: (active) => {
        if (active) timer.ref();
        else timer.unref();
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
