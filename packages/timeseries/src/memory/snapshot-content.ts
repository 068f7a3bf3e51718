// The content of a memory store as records of a snapshot, and back.
import type { Rollup } from '../rollup.js';
import type { SnapshotSource } from '../snapshot/snapshots.js';
import type { StoredSeries } from '../stored-series.js';
import type { MergeableSummary } from '../summary/mergeable-summary.js';
import type { StoreHost } from '../time-series-store.js';
import type { MemorySeries } from './memory-series.js';
import { describeRollups, findSources, findUnreadStep, parseRollups, type RollupSource } from './saved-rollups.js';
import { parseRecord, restoreRings, toSeriesRecord } from './series-record.js';

export interface SnapshotContentOptions {
  readonly host: StoreHost;
  /** The series of the store, by identity. */
  readonly histories: ReadonlyMap<string, MemorySeries>;
  /** Adds a series to the store. Returns undefined if there is no room for it. */
  readonly addSeries: (series: StoredSeries) => MemorySeries | undefined;
  /** Returns a summary to merge with; its content is overwritten. */
  readonly summaryFor: (series: StoredSeries) => MergeableSummary;
}

/** Describes the content of a memory store, and restores it. */
export class SnapshotContent implements SnapshotSource {
  readonly #options: SnapshotContentOptions;
  #sources: readonly RollupSource[] = [];

  constructor(options: SnapshotContentOptions) {
    this.#options = options;
  }

  /** Time since when each rollup has every sample, in seconds. */
  get completeSince(): readonly number[] {
    return this.#sources.map(({ completeSince }) => completeSince);
  }

  header(): object {
    const { host } = this.#options;
    return describeRollups(host.rollups, this.#sources, host.now());
  }

  *records(): Generator {
    for (const history of this.#options.histories.values()) yield toSeriesRecord(history, this.#rollups);
  }

  restoreHeader(header: unknown): void {
    const { host } = this.#options;
    const saved = parseRollups(header, host.rollups, host.now());
    this.#sources = findSources(host.rollups, saved, host.now());
    const unread = findUnreadStep(this.#sources, saved);
    if (unread === undefined) return;
    const message = `The snapshot has history in steps of ${unread} seconds that fits none of the rollups, so it is not read any more. Keep that step, or a multiple of it.`;
    host.report({ code: 'rollups_changed', count: 1, message });
  }

  restoreSeries(record: unknown): void {
    const { host, histories, addSeries, summaryFor } = this.#options;
    const now = host.now();
    const { series, writtenAt, buckets } = parseRecord(record, this.#sources, summaryFor);
    if (histories.has(series.identity)) throw new Error('a series is there twice');
    const history = addSeries(series);
    if (history === undefined) return;
    history.writtenAt = writtenAt;
    const context = { rollups: this.#rollups, sources: this.#sources, now, summary: summaryFor(series) };
    restoreRings(history, buckets, context);
  }

  report(problem: Parameters<StoreHost['report']>[0]): void {
    this.#options.host.report(problem);
  }

  get #rollups(): readonly Rollup[] {
    return this.#options.host.rollups;
  }
}
