import type { SampleAccounting } from '@metrics/aggregation';
import type { FullClock, ScheduledCall } from '../clock.js';
import { memoryBytes, type Payload, sampleCount, splitPayload } from '../payload/payload.js';
import type { PayloadReceiver } from '../payload/payload-collector.js';
import { type BreakerState, CircuitBreaker } from './circuit-breaker.js';
import type { DeliveryProblems } from './delivery-problems.js';
import type { IntakeClient, IntakeResponse } from './intake-client.js';
import { PayloadQueue } from './payload-queue.js';
import { type DeliveryProgress, ProgressWaiters } from './progress-waiters.js';
import type { Redactor } from './redactor.js';
import { classifyResponse, describeResponse } from './response-outcome.js';
import { parseRetryAfter } from './retry-after.js';

export interface DeliveryOptions {
  readonly client: IntakeClient;
  readonly accounting: SampleAccounting;
  readonly problems: DeliveryProblems;
  readonly redactor: Redactor;
  readonly clock: FullClock;
  /** Returns numbers from 0 to below 1. */
  readonly random: () => number;
  /** Memory limit of the payloads that wait. */
  readonly maxBytes: number;
}

/** Counts and state of the delivery to the intake. */
export interface DeliveryStats {
  /** Number of requests that were acknowledged. */
  readonly requests: number;
  /** Bytes of the bodies of these requests. */
  readonly bytes: number;
  /** Number of failed requests whose payload was, or will be, sent again. */
  readonly retries: number;
  /** Number of payloads that were split in half because they were too large for the intake. */
  readonly splits: number;
  /** Payloads that wait. */
  readonly queue: {
    /** Number of payloads, with the one in flight. */
    readonly payloads: number;
    /** Their bytes of memory; at most the option `maxQueueBytes`. */
    readonly bytes: number;
  };
  /** The state of the circuit breaker, which pauses requests while the intake fails. */
  readonly breaker: BreakerState;
}

/** The intake accepts points of the last hour. */
const MAX_POINT_AGE_MS = 3_540_000;
/** Milliseconds that a flush waits without an acknowledgement. */
const NO_PROGRESS_TIMEOUT = 5000;

/**
 * Sends payloads to the intake, one at a time. Failed requests are sent again, too large ones in halves; payloads that are
 * too old or too many are dropped. Confirms or drops each sample exactly once. Never throws or rejects.
 */
export class Delivery implements PayloadReceiver {
  readonly #options: DeliveryOptions;
  readonly #queue = new PayloadQueue();
  readonly #breaker: CircuitBreaker;
  readonly #waiters: ProgressWaiters;
  #isSending = false;
  #inFlight: Payload | undefined;
  /** Continues when the breaker allows the next request. */
  #retryTimer: ScheduledCall | undefined;
  #isClosing = false;
  #requests = 0;
  #bytes = 0;
  #retries = 0;
  #splits = 0;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#breaker = new CircuitBreaker(options.random);
    this.#waiters = new ProgressWaiters(options.clock, () => this.#updateWaiters());
  }

  get stats(): DeliveryStats {
    return {
      requests: this.#requests,
      bytes: this.#bytes,
      retries: this.#retries,
      splits: this.#splits,
      queue: { payloads: this.#queue.length, bytes: this.#queue.bytes },
      breaker: this.#breaker.state(this.#options.clock.elapsed()),
    };
  }

  enqueue(payload: Payload): void {
    const { maxBytes, problems } = this.#options;
    while (this.#queue.bytes + memoryBytes(payload) > maxBytes && this.#queue.length > 0) {
      // The payload in flight may have arrived already, so it goes last.
      this.#drop(this.#queue.oldest(this.#inFlight)!, 'queue_full');
      problems.reportQueueFull(maxBytes);
    }
    this.#queue.push(payload);
    this.#startSending();
  }

  /**
   * Resolves when no payload waits any more, or when the intake fails and the next attempt is far off.
   *
   * @param timeout milliseconds without an acknowledgement.
   */
  settled(timeout: number = NO_PROGRESS_TIMEOUT): Promise<void> {
    const settled = this.#waiters.wait(timeout, this.#progress());
    this.#updateRef();
    return settled;
  }

  /** Sends immediately, and shortens all further waits. */
  startClosing(): void {
    this.#isClosing = true;
    this.#breaker.startClosing();
    this.#cancelRetry();
    this.#startSending();
  }

  /** Forgets all payloads, including the one in flight. The caller accounts for their samples. */
  clear(): void {
    this.#queue.clear();
    this.#cancelRetry();
    this.#updateWaiters();
  }

  #startSending(): void {
    if (this.#isSending || this.#retryTimer !== undefined) return;
    this.#isSending = true;
    void this.#sendAll();
  }

  async #sendAll(): Promise<void> {
    const { clock } = this.#options;
    for (;;) {
      this.#dropExpired();
      const payload = this.#queue.first;
      if (payload === undefined) break;
      const wait = this.#breaker.wait(clock.elapsed());
      if (wait > 0) {
        this.#retryTimer = clock.schedule(Math.ceil(wait), () => {
          this.#retryTimer = undefined;
          this.#startSending();
        });
        break;
      }
      this.#inFlight = payload;
      await this.#send(payload);
      this.#inFlight = undefined;
    }
    this.#isSending = false;
    this.#updateWaiters();
  }

  async #send(payload: Payload): Promise<void> {
    const { path, deflated } = payload.endpoint;
    const request = this.#options.client.post({ path, deflated, body: payload.body });
    const result = await request.catch((error: Error) => error);
    // It may have been dropped during the request.
    if (!this.#queue.has(payload)) return;
    if (result instanceof Error) this.#scheduleRetry(payload, result.message);
    else await this.#handleResponse(payload, result);
  }

  async #handleResponse(payload: Payload, response: IntakeResponse): Promise<void> {
    const { accounting, problems, clock, redactor } = this.#options;
    const outcome = classifyResponse(response);
    const description = describeResponse(response, redactor);
    if (outcome === 'retry')
      return this.#scheduleRetry(payload, description, parseRetryAfter(response.retryAfter, clock.now()));
    if (outcome === 'key_refused') return this.#handleRefusedKey(payload, description);
    this.#breaker.recordSuccess();
    problems.endOutage();
    if (outcome === 'accepted' || outcome === 'accepted_with_errors') {
      this.#waiters.recordProgress();
      this.#requests += 1;
      this.#bytes += payload.body.length;
    }
    if (outcome === 'accepted') {
      this.#queue.replace(payload);
      accounting.confirmSent(sampleCount(payload));
    } else if (outcome === 'accepted_with_errors') {
      this.#drop(payload, 'intake_errors');
      problems.reportAcceptedWithErrors(description);
    } else if (outcome === 'rejected') {
      this.#drop(payload, 'payload_rejected');
      problems.reportRejected(description);
    } else if (payload.ends.length > 1) {
      await this.#split(payload);
    } else {
      this.#drop(payload, 'payload_too_large');
      problems.reportTooLarge(description);
    }
  }

  #scheduleRetry(payload: Payload, error: string, retryAfter?: number): void {
    const { problems, clock } = this.#options;
    this.#breaker.recordFailure(clock.elapsed(), retryAfter);
    this.#requeue(payload);
    problems.reportUnreachable(error);
  }

  #handleRefusedKey(payload: Payload, error: string): void {
    const { problems, clock } = this.#options;
    this.#breaker.recordRefusedKey(clock.elapsed());
    // While closing, there is no time for the key to become valid.
    if (this.#isClosing) this.#drop(payload, 'api_key_refused');
    else this.#requeue(payload);
    problems.reportRefusedKey(error);
  }

  /** Moves a payload to the end of the queue, because it may be the only one that the intake cannot process. */
  #requeue(payload: Payload): void {
    this.#retries += 1;
    this.#queue.replace(payload);
    this.#queue.push(payload);
  }

  async #split(payload: Payload): Promise<void> {
    this.#splits += 1;
    try {
      this.#queue.replace(payload, await splitPayload(payload));
    } catch {
      this.#drop(payload, 'payload_too_large');
    }
  }

  #dropExpired(): void {
    const now = this.#options.clock.elapsed();
    for (let oldest = this.#queue.oldest(); oldest !== undefined; oldest = this.#queue.oldest()) {
      if (now - oldest.datedAt <= MAX_POINT_AGE_MS) return;
      this.#drop(oldest, 'expired');
      this.#options.problems.reportExpired();
    }
  }

  #drop(payload: Payload, reason: string): void {
    if (this.#queue.replace(payload)) this.#options.accounting.dropInFlight(sampleCount(payload), reason, true);
  }

  #cancelRetry(): void {
    this.#retryTimer?.cancel();
    this.#retryTimer = undefined;
  }

  #progress(): DeliveryProgress {
    const now = this.#options.clock.elapsed();
    return {
      isIdle: !this.#isSending && this.#queue.length === 0,
      nextAttempt: this.#isSending ? now : now + this.#breaker.wait(now),
    };
  }

  /** Resolves the callers that need not wait any longer. */
  #updateWaiters(): void {
    this.#waiters.resolveDue(this.#progress());
    this.#updateRef();
  }

  /** While a caller waits, requests and timers keep the process alive. */
  #updateRef(): void {
    const isAwaited = this.#waiters.size > 0;
    this.#options.client.setRef(isAwaited);
    this.#retryTimer?.setRef(isAwaited);
  }
}
