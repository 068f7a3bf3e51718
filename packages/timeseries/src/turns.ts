// Long work in slices, so that it delays nothing else in the process.
// Not the global function, which fake timers replace and jsdom has not.
import { setImmediate } from 'node:timers';

/** Milliseconds of work in one round of the event loop, of all callers together. */
const SLICE_MS = 1;

/** Time at which the work of this round ends, as of `performance.now`; `undefined` if none began. */
let sliceEnds: number | undefined;
const waiting: (() => void)[] = [];
let isRunning = false;

/** Returns true if the work of this round of the event loop has had its time: then await {@link nextTurn}. */
export function isTurnOver(): boolean {
  if (sliceEnds !== undefined) return performance.now() >= sliceEnds;
  startSlice();
  return false;
}

/** Resolves in a later round of the event loop, when there is time left in it. Callers take turns. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (!isRunning) void runTurns();
  });
}

async function runTurns(): Promise<void> {
  isRunning = true;
  while (waiting.length > 0) {
    await new Promise((resolve) => setImmediate(resolve));
    startSlice();
    do {
      waiting.shift()?.();
      // The caller works before this continues.
      await Promise.resolve();
    } while (waiting.length > 0 && !isTurnOver());
  }
  isRunning = false;
}

function startSlice(): void {
  sliceEnds = performance.now() + SLICE_MS;
  setImmediate(() => {
    sliceEnds = undefined;
  });
}
