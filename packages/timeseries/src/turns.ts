// Long work in slices, so that it delays nothing else in the process.

/** Milliseconds of work in one round of the event loop, of all callers together. */
const SLICE_MS = 1;
// As it is when this file is loaded: tests of applications replace the global function.
const immediate: typeof setImmediate = setImmediate;

/** Time at which the work of this round ends, as of `performance.now`; `undefined` if none began. */
let sliceEnds: number | undefined;
let turns: Promise<void> = Promise.resolve();

/** Returns true if the work of this round of the event loop has had its time: then await {@link nextTurn}. */
export function isTurnOver(): boolean {
  if (sliceEnds !== undefined) return performance.now() >= sliceEnds;
  sliceEnds = performance.now() + SLICE_MS;
  immediate(() => {
    sliceEnds = undefined;
  });
  return false;
}

/** Resolves in a later round of the event loop, for one caller in each round. */
export function nextTurn(): Promise<void> {
  turns = turns.then(() => new Promise((resolve) => immediate(resolve)));
  return turns;
}
