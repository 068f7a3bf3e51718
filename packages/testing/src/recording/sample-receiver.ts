import type { MetricKind, Series, SeriesId } from '@metrics/core';
import type { RecordedSample, RecordedSeries } from './recorded-sample.js';
import { toTagObject } from './tag-object.js';

/** The recording methods of a backend, which turn each call with an id into a whole sample. */
export abstract class SampleReceiver {
  /** Copies of the open series. */
  readonly #series = new Map<SeriesId, RecordedSeries>();

  /** Receives a sample, or undefined if its id is not open. */
  protected abstract receive(sample: RecordedSample | undefined): void;

  /** Receives a series that has ended: an observer left it out, or was disposed. */
  protected abstract end(series: RecordedSeries): void;

  /** Forgets the open series. Samples of their ids are then received as `undefined`. */
  protected forgetSeries(): void {
    this.#series.clear();
  }

  open(id: SeriesId, series: Series): void {
    this.#series.set(id, { ...series, tags: toTagObject(series.tags) });
  }

  release(id: SeriesId, ended = false): void {
    const series = this.#series.get(id);
    this.#series.delete(id);
    if (ended && series !== undefined) this.end(Object.freeze(series));
  }

  incr(id: SeriesId, amount: number, sampleRate: number): void {
    this.#value(id, 'counter', amount, sampleRate);
  }

  gauge(id: SeriesId, value: number): void {
    this.#value(id, 'gauge', value, 1);
  }

  timing(id: SeriesId, milliseconds: number, sampleRate: number): void {
    this.#value(id, 'timing', milliseconds, sampleRate);
  }

  distribution(id: SeriesId, value: number, sampleRate: number): void {
    this.#value(id, 'distribution', value, sampleRate);
  }

  set(id: SeriesId, member: string): void {
    const series = this.#series.get(id);
    this.receive(series && Object.freeze({ ...series, kind: 'set', member }));
  }

  /** Records a sample with its own timestamp. Only counters and gauges have them. */
  recordAt(id: SeriesId, value: number, epochSeconds: number): void {
    const kind = this.#series.get(id)?.kind === 'counter' ? 'counter' : 'gauge';
    this.#value(id, kind, value, 1, epochSeconds);
  }

  /** The kind is that of the call, which wins if the series was opened as another one. */
  #value(id: SeriesId, kind: Exclude<MetricKind, 'set'>, value: number, sampleRate: number, timestamp?: number): void {
    const series = this.#series.get(id);
    const sample = series && { ...series, kind, value, sampleRate };
    this.receive(sample && Object.freeze(timestamp === undefined ? sample : { ...sample, timestamp }));
  }
}
