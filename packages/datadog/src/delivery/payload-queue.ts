import { type Payload, weightOf } from '../payload/payload.js';

/** Payloads that wait to be sent, in the order of their coming. */
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
    this.#bytes += weightOf(payload);
  }

  /** Puts others in the place of one. Answers whether it was there. */
  replace(payload: Payload, others: readonly Payload[] = []): boolean {
    const index = this.#payloads.indexOf(payload);
    if (index < 0) return false;
    this.#payloads.splice(index, 1, ...others);
    this.#bytes -= weightOf(payload);
    for (const other of others) this.#bytes += weightOf(other);
    return true;
  }

  /** The one with the oldest points; `spared` only if there is no other. */
  oldest(spared?: Payload): Payload | undefined {
    let oldest: Payload | undefined;
    for (const payload of this.#payloads) {
      if (payload !== spared && (oldest === undefined || payload.timestamp < oldest.timestamp)) oldest = payload;
    }
    return oldest ?? this.first;
  }

  /** Takes out all. */
  clear(): void {
    this.#payloads.length = 0;
    this.#bytes = 0;
  }
}
