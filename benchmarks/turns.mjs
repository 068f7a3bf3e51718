// @ts-check
// How long a task holds the event loop, and what it takes.
import { existsSync, openSync, readSync } from 'node:fs';

const threadTime = threadClock();

/**
 * The longest turn of the event loop, and all that the thread did. On a busy machine a turn lasts as long as others want it to;
 * what it costs this thread is ours.
 *
 * @param {() => Promise<unknown>} run
 * @returns {Promise<{ cpu: number, wall: number, total: number }>} milliseconds: processor time and clock of the longest turn,
 *   and processor time of all of them
 */
export async function longestTurn(run) {
  const longest = { cpu: 0, wall: 0 };
  const began = threadTime();
  let cpu = began;
  let wall = performance.now();
  const turn = () => {
    const [cpuNow, wallNow] = [threadTime(), performance.now()];
    longest.cpu = Math.max(longest.cpu, cpuNow - cpu);
    longest.wall = Math.max(longest.wall, wallNow - wall);
    [cpu, wall] = [cpuNow, wallNow];
    next = setImmediate(turn);
  };
  let next = setImmediate(turn);
  await run();
  const total = threadTime() - began;
  // Work that is still due belongs to it.
  await new Promise((resolve) => setTimeout(resolve, 5));
  clearImmediate(next);
  return { ...longest, total };
}

/** @returns {() => number} milliseconds of processor time of this thread, or of the clock if the system does not report it */
function threadClock() {
  const file = '/proc/thread-self/schedstat';
  if (!existsSync(file)) return () => performance.now();
  const descriptor = openSync(file, 'r');
  const text = Buffer.alloc(64);
  return () => Number.parseInt(text.toString('latin1', 0, readSync(descriptor, text, 0, 64, 0)), 10) / 1e6;
}
