import type { SampleAccounting } from '@metrics/aggregation';
import type { Alarm, Clock } from '../clock.js';
import { halvesOf, type Payload, samplesIn, weightOf } from '../payload/payload.js';
import { type BreakerState, CircuitBreaker } from './circuit-breaker.js';
import type { DeliveryReports } from './delivery-problems.js';
import type { IntakeAnswer, IntakeClient } from './intake-client.js';
import { PayloadQueue } from './payload-queue.js';
import type { Redactor } from './redactor.js';
import { answerVerdict } from './response-outcome.js';
import { retryAfter } from './retry-after.js';

export interface DeliveryOptions {
  readonly client: IntakeClient;
  readonly ledger: SampleAccounting;
  readonly reports: DeliveryReports;
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly random: () => number;
  /** Bytes of payloads that may wait. */
  readonly maxBytes: number;
}

export interface DeliveryStats {
  /** Requests that were acknowledged, and the bytes of their bodies. */
  readonly batches: number;
  readonly bytes: number;
  /** Requests that failed and were, or are to be, sent again. */
  readonly retries: number;
  /** Payloads that were cut in two because they were too large for the intake. */
  readonly splits: number;
  readonly queue: { readonly payloads: number; readonly bytes: number };
  readonly breaker: BreakerState;
}

/** Seconds. The intake takes points of the last hour. */
const OLDEST = 3540;

/** Milliseconds a flush waits without any acknowledgement, before it leaves the rest to later attempts. */
const PATIENCE = 5000;
const MOST_SHOWN = 300;

interface Waiter {
  readonly begun: number;
  /** Milliseconds without an acknowledgement. */
  readonly patience: number;
  /** Ends its patience. */
  alarm: Alarm | undefined;
  readonly resolve: () => void;
}

/**
 * Brings payloads to the intake, one at a time: again where that may help, in halves where they are too large, and not at
 * all where they are too old or too many. Every sample in them is settled in the ledger once. Never throws or rejects. A long
 * file because queue, breaker and those who wait are one state.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #queue = new PayloadQueue();
  readonly #breaker: CircuitBreaker;
  #pumping = false;
  #underWay: Payload | undefined;
  /** Wakes the pump when the breaker lets it try. */
  #alarm: Alarm | undefined;
  readonly #waiters = new Set<Waiter>();
  /** When a request was acknowledged. */
  #progressed = 0;
  #batches = 0;
  #bytes = 0;
  #retries = 0;
  #splits = 0;
  #hurried = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#breaker = new CircuitBreaker(options.random);
  }

  get stats(): DeliveryStats {
    return {
      batches: this.#batches,
      bytes: this.#bytes,
      retries: this.#retries,
      splits: this.#splits,
      queue: { payloads: this.#queue.length, bytes: this.#queue.bytes },
      breaker: this.#breaker.state(this.#options.clock.now()),
    };
  }

  /** Takes a payload whose samples were handed over to the ledger. */
  enqueue(payload: Payload): void {
    const { maxBytes, reports } = this.#options;
    while (this.#queue.bytes + weightOf(payload) > maxBytes && this.#queue.length > 0) {
      // The one under way may have arrived already.
      this.#lose(this.#queue.oldest(this.#underWay)!, 'queue_full');
      reports.queueFull(maxBytes);
    }
    this.#queue.push(payload);
    this.#wake();
  }

  /**
   * Resolves when nothing waits any more, or when the intake fails and will not be asked again soon.
   *
   * @param patience milliseconds without an acknowledgement.
   */
  settled(patience: number = PATIENCE): Promise<void> {
    const begun = this.#options.clock.now();
    return new Promise((resolve) => {
      this.#waiters.add({ begun, patience, alarm: undefined, resolve });
      this.#notify();
    });
  }

  /** No more long waits: the backend is closing. */
  hurry(): void {
    this.#hurried = true;
    this.#breaker.hurry();
    this.#alarm?.cancel();
    this.#alarm = undefined;
    this.#wake();
  }

  /** Forgets all that waits, and what becomes of the request under way; who calls it settles the samples. */
  clear(): void {
    this.#queue.clear();
    this.#alarm?.cancel();
    this.#alarm = undefined;
    this.#notify();
  }

  #wake(): void {
    if (this.#pumping || this.#alarm !== undefined) return;
    this.#pumping = true;
    void this.#pump();
  }

  async #pump(): Promise<void> {
    const { clock } = this.#options;
    for (;;) {
      this.#expire();
      const payload = this.#queue.first;
      if (payload === undefined) break;
      const wait = this.#breaker.wait(clock.now());
      if (wait > 0) {
        this.#alarm = clock.schedule(Math.ceil(wait), () => {
          this.#alarm = undefined;
          this.#wake();
        });
        break;
      }
      this.#underWay = payload;
      await this.#send(payload);
      this.#underWay = undefined;
    }
    this.#pumping = false;
    this.#notify();
  }

  async #send(payload: Payload): Promise<void> {
    const { client } = this.#options;
    const { path, deflated } = payload.endpoint;
    let answer: IntakeAnswer;
    try {
      answer = await client.post({ path, deflated, body: payload.body });
    } catch (error) {
      if (this.#queue.has(payload)) this.#again(payload, (error as Error).message);
      return;
    }
    // Dropped meanwhile.
    if (this.#queue.has(payload)) await this.#judge(payload, answer);
  }

  async #judge(payload: Payload, answer: IntakeAnswer): Promise<void> {
    const { ledger, reports, clock } = this.#options;
    const verdict = answerVerdict(answer);
    const says = this.#shown(answer);
    if (verdict === 'again') return this.#again(payload, says, retryAfter(answer.retryAfter, clock.now()));
    if (verdict === 'forbidden') return this.#forbidden(payload, says);
    this.#breaker.succeeded();
    reports.recovered();
    if (verdict === 'accepted' || verdict === 'complained') {
      this.#progressed = clock.now();
      this.#batches += 1;
      this.#bytes += payload.body.length;
    }
    if (verdict === 'accepted') {
      this.#queue.replace(payload);
      ledger.confirmSent(samplesIn(payload));
    } else if (verdict === 'complained') {
      this.#lose(payload, 'intake_errors');
      reports.complained(says);
    } else if (verdict === 'refused') {
      this.#lose(payload, 'rejected');
      reports.refused(says);
    } else if (payload.ends.length > 1) {
      await this.#split(payload);
    } else {
      this.#lose(payload, 'too_large');
      reports.tooLarge(says);
    }
  }

  #again(payload: Payload, message: string, asked?: number): void {
    const { reports, clock } = this.#options;
    this.#breaker.failed(clock.now(), asked);
    this.#retry(payload);
    reports.unreachable(message);
  }

  #forbidden(payload: Payload, message: string): void {
    const { reports, clock } = this.#options;
    this.#breaker.forbidden(clock.now());
    // Nothing changes until the end of the process.
    if (this.#hurried) this.#lose(payload, 'forbidden');
    else this.#retry(payload);
    reports.forbidden(message);
  }

  /** To the end of the queue: it might be the one thing that the intake cannot take. */
  #retry(payload: Payload): void {
    this.#retries += 1;
    this.#queue.replace(payload);
    this.#queue.push(payload);
  }

  async #split(payload: Payload): Promise<void> {
    this.#splits += 1;
    try {
      this.#queue.replace(payload, await halvesOf(payload));
    } catch {
      this.#lose(payload, 'too_large');
    }
  }

  #expire(): void {
    const seconds = this.#options.clock.now() / 1000;
    for (let oldest = this.#queue.oldest(); oldest !== undefined; oldest = this.#queue.oldest()) {
      if (seconds - oldest.timestamp <= OLDEST) return;
      this.#lose(oldest, 'expired');
      this.#options.reports.expired();
    }
  }

  #lose(payload: Payload, reason: string): void {
    if (this.#queue.replace(payload)) this.#options.ledger.dropInFlight(samplesIn(payload), reason);
  }

  #shown({ status, text }: IntakeAnswer): string {
    const clean = this.#options.redactor.clean(text).replace(/\s+/g, ' ').trim();
    return clean === '' ? `status ${status}` : `status ${status}: ${clean.slice(0, MOST_SHOWN)}`;
  }

  /** Lets go whoever waits for what has happened, or will not happen soon. */
  #notify(): void {
    const { clock, client } = this.#options;
    const now = clock.now();
    const isIdle = !this.#pumping && this.#queue.length === 0;
    const soonest = this.#pumping ? now : now + this.#breaker.wait(now);
    for (const waiter of this.#waiters) {
      waiter.alarm?.cancel();
      const until = Math.max(waiter.begun, this.#progressed) + waiter.patience;
      if (isIdle || now >= until || soonest > until) {
        this.#waiters.delete(waiter);
        waiter.resolve();
      } else if (until < Number.POSITIVE_INFINITY) {
        waiter.alarm = clock.schedule(until - now, () => this.#notify());
        waiter.alarm.hold(true);
      }
    }
    const held = this.#waiters.size > 0;
    client.hold(held);
    this.#alarm?.hold(held);
  }
}
