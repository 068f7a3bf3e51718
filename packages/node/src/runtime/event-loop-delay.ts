import type { IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { round } from '../total-counter.js';

type Monitor = typeof monitorEventLoopDelay;

/** How late the event loop was during a window, in milliseconds. */
export interface EventLoopDelay {
  readonly max: number;
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
}

const NANOSECONDS = 1e6;

/**
 * Measures how late the event loop is, in windows that overlap a little: two histograms take turns, because one does not
 * record the first interval after its reset. The result does not depend on the number of readers.
 */
export class DelayWindows {
  #current: IntervalHistogram;
  #next: IntervalHistogram;
  /** Histograms that sample with timers record the time between them. */
  readonly #offset: number;
  /** Milliseconds for which both histograms record. */
  readonly overlap: number;

  /** @param resolution milliseconds between samples, where Node.js does not take one in each turn of the loop. */
  constructor(monitor: Monitor, resolution: number) {
    const options = samplesEachTurn(monitor) ? { samplePerIteration: true } : { resolution };
    this.#offset = 'resolution' in options ? resolution : 0;
    this.overlap = 2 * resolution;
    this.#current = monitor(options);
    this.#next = monitor(options);
    this.#current.enable();
  }

  /** Begins the next window, while the last one still records. */
  begin(): void {
    this.#next.enable();
  }

  /** Ends the last window and returns what it recorded; `undefined` if the loop did not turn. */
  end(): EventLoopDelay | undefined {
    const ended = this.#current;
    this.#current = this.#next;
    this.#next = ended;
    ended.disable();
    const delay = ended.count === 0 ? undefined : this.#read(ended);
    ended.reset();
    return delay;
  }

  stop(): void {
    this.#current.disable();
    this.#next.disable();
  }

  #read(histogram: IntervalHistogram): EventLoopDelay {
    // Bun and Deno record the delay itself.
    const offset = histogram.percentile(50) / NANOSECONDS < this.#offset / 2 ? 0 : this.#offset;
    const delay = (nanoseconds: number): number => round(Math.max(0, nanoseconds / NANOSECONDS - offset));
    return {
      max: delay(histogram.max),
      mean: delay(histogram.mean),
      p50: delay(histogram.percentile(50)),
      p99: delay(histogram.percentile(99)),
    };
  }
}

/** Returns true in Node.js 24.19, 26.5 and later, which check this option; others ignore it. */
function samplesEachTurn(monitor: Monitor): boolean {
  try {
    monitor({ samplePerIteration: 'x' } as object);
    return false;
  } catch {
    return true;
  }
}
