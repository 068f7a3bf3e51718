// Decides when the buffer is drained, and paces the drain. Long, because its timers, its pauses and the requests that wait for it
// share one state.
import { alsoInRealTime, checkDivisor, pause } from '@metrics/core/backend';
import { Drain, type DrainOptions } from './drain.js';
import type { Outlet } from './outlet.js';
import type { SampleAccounting } from './sample-accounting.js';
import type { SampleBuffer } from './sample-buffer.js';
import type { SampleWriter } from './sample-writer.js';
import type { SlotTable } from './slot-table.js';

/** Servers flush every ten seconds; with an interval that does not divide them, a steady rate would look like waves. */
const SERVER_INTERVAL_MS = 10_000;
const DEFAULT_INTERVAL_MS = 2000;
/** A drain yields to the event loop after this time. */
const SLICE_MS = 0.5;
/** Pause between bursts, in which the receiver reads its socket buffer, while a caller waits or much is queued. */
const BURST_PAUSE_MS = 2;
/** The same for drains on the timer: with the whole window to use, even a receiver that stalls for a while loses nothing. */
const TIMER_BURST_PAUSE_MS = 5;
/** Delay of a drain that is needed before the window ends. */
const EARLY_DRAIN_MS = 10;
/** How long the exit of the process may be delayed. */
const EXIT_BUDGET_MS = 250;
/** Pause between the attempts of a close while the transport is down. */
const CLOSE_RETRY_MS = 20;
/** Timers turn a longer delay into one millisecond. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** Options of {@link FlushScheduler}. */
export interface FlushSchedulerOptions {
  /** The slots of the buffer. */
  readonly slots: SlotTable;
  /** The samples to hand over. The scheduler closes it. */
  readonly buffer: SampleBuffer;
  /** Counts the samples that are dropped at close and at exit. */
  readonly accounting: SampleAccounting;
  /** Encodes the drained samples. */
  readonly writer: SampleWriter;
  /** Decides when a drain pauses. */
  readonly outlet: Outlet;
  /** Milliseconds between flushes; a divisor of 10,000. @default 2000 */
  readonly interval?: number | undefined;
  /** Called before each drain of all slots, to record observed gauges. Must not throw. */
  readonly collect?: (() => void) | undefined;
  /** Returns milliseconds. @default performance.now */
  readonly now?: (() => number) | undefined;
}

/**
 * Decides when a buffer is drained: on a timer, early if it fills, on request, at close and at exit. One drain runs at a
 * time, in slices that leave the event loop free and in bursts that fit a receiver's socket buffer.
 */
export class FlushScheduler {
  readonly #drainOptions: DrainOptions;
  readonly #buffer: SampleBuffer;
  readonly #accounting: SampleAccounting;
  readonly #outlet: Outlet;
  readonly #collect: () => void;
  readonly #now: () => number;
  readonly #windowTimer: NodeJS.Timeout;
  #earlyTimer: NodeJS.Timeout | undefined;
  #earlyFull = false;
  /** The drain that is running. */
  #drain: Drain | undefined;
  /** Continues {@link #drain}. */
  #pacing: NodeJS.Timeout | NodeJS.Immediate | undefined;
  /** Whether {@link #pacing} is an immediate, or else a timeout. */
  #isImmediate = false;
  #burstEnds = 0;
  /** The drain of everything that follows the running one. */
  #nextDrain: Promise<void> | undefined;
  /** Number of flushes and closes that a caller waits for. Pacing keeps the process alive while there are any. */
  #activeRequests = 0;
  #closing: Promise<void> | undefined;
  #closed = false;

  /**
   * Starts the timer of the windows, which does not keep the process alive.
   *
   * @throws {RangeError} if the interval does not divide ten seconds.
   */
  constructor(options: FlushSchedulerOptions) {
    const { slots, buffer, writer, outlet, interval = DEFAULT_INTERVAL_MS } = options;
    checkDivisor('interval', interval, SERVER_INTERVAL_MS);
    this.#buffer = buffer;
    this.#accounting = options.accounting;
    this.#outlet = outlet;
    this.#collect = options.collect ?? (() => {});
    this.#now = options.now ?? (() => performance.now());
    this.#drainOptions = { slots, buffer, writer, outlet, now: this.#now };
    this.#windowTimer = setInterval(() => this.#drainOnTimer(true), interval);
    // Here and below: in a test environment such as jsdom, timers are numbers.
    this.#windowTimer.unref?.();
    this.#buffer.onDrainNeeded = (full) => this.#scheduleEarlyDrain(full);
  }

  /**
   * Resolves when everything recorded before the call was accepted by the transport, or when the transport turns out to be
   * down; the samples then stay in the buffer. Never rejects.
   */
  async flush(): Promise<void> {
    if (this.#closing !== undefined) return this.#closing;
    await this.#trackRequest(() => this.#drainAll());
  }

  /**
   * Drains everything without yielding to the event loop, for at most 250 ms, and drops the rest under `exit`. Only for the
   * exit of the process.
   */
  drainSync(): void {
    if (this.#closed) return;
    this.#collectGauges();
    this.#cancelPacing();
    // A transport that can retry synchronously does so.
    if (!this.#outlet.ready) void this.#outlet.whenReady();
    const deadline = this.#now() + EXIT_BUDGET_MS;
    const drain = new Drain(this.#drainOptions, true);
    this.#beginBurst();
    for (;;) {
      const outcome = drain.run(Number.POSITIVE_INFINITY);
      if (outcome === 'done' || outcome === 'transportDown' || this.#now() >= deadline) break;
      // Blocks the thread.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BURST_PAUSE_MS);
      this.#beginBurst();
    }
    this.#outlet.finish();
    this.#buffer.dropAll('exit');
    this.#end();
  }

  /**
   * Ends recording, drains within `timeout` milliseconds and drops the rest under `timeout`. Later calls return the same
   * promise. Never rejects.
   */
  close(options: { readonly timeout: number }): Promise<void> {
    this.#closing ??= this.#close(options.timeout);
    return this.#closing;
  }

  async #close(timeout: number): Promise<void> {
    clearInterval(this.#windowTimer);
    clearTimeout(this.#earlyTimer);
    this.#collectGauges();
    this.#buffer.close();
    // Samples merged since the running drain visited their slot must not wait for the whole queue.
    this.#drain?.restart();
    let deadline: NodeJS.Timeout | undefined;
    const expired = new Promise<void>((resolve) => {
      deadline = setTimeout(resolve, Math.min(timeout, MAX_TIMEOUT));
      alsoInRealTime(resolve, Math.min(timeout, MAX_TIMEOUT));
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
      await pause(CLOSE_RETRY_MS);
    }
  }

  /** Drains everything now, or after the running drain; then one drain serves all callers that asked meanwhile. */
  #drainAll(): Promise<void> {
    // The end of a close ends the running drain, which would begin the next one.
    if (this.#closed) return Promise.resolve();
    if (this.#drain === undefined) return this.#begin(true);
    this.#nextDrain ??= this.#drain.ended.then(() => {
      this.#nextDrain = undefined;
      return this.#drainAll();
    });
    return this.#nextDrain;
  }

  async #trackRequest(run: () => Promise<void>): Promise<void> {
    this.#activeRequests += 1;
    this.#pacing?.ref?.();
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
      const isFull = this.#earlyFull;
      this.#earlyTimer = undefined;
      this.#earlyFull = false;
      this.#drainOnTimer(isFull);
    }, EARLY_DRAIN_MS);
    this.#earlyTimer.unref?.();
  }

  #begin(full: boolean): Promise<void> {
    if (full) this.#collectGauges();
    // An observed gauge may have flushed or closed.
    if (this.#drain !== undefined) return this.#drainAll();
    const drain = new Drain(this.#drainOptions, full);
    this.#drain = drain;
    this.#continue(drain);
    return drain.ended;
  }

  #continue(drain: Drain): void {
    // A close or a drain at exit may have canceled it.
    if (this.#drain !== drain) return;
    this.#pacing = undefined;
    if (this.#now() >= this.#burstEnds) this.#beginBurst();
    const outcome = drain.run(this.#now() + SLICE_MS);
    if (outcome === 'sliceUsed') {
      this.#pacing = this.#pauseBetweenSlices(drain);
    } else if (outcome === 'burstFull') {
      this.#pacing = this.#pauseBetweenBursts(drain);
    } else if (outcome === 'transportDown') {
      if (this.#activeRequests === 0) return this.#end(drain);
      void this.#outlet.whenReady().then((ready) => (ready ? this.#continue(drain) : this.#end(drain)));
    } else {
      this.#outlet.finish();
      void this.#outlet.settled().then(() => this.#end(drain));
    }
    const pacing = this.#pacing;
    if (this.#activeRequests === 0) pacing?.unref?.();
    else if (pacing !== undefined)
      alsoInRealTime(() => {
        if (this.#pacing !== pacing) return;
        this.#cancelPacing();
        this.#burstEnds = 0;
        this.#continue(drain);
      }, 0)?.ref?.();
  }

  #pauseBetweenSlices(drain: Drain): NodeJS.Timeout | NodeJS.Immediate {
    const next = (): void => this.#continue(drain);
    // A test environment such as jsdom has no immediates.
    this.#isImmediate = typeof setImmediate === 'function';
    return this.#isImmediate ? setImmediate(next) : setTimeout(next, 0);
  }

  #pauseBetweenBursts(drain: Drain): NodeJS.Timeout {
    this.#isImmediate = false;
    const isUrgent = this.#activeRequests > 0 || this.#buffer.isHalfFull;
    return setTimeout(
      () => {
        this.#burstEnds = 0;
        this.#continue(drain);
      },
      isUrgent ? BURST_PAUSE_MS : TIMER_BURST_PAUSE_MS,
    );
  }

  #beginBurst(): void {
    this.#burstEnds = this.#now() + BURST_PAUSE_MS;
    this.#outlet.beginBurst();
  }

  #collectGauges(): void {
    if (!this.#buffer.closed) this.#collect();
  }

  #cancelPacing(): void {
    if (this.#pacing === undefined) return;
    // Fake timers throw at the function for the other kind.
    if (this.#isImmediate) clearImmediate(this.#pacing as NodeJS.Immediate);
    else clearTimeout(this.#pacing as NodeJS.Timeout);
    this.#pacing = undefined;
  }

  /** Ends a drain, unless another one replaced it. */
  #end(drain: Drain | undefined = this.#drain): void {
    if (drain === undefined || this.#drain !== drain) return;
    this.#drain = undefined;
    drain.end();
  }
}
