/** The time source of the backend. Tests pass a clock that they advance. */
export interface Clock {
  /** Returns milliseconds since the epoch. */
  now(): number;
  /** Calls `run` once, after the given milliseconds. */
  schedule(milliseconds: number, run: () => void): ScheduledCall;
}

/** A pending call of {@link Clock.schedule}. */
export interface ScheduledCall {
  cancel(): void;
  /** Sets whether the pending call keeps the process alive. At first it does not. */
  setRef(active: boolean): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
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
