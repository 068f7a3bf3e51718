import type { Outlet, SampleAccounting } from '@metrics/aggregation';
import type { Endpoint } from './endpoint.js';
import { buildPayloads, type Payload } from './payload.js';

/** Receives complete payloads. */
export interface PayloadReceiver {
  /** @param payload its samples are in flight; the receiver confirms or drops them. */
  enqueue(payload: Payload): void;
  /** Forgets all payloads. The caller accounts for their samples. */
  clear(): void;
}

export interface PayloadCollectorOptions {
  readonly accounting: SampleAccounting;
  readonly receiver: PayloadReceiver;
}

/** One element of a payload. */
export interface PayloadEntry {
  readonly json: string;
  /** The number of samples in flight that are decided with this entry. */
  readonly samples: number;
  readonly points: number;
}

/** The entries of one endpoint that will be its next payload. */
interface OpenPayload {
  readonly entries: string[];
  readonly samples: number[];
  bytes: number;
  points: number;
}

/** Entries may be added for this time before the event loop gets its turn. */
const SLICE_MS = 2;

/**
 * Collects entries until a payload of their endpoint is full, and compresses one payload after another. As the outlet of a
 * drain it pauses when a slice is used, and while a payload is being compressed.
 */
export class PayloadCollector implements Outlet {
  /** The date of the points that are added now, in milliseconds on the clock's `elapsed`. */
  datedAt = 0;
  readonly #options: PayloadCollectorOptions;
  readonly #open = new Map<Endpoint, OpenPayload>();
  #compressed: Promise<void> = Promise.resolve();
  /** Number of payloads that are full and not compressed yet. */
  #uncompressed = 0;
  #sliceEnds = 0;
  /** Incremented when everything is dropped: payloads of an earlier generation are not delivered. */
  #generation = 0;

  constructor(options: PayloadCollectorOptions) {
    this.#options = options;
  }

  /** False while a full payload is not compressed. */
  get ready(): boolean {
    return this.#uncompressed === 0;
  }

  get burstFull(): boolean {
    return performance.now() >= this.#sliceEnds;
  }

  beginBurst(): void {
    this.#sliceEnds = performance.now() + SLICE_MS;
  }

  /** Adds an entry to the open payload of its endpoint, which is compressed first if it has no room. */
  add(endpoint: Endpoint, { json, samples, points }: PayloadEntry): void {
    const bytes = Buffer.byteLength(json) + 1;
    let open = this.#open.get(endpoint);
    if (open !== undefined && !hasRoom(open, endpoint, bytes, points)) {
      this.#compress(endpoint, open);
      open = undefined;
    }
    if (open === undefined) {
      const emptyBytes = endpoint.bodyPrefix.length + endpoint.bodySuffix.length;
      open = { entries: [], samples: [], bytes: emptyBytes, points: 0 };
      this.#open.set(endpoint, open);
    }
    open.entries.push(json);
    open.samples.push(samples);
    open.bytes += bytes;
    open.points += points;
  }

  /** Compresses all open payloads, full or not. */
  finish(): void {
    for (const [endpoint, open] of this.#open) this.#compress(endpoint, open);
    this.#open.clear();
  }

  /** Resolves when the receiver has all payloads that were full or finished. Never rejects. */
  settled(): Promise<void> {
    return this.#compressed;
  }

  async whenReady(): Promise<boolean> {
    await this.#compressed;
    return this.ready;
  }

  /** Drops all samples in flight: those collected or being compressed, and those that the receiver has. */
  dropUnsent(reason: string): void {
    const { accounting, receiver } = this.#options;
    this.#generation += 1;
    this.#open.clear();
    accounting.dropInFlight(accounting.inFlight, reason);
    receiver.clear();
  }

  #compress(endpoint: Endpoint, { entries, samples }: OpenPayload): void {
    const { accounting, receiver } = this.#options;
    const { datedAt } = this;
    const generation = this.#generation;
    this.#uncompressed += 1;
    this.#compressed = this.#compressed.then(async () => {
      try {
        if (generation !== this.#generation) return;
        const payloads = await buildPayloads({ endpoint, entries, samples, datedAt });
        if (generation === this.#generation) for (const payload of payloads) receiver.enqueue(payload);
      } catch {
        // Compression fails only for lack of memory.
        const sum = samples.reduce((total, each) => total + each, 0);
        if (generation === this.#generation) accounting.dropInFlight(sum, 'not_encoded');
      } finally {
        this.#uncompressed -= 1;
      }
    });
  }
}

/** Returns true if another entry fits. The first entry of a payload need not. */
function hasRoom(open: OpenPayload, endpoint: Endpoint, bytes: number, points: number): boolean {
  return open.bytes + bytes <= endpoint.maxRawBytes && open.points + points <= endpoint.maxPoints;
}
