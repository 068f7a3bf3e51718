import type { SampleWriter } from '@metrics/aggregation';
import { formatSigned } from '../format/format-signed.js';
import type { LoggedSeries } from '../logged-series.js';
import type { SummaryOutlet } from './summary-outlet.js';

/**
 * Turns drained samples into one line for each series and window: writes counters immediately, and collects the kinds that
 * arrive in parts.
 */
export class SummaryWriter implements SampleWriter {
  readonly #outlet: SummaryOutlet;
  readonly #seriesOfSlot: (slot: number) => LoggedSeries;

  constructor(outlet: SummaryOutlet, seriesOfSlot: (slot: number) => LoggedSeries) {
    this.#outlet = outlet;
    this.#seriesOfSlot = seriesOfSlot;
  }

  counter(slot: number, sum: number, samples: number): void {
    const text = `${formatSigned(sum)} count=${samples}`;
    this.#outlet.write(this.#seriesOfSlot(slot), text, { value: sum, count: samples, sum }, samples);
  }

  gauge(slot: number, value: number, samples: number): void {
    this.#outlet.collect(this.#seriesOfSlot(slot), samples).add(Float64Array.of(value));
  }

  values(slot: number, values: Float64Array, from: number, to: number): number {
    this.#outlet.collect(this.#seriesOfSlot(slot), to - from).add(values.subarray(from, to));
    return to;
  }

  member(slot: number, member: string, samples: number): void {
    this.#outlet.collect(this.#seriesOfSlot(slot), samples).members.add(member);
  }
}
