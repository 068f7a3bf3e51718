/** Time, so that tests can be the ones who pass it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `run` once, after so many milliseconds. */
  schedule(milliseconds: number, run: () => void): Alarm;
}

export interface Alarm {
  cancel(): void;
  /** Whether the alarm keeps the process alive. It does not, until it is told to. */
  hold(held: boolean): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  schedule: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds).unref();
    return {
      cancel: () => clearTimeout(timer),
      hold: (held) => {
        if (held) timer.ref();
        else timer.unref();
      },
    };
  },
};
