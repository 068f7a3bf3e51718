import type { SampleAccounting, SampleBuffer, SlotTable } from '@metrics/aggregation';
import type { Alarm, Clock } from '../clock.js';
import type { Delivery } from '../delivery/delivery.js';
import { BucketTimes } from './bucket-times.js';
import type { BucketWriter } from './bucket-writer.js';

export interface BucketWindowOptions {
  readonly slots: SlotTable;
  readonly columns: SampleBuffer;
  readonly ledger: SampleAccounting;
  readonly writer: BucketWriter;
  readonly delivery: Delivery;
  readonly clock: Clock;
  /** Seconds of a bucket. */
  readonly bucketSeconds: number;
  /** Called before each drain, to record what is observed rather than told. Must not throw. */
  readonly collect: () => void;
  /** Told how many samples are lost because the time is over. */
  readonly onLoss: (reason: 'timeout' | 'exit', samples: number) => void;
}

/** Events that may wait for the end of their bucket. */
const MOST_EVENTS = 1000;
/** Milliseconds until full batches are drained although the bucket goes on. */
const EARLY = 100;
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** A drain of everything, of a bucket that is `closed` or `sealed` while it is open; or of `batches` that are full. */
type DrainKind = 'closed' | 'sealed' | 'batches';

/**
 * When the columns are drained into payloads: closed buckets on a timer, the open one when somebody asks; one drain at a
 * time, in slices that leave the event loop free. A long file because these ways share one state: the drains.
 */
export class BucketWindow {
  readonly #options: BucketWindowOptions;
  readonly #times: BucketTimes;
  /** Bodies of requests that post an event. */
  #events: string[] = [];
  #timer: Alarm;
  #earlyTimer: Alarm | undefined;
  /** Waits for a second that has no point yet. */
  #freeSecondTimer: Alarm | undefined;
  #endFreeSecond: () => void = () => {};
  /** The last drain, under way or waiting for those before it. */
  #last: Promise<void> = Promise.resolve();
  /** Drains that have not begun; who asks for one of the same kind shares it. */
  readonly #waiting = new Map<DrainKind, Promise<void>>();
  #requests = 0;
  #closing: Promise<void> | undefined;
  #ended = false;

  constructor(options: BucketWindowOptions) {
    this.#options = options;
    this.#times = new BucketTimes(options.bucketSeconds, options.clock.now());
    this.#timer = this.#nextClose();
    options.columns.onDrainNeeded = (full) => this.#soon(full);
  }

  /** Events that wait. Their samples are handed over already. */
  event(text: string): void {
    const { ledger, columns } = this.#options;
    if (columns.closed) return ledger.drop(1, 'closed');
    if (this.#events.length >= MOST_EVENTS) return ledger.drop(1, 'queue_full');
    ledger.handOver(1);
    this.#events.push(text);
  }

  /**
   * Resolves when everything recorded before the call was acknowledged or lost, or when the intake fails and will not be
   * asked again soon: what is left is then sent later. Never rejects.
   */
  async flush(): Promise<void> {
    if (this.#closing !== undefined) return this.#closing;
    await this.#requested(async () => {
      await this.#drain('sealed');
      await this.#options.delivery.settled();
    });
  }

  /** Drops everything under `exit`: nothing can be sent without waiting. */
  exit(): void {
    if (!this.#ended) this.#dropAll('exit');
  }

  /**
   * Ends recording, delivers within `timeout` milliseconds and drops the rest under `timeout`. Calling it again gives the
   * same promise. Never rejects.
   */
  close({ timeout }: { readonly timeout: number }): Promise<void> {
    this.#closing ??= this.#close(timeout);
    return this.#closing;
  }

  async #close(timeout: number): Promise<void> {
    const { columns, delivery, clock, collect } = this.#options;
    this.#timer.cancel();
    this.#earlyTimer?.cancel();
    collect();
    columns.close();
    delivery.hurry();
    this.#endFreeSecond();
    let deadline: Alarm | undefined;
    const expired = new Promise<void>((resolve) => {
      deadline = clock.schedule(Math.min(timeout, LONGEST_TIMEOUT), resolve);
      deadline.hold(true);
    });
    const delivered = this.#requested(async () => {
      await this.#drain('sealed');
      await delivery.settled(Number.POSITIVE_INFINITY);
    });
    await Promise.race([delivered, expired]);
    deadline?.cancel();
    this.#ended = true;
    this.#dropAll('timeout');
  }

  #dropAll(reason: 'timeout' | 'exit'): void {
    const { columns, ledger, writer, delivery, onLoss } = this.#options;
    const lost = columns.buffered + ledger.inFlight;
    columns.dropAll(reason);
    this.#events = [];
    writer.dropUnsent(reason);
    delivery.clear();
    if (lost > 0) onLoss(reason, lost);
  }

  async #requested(run: () => Promise<void>): Promise<void> {
    this.#requests += 1;
    this.#freeSecondTimer?.hold(true);
    try {
      await run();
    } finally {
      this.#requests -= 1;
    }
  }

  #nextClose(): Alarm {
    const { clock } = this.#options;
    return clock.schedule(this.#times.untilClose(clock.now()), () => {
      this.#timer = this.#nextClose();
      void this.#drain('closed');
    });
  }

  #soon(full: boolean): void {
    const { columns, clock } = this.#options;
    if (this.#earlyTimer !== undefined || columns.closed) return;
    this.#earlyTimer = clock.schedule(EARLY, () => {
      this.#earlyTimer = undefined;
      void this.#drain(full || columns.isHalfFull ? 'sealed' : 'batches');
    });
  }

  /** A drain that begins after those before it. Never rejects. */
  #drain(kind: DrainKind): Promise<void> {
    const waiting = this.#waiting.get(kind);
    if (waiting !== undefined) return waiting;
    const drain = this.#last.then(() => {
      this.#waiting.delete(kind);
      return this.#run(kind);
    });
    this.#waiting.set(kind, drain);
    this.#last = drain;
    return drain;
  }

  async #run(kind: DrainKind): Promise<void> {
    const { writer, clock, columns, collect, slots } = this.#options;
    const isFull = kind !== 'batches';
    if (isFull) {
      if (!columns.closed) collect();
      // Dates are used up.
      if (kind === 'sealed' && columns.buffered === 0 && this.#events.length === 0) return;
      await this.#freeSecond();
      if (this.#ended) return;
      writer.begin(this.#times.next(clock.now(), kind === 'closed'));
      for (const event of this.#events.splice(0)) writer.event(event);
    } else {
      // Values of distributions add up, whatever else has the same second.
      writer.begin({ timestamp: this.#times.open(clock.now()), interval: 1 });
    }
    let cursor = 0;
    writer.beginBurst();
    for (;;) {
      const isEmpty = columns.drainQueue(writer);
      if (isEmpty && (!isFull || cursor >= slots.bound)) break;
      if (isEmpty && !writer.burstFull) {
        columns.drainSlot(cursor, writer);
        cursor += 1;
      } else {
        await this.#pause();
      }
    }
    // A histogram has all its values now. Of batches only full payloads are sent, or there would be many small ones.
    if (isFull) {
      while (!writer.finishHistograms()) await this.#pause();
      writer.finish();
    }
    await writer.settled();
  }

  /** Lets others run, and what is being compressed be delivered. */
  async #pause(): Promise<void> {
    const { writer } = this.#options;
    await new Promise((resolve) => setImmediate(resolve));
    await writer.settled();
    writer.beginBurst();
  }

  /** Somebody flushes more often than there are seconds. */
  async #freeSecond(): Promise<void> {
    const { clock } = this.#options;
    const wait = this.#times.untilFree(clock.now());
    // At the end there is no time to wait; the intake takes points that are ahead by more.
    if (wait === 0 || this.#closing !== undefined) return;
    await new Promise<void>((resolve) => {
      this.#endFreeSecond = resolve;
      this.#freeSecondTimer = clock.schedule(wait, resolve);
      this.#freeSecondTimer.hold(this.#requests > 0);
    });
    this.#freeSecondTimer?.cancel();
    this.#freeSecondTimer = undefined;
  }
}
