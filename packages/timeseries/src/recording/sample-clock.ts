// The clock of the hot path.
import { bucketStart } from '../rollup.js';

/** Milliseconds that a reading of the system clock is used for. */
const VALID_FOR_MS = 100;
/** Samples that use one reading at most, in case a busy loop delays the timer. */
const SAMPLES_PER_READING = 256;

/**
 * A clock that returns the current bucket for each sample. Reading the system clock costs ten times as much as recording,
 * so one reading is used for up to 100 ms: a sample may be counted in a bucket that ended up to 100 ms ago.
 */
export class SampleClock {
  readonly #step: number;
  readonly #clock: () => number;
  readonly #samplesPerReading: number;
  #bucket = 0;
  #samplesLeft = 0;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param step seconds of a bucket.
   * @param clock returns milliseconds since the epoch. A custom clock is read for every sample. @default Date.now
   */
  constructor(step: number, clock?: () => number) {
    this.#step = step;
    this.#clock = clock ?? (() => Date.now());
    this.#samplesPerReading = clock === undefined ? SAMPLES_PER_READING : 1;
  }

  /** Returns seconds since the epoch, always from the clock itself. */
  now(): number {
    return this.#clock() / 1000;
  }

  /** Returns the start of the current bucket, in seconds. Call it once for each sample. */
  bucket(): number {
    if ((this.#samplesLeft -= 1) < 0) this.#read();
    return this.#bucket;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #read(): void {
    this.#bucket = bucketStart(this.#step, this.now());
    this.#samplesLeft = this.#samplesPerReading - 1;
    if (this.#samplesPerReading === 1) return;
    // Only samples start the timer, so a process that records nothing is not woken.
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#samplesLeft = 0;
    }, VALID_FOR_MS).unref();
  }
}
