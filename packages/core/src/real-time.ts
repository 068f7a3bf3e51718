// Waits that end although fake timers of a test stand still: `await metrics.close()` must not hang there.
import { nodeProcess } from './runtime.js';

const timers: Pick<typeof globalThis, 'setImmediate' | 'setTimeout'> =
  nodeProcess?.getBuiltinModule?.('node:timers') ?? globalThis;
// As they are when this file is loaded: fake timers may replace those of the module as well.
const { setImmediate: setRealImmediate, setTimeout: setRealTimeout } = timers;

/** Milliseconds in which a test that moves its fake timers has moved them. */
const STANDSTILL_MS = 20;

/** The part of a timer of Node.js that other runtimes lack. */
export interface RealTimer {
  /** Keeps the process alive until the timer has run. */
  ref?(): unknown;
  /** Lets the process end before the timer has run. */
  unref?(): unknown;
  /** Cancels it. The global `clearTimeout` may be a fake one. */
  close?(): unknown;
}

/**
 * Calls `run` after a delay in real time if fake timers replace the global ones. It is called by those as well. Returns the
 * timer, if there is one, which does not keep the process alive.
 */
export function alsoInRealTime(run: () => void, milliseconds: number): RealTimer | undefined {
  if (globalThis.setTimeout === setRealTimeout) return undefined;
  const timer: RealTimer = setRealTimeout(run, Math.max(milliseconds, STANDSTILL_MS));
  timer.unref?.();
  return timer;
}

/** Resolves after a delay. Keeps the process alive. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
    alsoInRealTime(resolve, milliseconds)?.ref?.();
  });
}

/** Resolves in the next round of the event loop. */
export function nextRound(): Promise<void> {
  return new Promise((resolve) => {
    setRealImmediate(resolve);
  });
}
