import { Drain, type SampleAccounting, type SampleBuffer, type SlotTable } from '@metrics/aggregation';
import { nextRound } from '@metrics/core/backend';
import type { FullClock, ScheduledCall } from '../clock.js';
import type { Delivery } from '../delivery/delivery.js';
import { EVENTS } from '../payload/endpoint.js';
import type { PayloadCollector } from '../payload/payload-collector.js';
import { BucketTimes } from './bucket-times.js';
import type { BucketWriter } from './bucket-writer.js';
import { DateWaits } from './date-waits.js';
import type { UsedSeconds } from './point-source.js';
import { isProcessEnding, watchProcessEnd } from './process-end.js';

export interface BucketSchedulerOptions {
  readonly slots: SlotTable;
  readonly buffer: SampleBuffer;
  readonly accounting: SampleAccounting;
  readonly writer: BucketWriter;
  readonly outlet: PayloadCollector;
  readonly delivery: Delivery;
  readonly clock: FullClock;
  /** Length of a bucket in seconds. */
  readonly bucketSeconds: number;
  readonly usedSeconds: UsedSeconds;
  /** Called before each drain of a bucket, to record observed gauges. Must not throw. */
  readonly collect: () => void;
  /** Called once with the number of samples that a close, or the exit of the process, has dropped for whatever reason. */
  readonly onDrop: (end: 'close' | 'exit', samples: number) => void;
}

/** Number of events that may wait for the end of their bucket. */
const MAX_EVENTS = 1000;
/** Delay of a drain that is needed before the bucket ends. */
const EARLY_DRAIN_MS = 100;
/** Milliseconds without an acknowledgement that a flush may keep an otherwise finished process alive. */
const LAST_FLUSH_TIMEOUT = 1000;
/** Timers turn a longer delay into one millisecond. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** A drain of everything, from a `closed` bucket or a part of the open one that is `sealed`; or of full `batches` only. */
type DrainKind = 'closed' | 'sealed' | 'batches';

/**
 * Decides when the buffer is drained into payloads: closed buckets on a timer, the open one on request. One drain runs at a
 * time, in slices that leave the event loop free.
 */
export class BucketScheduler {
  readonly #options: BucketSchedulerOptions;
  readonly #times: BucketTimes;
  readonly #dateWaits: DateWaits;
  /** Events as the bodies of their requests. */
  #events: string[] = [];
  #bucketTimer: ScheduledCall;
  #earlyTimer: ScheduledCall | undefined;
  /** The last drain in order, running or waiting. */
  #lastDrain: Promise<void> = Promise.resolve();
  /** Drains that have not started. Callers that ask for the same kind share one. */
  readonly #waitingDrains = new Map<DrainKind, Promise<void>>();
  /** Number of flushes and closes that a caller waits for. */
  #activeRequests = 0;
  #closing: Promise<void> | undefined;
  #closed = false;
  readonly #stopWatching: () => void;

  constructor(options: BucketSchedulerOptions) {
    this.#options = options;
    this.#times = new BucketTimes(options.bucketSeconds, options.clock, options.usedSeconds);
    this.#dateWaits = new DateWaits(this.#times, options.clock);
    this.#bucketTimer = this.#scheduleBucketEnd();
    this.#stopWatching = watchProcessEnd();
    options.buffer.onDrainNeeded = (full) => this.#scheduleEarlyDrain(full);
  }

  /** Queues an event until its bucket is drained. @param json the body of the request that posts it. */
  addEvent(json: string): void {
    const { accounting, buffer } = this.#options;
    if (buffer.closed) return accounting.drop(1, 'closed');
    if (this.#events.length >= MAX_EVENTS) return accounting.drop(1, 'queue_full');
    accounting.handOver(1);
    this.#events.push(json);
  }

  /**
   * Resolves when everything recorded before the call is acknowledged or dropped, or when the intake fails and the next
   * attempt is far off; the rest is then sent later. Never rejects.
   */
  async flush(): Promise<void> {
    if (this.#closing !== undefined) return this.#closing;
    const isLast = isProcessEnding();
    // Waiting for a second would leave no time to send. The process waits for it afterwards.
    if (isLast) this.#dateWaits.limit(0);
    await this.#trackRequest(async () => {
      await this.#drain('sealed');
      // Buckets that close meanwhile wait for their dates: otherwise these would stay ahead of the clock.
      if (isLast && this.#closing === undefined) this.#dateWaits.limit(Number.POSITIVE_INFINITY);
      await this.#options.delivery.settled(isLast ? LAST_FLUSH_TIMEOUT : undefined);
      await this.#dateWaits.untilReached();
    });
  }

  /** Drops everything under `exit`, because HTTPS cannot send synchronously. */
  dropAtExit(): void {
    if (this.#closed) return;
    const lost = this.#dropAll('exit');
    if (lost > 0) this.#options.onDrop('exit', lost);
  }

  /**
   * Ends recording, delivers within `timeout` milliseconds and drops the rest under `timeout`. Later calls return the same
   * promise. Never rejects.
   */
  close({ timeout }: { readonly timeout: number }): Promise<void> {
    this.#closing ??= this.#close(timeout);
    return this.#closing;
  }

  async #close(timeout: number): Promise<void> {
    const { buffer, delivery, clock, collect, onDrop } = this.#options;
    this.#bucketTimer.cancel();
    this.#earlyTimer?.cancel();
    collect();
    buffer.close();
    const droppedBefore = this.#dropped;
    delivery.startClosing();
    // A point that is dated one second ahead is better than none.
    this.#dateWaits.limit(timeout / 2);
    let deadline: ScheduledCall | undefined;
    const expired = new Promise<void>((resolve) => {
      deadline = clock.schedule(Math.min(timeout, MAX_TIMEOUT), resolve);
      deadline.setRef(true);
    });
    const delivered = this.#trackRequest(async () => {
      await this.#drain('sealed');
      await delivery.settled(Number.POSITIVE_INFINITY);
      await this.#dateWaits.untilReached();
    });
    await Promise.race([delivered, expired]);
    deadline?.cancel();
    this.#closed = true;
    this.#stopWatching();
    this.#dateWaits.close();
    this.#dropAll('timeout');
    const lost = this.#dropped - droppedBefore;
    if (lost > 0) onDrop('close', lost);
  }

  /** The number of samples dropped so far, for whatever reason. */
  get #dropped(): number {
    const { dropped } = this.#options.accounting.stats(0);
    return Object.values(dropped).reduce((sum, count) => sum + count, 0);
  }

  /** Returns the number of samples. */
  #dropAll(reason: 'timeout' | 'exit'): number {
    const { buffer, accounting, writer, outlet } = this.#options;
    const dropped = buffer.buffered + accounting.inFlight;
    buffer.dropAll(reason);
    this.#events = [];
    writer.clear();
    outlet.dropUnsent(reason);
    return dropped;
  }

  async #trackRequest(run: () => Promise<void>): Promise<void> {
    this.#activeRequests += 1;
    this.#dateWaits.setRef(true);
    try {
      await run();
    } finally {
      this.#activeRequests -= 1;
      this.#dateWaits.setRef(this.#activeRequests > 0);
    }
  }

  #scheduleBucketEnd(): ScheduledCall {
    const { clock } = this.#options;
    return clock.schedule(this.#times.untilClose(), () => {
      this.#bucketTimer = this.#scheduleBucketEnd();
      void this.#drain('closed');
    });
  }

  #scheduleEarlyDrain(full: boolean): void {
    const { buffer, clock } = this.#options;
    if (this.#earlyTimer !== undefined || buffer.closed) return;
    this.#earlyTimer = clock.schedule(EARLY_DRAIN_MS, () => {
      this.#earlyTimer = undefined;
      void this.#drain(full || buffer.isHalfFull ? 'sealed' : 'batches');
    });
  }

  /** Drains after the drains before it. Never rejects. */
  #drain(kind: DrainKind): Promise<void> {
    const waiting = this.#waitingDrains.get(kind);
    if (waiting !== undefined) return waiting;
    const drain = this.#lastDrain.then(() => {
      this.#waitingDrains.delete(kind);
      return kind === 'batches' ? this.#drainBatches() : this.#drainBucket(kind);
    });
    this.#waitingDrains.set(kind, drain);
    this.#lastDrain = drain;
    return drain;
  }

  async #drainBucket(kind: 'closed' | 'sealed'): Promise<void> {
    const { buffer, writer, outlet, collect } = this.#options;
    if (!buffer.closed) collect();
    // Each date is used up, so an empty part gets none.
    if (kind === 'sealed' && buffer.buffered === 0 && this.#events.length === 0) return;
    const isClosed = kind === 'closed';
    await this.#dateWaits.untilFree(isClosed);
    if (this.#closed) return;
    writer.begin(this.#times.next(isClosed));
    for (const json of this.#events.splice(0)) outlet.add(EVENTS, { json, samples: 1, points: 1 });
    await this.#handOver(true);
    while (!writer.finish()) await this.#pause();
    outlet.finish();
    await outlet.settled();
  }

  /** Drains full batches before their bucket ends. Only full payloads are sent, as there would be many small ones. */
  async #drainBatches(): Promise<void> {
    const { writer, outlet } = this.#options;
    // Only distributions are written now. Their values add up, so their points may share a second with others.
    writer.begin(this.#times.shared());
    await this.#handOver(false);
    await outlet.settled();
  }

  /** Hands the queued batches to the writer, then the samples of all slots if `full`. */
  async #handOver(full: boolean): Promise<void> {
    const { slots, buffer, writer, outlet } = this.#options;
    const drain = new Drain({ slots, buffer, writer, outlet, now: () => performance.now() }, full);
    outlet.beginBurst();
    while (drain.run(Number.POSITIVE_INFINITY) !== 'done') await this.#pause();
  }

  /** Yields to the event loop, and waits until the full payloads are compressed. */
  async #pause(): Promise<void> {
    const { outlet } = this.#options;
    await nextRound();
    await outlet.whenReady();
    outlet.beginBurst();
  }
}
