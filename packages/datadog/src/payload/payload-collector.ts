import type { SampleAccounting } from '@metrics/aggregation';
import type { Endpoint } from './endpoint.js';
import { type Payload, payloadsOf } from './payload.js';

export interface PayloadCollectorOptions {
  readonly ledger: SampleAccounting;
  /** Takes a payload with its samples. */
  readonly deliver: (payload: Payload) => void;
}

/** One element of a payload. */
export interface PayloadEntry {
  /** As JSON. */
  readonly text: string;
  readonly samples: number;
  readonly points: number;
}

/** Entries of one endpoint that become a payload. */
interface OpenPayload {
  readonly texts: string[];
  readonly samples: number[];
  bytes: number;
  points: number;
}

/** Collects entries until a payload of their endpoint is full, and compresses one payload after the other. */
export class PayloadCollector {
  /** Of the points that are added, in seconds since the epoch. */
  timestamp = 0;
  readonly #options: PayloadCollectorOptions;
  readonly #open = new Map<Endpoint, OpenPayload>();
  #compressing: Promise<void> = Promise.resolve();
  #waiting = 0;
  /** Changes when all is abandoned, so that what is being compressed is not delivered. */
  #generation = 0;

  constructor(options: PayloadCollectorOptions) {
    this.#options = options;
  }

  /** Whether a full payload is not compressed yet. */
  get isBusy(): boolean {
    return this.#waiting > 0;
  }

  /** Adds an entry whose samples are handed over in the ledger. */
  add(endpoint: Endpoint, { text, samples, points }: PayloadEntry): void {
    const bytes = Buffer.byteLength(text) + 1;
    let open = this.#open.get(endpoint);
    if (open !== undefined && !hasRoom(open, endpoint, bytes, points)) {
      this.#compress(endpoint, open);
      open = undefined;
    }
    if (open === undefined) {
      open = { texts: [], samples: [], bytes: endpoint.head.length + endpoint.tail.length, points: 0 };
      this.#open.set(endpoint, open);
    }
    open.texts.push(text);
    open.samples.push(samples);
    open.bytes += bytes;
    open.points += points;
  }

  /** Closes all payloads, full or not. */
  finish(): void {
    for (const [endpoint, open] of this.#open) this.#compress(endpoint, open);
    this.#open.clear();
  }

  /** Resolves when all closed payloads are delivered. */
  settled(): Promise<void> {
    return this.#compressing;
  }

  /** Forgets all that is not delivered; who calls it settles the samples. */
  abandon(): void {
    this.#generation += 1;
    this.#open.clear();
  }

  #compress(endpoint: Endpoint, { texts, samples }: OpenPayload): void {
    const { timestamp } = this;
    const generation = this.#generation;
    this.#waiting += 1;
    this.#compressing = this.#compressing.then(async () => {
      try {
        if (generation !== this.#generation) return;
        const payloads = await payloadsOf({ endpoint, texts, samples, timestamp });
        if (generation === this.#generation) for (const payload of payloads) this.#options.deliver(payload);
      } catch {
        // Out of memory, if anything.
        if (generation === this.#generation) {
          this.#options.ledger.dropInFlight(
            samples.reduce((sum, each) => sum + each, 0),
            'not_encoded',
          );
        }
      } finally {
        this.#waiting -= 1;
      }
    });
  }
}

/** Whether another entry fits; the first one always does. */
function hasRoom(open: OpenPayload, endpoint: Endpoint, bytes: number, points: number): boolean {
  return open.bytes + bytes <= endpoint.maxRawBytes && open.points + points <= endpoint.maxPoints;
}
