import { memoryBytes, type Payload } from '../payload/payload.js';

/** Payloads that wait to be sent, in the order of their arrival. */
export class PayloadQueue {
  readonly #payloads: Payload[] = [];
  #bytes = 0;

  get length(): number {
    return this.#payloads.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get first(): Payload | undefined {
    return this.#payloads[0];
  }

  has(payload: Payload): boolean {
    return this.#payloads.includes(payload);
  }

  push(payload: Payload): void {
    this.#payloads.push(payload);
    this.#bytes += memoryBytes(payload);
  }

  /** Replaces a payload by others, or removes it. Returns false if it is not in the queue. */
  replace(payload: Payload, others: readonly Payload[] = []): boolean {
    const index = this.#payloads.indexOf(payload);
    if (index < 0) return false;
    this.#payloads.splice(index, 1, ...others);
    this.#bytes -= memoryBytes(payload);
    for (const other of others) this.#bytes += memoryBytes(other);
    return true;
  }

  /** Returns the payload with the oldest points. Returns `except` only if there is no other. */
  oldest(except?: Payload): Payload | undefined {
    let oldest: Payload | undefined;
    for (const payload of this.#payloads) {
      if (payload !== except && (oldest === undefined || payload.datedAt < oldest.datedAt)) oldest = payload;
    }
    return oldest ?? this.first;
  }

  clear(): void {
    this.#payloads.length = 0;
    this.#bytes = 0;
  }
}
