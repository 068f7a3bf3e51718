import type { Outlet } from './outlet.js';
import type { SampleAccounting } from './sample-accounting.js';
import type { SampleBuffer } from './sample-buffer.js';
import type { SampleWriter } from './sample-writer.js';
import type { SlotTable } from './slot-table.js';

/** Servers flush every ten seconds: a window that does not divide them makes a steady rate look like waves. */
const SERVER_INTERVAL = 10_000;
/** Milliseconds a drain holds the event loop before it lets others run. */
const SLICE_MS = 0.5;
/** How many slots are visited between two looks at the clock. */
const SLOTS_PER_CLOCK_CHECK = 64;
/** Milliseconds between bursts, for the receiver to read its socket buffer; when somebody waits, or much is queued. */
const BURST_PAUSE_MS = 2;
/** The same on the timer: the whole window is there to be used, and a receiver that stalls a while loses nothing. */
const TIMER_BURST_PAUSE_MS = 5;
/** Milliseconds until full batches are sent although the window goes on. */
const EARLY_DRAIN_MS = 10;
/** Milliseconds the process may be held up at its exit. */
const EXIT_BUDGET = 250;
/** Milliseconds between attempts of a close while the transport is down. */
const CLOSE_RETRY = 20;
/** Timers turn a longer delay into one millisecond. */
const MAX_TIMEOUT = 2 ** 31 - 1;

export interface FlushSchedulerOptions {
  readonly slots: SlotTable;
  readonly buffer: SampleBuffer;
  readonly accounting: SampleAccounting;
  /** Encodes what is drained. */
  readonly writer: SampleWriter;
  /** Where the encoded samples leave. */
  readonly outlet: Outlet;
  /** Milliseconds; a divisor of 10,000. @default 2000 */
  readonly interval?: number | undefined;
  /** Called before each flush, to record what is observed rather than told. Must not throw. */
  readonly collect?: (() => void) | undefined;
  /** A clock in milliseconds. @default performance.now */
  readonly now?: (() => number) | undefined;
}

type Outcome = 'done' | 'late' | 'full' | 'down';

interface Drain {
  /** Whether all slots are walked, or only the sealed batches. */
  readonly full: boolean;
  cursor: number;
  readonly finished: Promise<void>;
  readonly finish: () => void;
}

/**
 * When and how columns are drained: on a timer, on request, at close and at exit; one drain at a time, in slices that
 * leave the event loop free and bursts that a receiver's socket buffer holds. A long file because these ways share one
 * state: the drain under way.
 */
export class FlushScheduler {
  readonly #slots: SlotTable;
  readonly #buffer: SampleBuffer;
  readonly #accounting: SampleAccounting;
  readonly #writer: SampleWriter;
  readonly #outlet: Outlet;
  readonly #collect: () => void;
  readonly #now: () => number;
  readonly #windowTimer: NodeJS.Timeout;
  #earlyTimer: NodeJS.Timeout | undefined;
  #earlyFull = false;
  /** Continues the current drain. */
  #pacing: NodeJS.Timeout | NodeJS.Immediate | undefined;
  #burstEnds = 0;
  #drain: Drain | undefined;
  #nextDrain: Promise<void> | undefined;
  /** Flushes and closes that somebody waits for: as long as there are any, pacing keeps the process alive. */
  #activeRequests = 0;
  #closing: Promise<void> | undefined;
  #closed = false;

  /** @throws {RangeError} when the interval does not divide ten seconds. */
  constructor(options: FlushSchedulerOptions) {
    const interval = options.interval ?? 2000;
    if (!(interval > 0) || SERVER_INTERVAL % interval !== 0) {
      throw new RangeError(`The flush interval must divide ${SERVER_INTERVAL} milliseconds, and ${interval} does not.`);
    }
    this.#slots = options.slots;
    this.#buffer = options.buffer;
    this.#accounting = options.accounting;
    this.#writer = options.writer;
    this.#outlet = options.outlet;
    this.#collect = options.collect ?? (() => {});
    this.#now = options.now ?? (() => performance.now());
    this.#windowTimer = setInterval(() => this.#drainOnTimer(true), interval).unref();
    this.#buffer.onDrainNeeded = (full) => this.#scheduleEarlyDrain(full);
  }

  /**
   * Resolves when everything recorded before the call was taken by the transport, or when the transport turns out to be
   * down: the samples then stay in the columns. Never rejects.
   */
  async flush(): Promise<void> {
    if (this.#closing !== undefined) return this.#closing;
    await this.#trackRequest(() => this.#drainAll());
  }

  /**
   * Writes what is held without giving way to the event loop, for at most 250 ms, and drops the rest under `exit`. Only
   * for the end of the process.
   */
  drainSync(): void {
    if (this.#closed) return;
    this.#observe();
    this.#cancelPacing();
    // A retry runs synchronously where the transport can.
    if (!this.#outlet.ready) void this.#outlet.whenReady();
    const ends = this.#now() + EXIT_BUDGET;
    const walk = { full: true, cursor: 0 };
    this.#beginBurst();
    for (;;) {
      const outcome = this.#drainSlots(walk, Number.POSITIVE_INFINITY);
      if (outcome === 'done' || outcome === 'down' || this.#now() >= ends) break;
      pauseThread(BURST_PAUSE_MS);
      this.#beginBurst();
    }
    this.#outlet.finish();
    this.#buffer.dropAll('exit');
    this.#end();
  }

  /**
   * Ends recording, drains within `timeout` milliseconds and drops the rest under `timeout`. Calling it again gives the
   * same promise. Never rejects.
   */
  close(options: { readonly timeout: number }): Promise<void> {
    this.#closing ??= this.#close(options.timeout);
    return this.#closing;
  }

  async #close(timeout: number): Promise<void> {
    clearInterval(this.#windowTimer);
    clearTimeout(this.#earlyTimer);
    this.#observe();
    this.#buffer.close();
    let deadline: NodeJS.Timeout | undefined;
    const expired = new Promise<void>((resolve) => {
      deadline = setTimeout(resolve, Math.min(timeout, MAX_TIMEOUT));
    });
    await Promise.race([this.#trackRequest(() => this.#drainUntilEmpty()), expired]);
    clearTimeout(deadline);
    this.#closed = true;
    this.#cancelPacing();
    this.#buffer.dropAll('timeout');
    this.#outlet.dropUnsent('timeout');
    this.#end();
  }

  async #drainUntilEmpty(): Promise<void> {
    for (;;) {
      await this.#drainAll();
      if (this.#closed || (this.#buffer.buffered === 0 && this.#accounting.inFlight === 0)) return;
      await new Promise((resolve) => setTimeout(resolve, CLOSE_RETRY));
    }
  }

  /** A drain of everything that starts now, or after the one under way; then one for all who ask meanwhile. */
  #drainAll(): Promise<void> {
    if (this.#drain === undefined) return this.#begin(true);
    this.#nextDrain ??= this.#drain.finished.then(() => {
      this.#nextDrain = undefined;
      return this.#drain === undefined ? this.#begin(true) : this.#drainAll();
    });
    return this.#nextDrain;
  }

  async #trackRequest(run: () => Promise<void>): Promise<void> {
    this.#activeRequests += 1;
    this.#pacing?.ref();
    try {
      await run();
    } finally {
      this.#activeRequests -= 1;
    }
  }

  #drainOnTimer(full: boolean): void {
    if (this.#drain === undefined && this.#outlet.ready) void this.#begin(full);
  }

  #scheduleEarlyDrain(full: boolean): void {
    this.#earlyFull ||= full;
    if (this.#earlyTimer !== undefined || this.#buffer.closed) return;
    this.#earlyTimer = setTimeout(() => {
      const everything = this.#earlyFull;
      this.#earlyTimer = undefined;
      this.#earlyFull = false;
      this.#drainOnTimer(everything);
    }, EARLY_DRAIN_MS).unref();
  }

  #begin(full: boolean): Promise<void> {
    if (full) this.#observe();
    let finish = (): void => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    this.#drain = { full, cursor: 0, finished, finish };
    this.#continue(this.#drain);
    return finished;
  }

  #continue(drain: Drain): void {
    // Canceled: by a close, or by a drain at exit.
    if (this.#drain !== drain) return;
    this.#pacing = undefined;
    if (this.#now() >= this.#burstEnds) this.#beginBurst();
    const outcome = this.#drainSlots(drain, this.#now() + SLICE_MS);
    if (outcome === 'late') {
      this.#pacing = setImmediate(() => this.#continue(drain));
    } else if (outcome === 'full') {
      const hurried = this.#activeRequests > 0 || this.#buffer.isHalfFull;
      this.#pacing = setTimeout(
        () => {
          this.#burstEnds = 0;
          this.#continue(drain);
        },
        hurried ? BURST_PAUSE_MS : TIMER_BURST_PAUSE_MS,
      );
    } else if (outcome === 'down' && this.#activeRequests > 0) {
      void this.#outlet.whenReady().then((ready) => (ready ? this.#continue(drain) : this.#end(drain)));
    } else if (outcome === 'down') {
      this.#end(drain);
    } else {
      this.#outlet.finish();
      void this.#outlet.settled().then(() => this.#end(drain));
    }
    if (this.#activeRequests === 0) this.#pacing?.unref();
  }

  /** Hands over sealed batches, then slot after slot, until something says stop. */
  #drainSlots(drain: { readonly full: boolean; cursor: number }, ends: number): Outcome {
    const writer = this.#writer;
    const outlet = this.#outlet;
    for (;;) {
      if (!outlet.ready) return 'down';
      const emptied = this.#buffer.drainQueue(writer, outlet);
      if (emptied && (!drain.full || drain.cursor >= this.#slots.bound)) return 'done';
      if (outlet.burstFull) return 'full';
      if (!emptied) continue;
      this.#buffer.drainSlot(drain.cursor, writer);
      drain.cursor += 1;
      if (drain.cursor % SLOTS_PER_CLOCK_CHECK === 0 && this.#now() >= ends) return 'late';
    }
  }

  #beginBurst(): void {
    this.#burstEnds = this.#now() + BURST_PAUSE_MS;
    this.#outlet.beginBurst();
  }

  #observe(): void {
    if (!this.#buffer.closed) this.#collect();
  }

  #cancelPacing(): void {
    clearTimeout(this.#pacing as NodeJS.Timeout | undefined);
    clearImmediate(this.#pacing as NodeJS.Immediate | undefined);
    this.#pacing = undefined;
  }

  /** Ends the current drain, unless another one took its place. */
  #end(drain: Drain | undefined = this.#drain): void {
    if (drain === undefined || this.#drain !== drain) return;
    this.#drain = undefined;
    drain.finish();
  }
}

function pauseThread(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
