import { bucketStart } from './rollup.js';

/** Milliseconds that a reading of the system's clock is used for. */
const VALID_FOR = 100;
/** So many samples at most use one reading, where a busy loop holds up the timer. */
const SAMPLES_PER_READING = 256;

/**
 * The bucket of the present, for each sample. Reading the system's clock costs ten times as much as recording, so a
 * reading serves for a tenth of a second: a sample may be counted in a bucket that ended so long ago.
 */
export class SampleClock {
  readonly #step: number;
  readonly #clock: () => number;
  readonly #samplesPerReading: number;
  #bucket = 0;
  #samplesLeft = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param clock milliseconds since the epoch; one that is given is read for every sample. @default Date.now */
  constructor(step: number, clock?: () => number) {
    this.#step = step;
    this.#clock = clock ?? (() => Date.now());
    this.#samplesPerReading = clock === undefined ? SAMPLES_PER_READING : 1;
  }

  /** Seconds since the epoch, by the clock itself. */
  now(): number {
    return this.#clock() / 1000;
  }

  /** The start of the current bucket, in seconds. To be asked once for each sample. */
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
    // Armed by samples only: a process that records nothing is not woken.
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#samplesLeft = 0;
    }, VALID_FOR).unref();
  }
}
