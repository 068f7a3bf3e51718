import type { Outlet, SampleAccounting, SampleWriter, SlotTable } from '../src/index.js';

export interface Written {
  readonly kind: string;
  /** The fragments of the slot when it was written. */
  readonly series: string;
  readonly value: number | string;
  readonly samples: number;
  readonly weight: number;
}

/** A writer and outlet that keeps what is written. The test sets its readiness, burst size and callbacks. */
export class RecordingWriter implements SampleWriter, Outlet {
  ready = true;
  /** The value of {@link ready} after {@link whenReady}. */
  recovers = false;
  burst = Number.POSITIVE_INFINITY;
  /** Whether samples are confirmed when written; otherwise by {@link settle}. */
  settles = true;
  /** Writes after which the outlet is not ready. */
  writesLeft = Number.POSITIVE_INFINITY;
  readonly written: Written[] = [];
  readonly bursts: number[] = [0];
  finishes = 0;
  #unsettled = 0;
  #waiting: (() => void)[] = [];
  readonly #slots: SlotTable;
  readonly #accounting: SampleAccounting;

  readonly #text: (fragment: number) => string;

  constructor(slots: SlotTable, accounting: SampleAccounting, text: (fragment: number) => string = String) {
    this.#slots = slots;
    this.#accounting = accounting;
    this.#text = text;
  }

  get burstFull(): boolean {
    return this.bursts.at(-1)! >= this.burst;
  }

  beginBurst(): void {
    if (this.bursts.at(-1) !== 0) this.bursts.push(0);
  }

  counter(slot: number, sum: number, samples: number): void {
    if (this.#slots.kind(slot) !== 'counter') throw new Error('A sum of something else than a counter.');
    this.#write(slot, sum, samples, 1);
  }

  gauge(slot: number, value: number, samples: number): void {
    if (this.#slots.kind(slot) !== 'gauge') throw new Error('A level of something else than a gauge.');
    this.#write(slot, value, samples, 1);
  }

  values(slot: number, values: Float64Array, from: number, to: number, sampleWeight: number): number {
    let index = from;
    do {
      this.#write(slot, values[index]!, 1, sampleWeight);
      index += 1;
    } while (index < to && this.ready && !this.burstFull);
    return index;
  }

  member(slot: number, member: string, samples: number): void {
    this.#write(slot, member, samples, 1);
  }

  line(bytes: Uint8Array, samples: number): void {
    this.written.push({ kind: 'line', series: '', value: Buffer.from(bytes).toString(), samples, weight: 1 });
    this.#confirm(samples);
  }

  finish(): void {
    this.finishes += 1;
  }

  settle(): void {
    this.#accounting.confirmSent(this.#unsettled);
    this.#unsettled = 0;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  settled(): Promise<void> {
    if (this.#unsettled === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async whenReady(): Promise<boolean> {
    this.ready ||= this.recovers;
    return this.ready;
  }

  dropUnsent(reason: string): void {
    this.#accounting.dropInFlight(this.#unsettled, reason);
    this.#unsettled = 0;
  }

  #write(slot: number, value: number | string, samples: number, sampleWeight: number): void {
    const fragments = Array.from({ length: this.#slots.fragmentCount(slot) }, (_, at) =>
      this.#slots.fragment(slot, at),
    );
    this.written.push({
      kind: this.#slots.kind(slot),
      series: fragments.map(this.#text).join('/'),
      value,
      samples,
      weight: sampleWeight,
    });
    this.#confirm(samples);
  }

  #confirm(samples: number): void {
    this.bursts[this.bursts.length - 1]! += 1;
    this.writesLeft -= 1;
    if (this.writesLeft === 0) this.ready = false;
    if (this.settles) this.#accounting.confirmSent(samples);
    else this.#unsettled += samples;
  }
}
