import type { MetricKind, Series, SeriesId } from '@metrics/core';
import type { RecordedSample } from './recorded-sample.js';

/** Copies of the series that are open, so that a call with an id becomes a whole sample again. */
export class OpenSeries {
  readonly #series = new Map<SeriesId, Series>();

  open(id: SeriesId, series: Series): void {
    const tags = Object.freeze(Object.assign(Object.create(null), series.tags) as Record<string, string>);
    this.#series.set(id, { ...series, tags });
  }

  release(id: SeriesId): void {
    this.#series.delete(id);
  }

  clear(): void {
    this.#series.clear();
  }

  /** `undefined` where the id is not open. The call says the kind, in case the series was opened as another. */
  value(
    id: SeriesId,
    kind: Exclude<MetricKind, 'set'>,
    value: number,
    sampleRate: number,
    timestamp?: number,
  ): RecordedSample | undefined {
    const series = this.#series.get(id);
    if (series === undefined) return undefined;
    const sample = { ...series, kind, value, sampleRate };
    return Object.freeze(timestamp === undefined ? sample : { ...sample, timestamp });
  }

  member(id: SeriesId, member: string): RecordedSample | undefined {
    const series = this.#series.get(id);
    return series && Object.freeze({ ...series, kind: 'set', member });
  }

  /** A sample with a time of its own is one of a counter or of a gauge: the series knows. */
  valueAt(id: SeriesId, value: number, epochSeconds: number): RecordedSample | undefined {
    const kind = this.#series.get(id)?.kind === 'counter' ? 'counter' : 'gauge';
    return this.value(id, kind, value, 1, epochSeconds);
  }
}
