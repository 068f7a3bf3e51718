// @ts-check
// How long processes waited for a processor while they could run: what the neighbors of a shared machine took, which no
// promise is about. Linux counts it.
import { openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { uptime } from './uptime.mjs';

const SAMPLE_MILLISECONDS = 25;

/** Returns the milliseconds that all threads of a process waited; undefined if it has ended. @param {number} pid */
export function processorWait(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .map((thread) => parseWait(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1')))
      .reduce((total, wait) => total + wait, 0);
  } catch {
    return undefined;
  }
}

/** Returns a function that returns the milliseconds that this thread waited. */
export function threadWaitReader() {
  const buffer = Buffer.alloc(64);
  // Kept open for a process that will have no descriptors left.
  const file = openSync('/proc/thread-self/schedstat', 'r');
  return () => parseWait(buffer.toString('latin1', 0, readSync(file, buffer, 0, 64, 0)));
}

/** Follows a process until its end. */
export class ProcessorWatch {
  /** @type {{ at: number, wait: number }[]} */
  #samples = [];
  #timer;

  /** @param {number} pid */
  constructor(pid) {
    const sample = () => {
      const wait = processorWait(pid);
      if (wait !== undefined) this.#samples.push({ at: uptime(), wait });
    };
    sample();
    this.#timer = setInterval(sample, SAMPLE_MILLISECONDS);
  }

  /**
   * Ends, and returns the milliseconds since a time, as {@link uptime}, in which the process was seen and did not wait. A
   * process that waits for a processor itself notices an end late.
   *
   * @param {number} since
   */
  aliveSince(since) {
    clearInterval(this.#timer);
    const before = this.#samples.findLast(({ at }) => at <= since)?.wait ?? 0;
    const after = this.#samples.filter(({ at }) => at > since);
    // Threads that have ended are not counted any more.
    const wait = Math.max(before, ...after.map((sample) => sample.wait)) - before;
    return Math.max(0, Math.round((after.at(-1)?.at ?? since) - since - wait));
  }
}

/** @param {string} schedstat time on a processor and time that it waited for one, in nanoseconds, and a count */
function parseWait(schedstat) {
  return Number(schedstat.split(' ')[1]) / 1e6;
}
