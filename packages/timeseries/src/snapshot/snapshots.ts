import type { MemorySeries } from '../memory/memory-series.js';
import type { Summary } from '../memory/summary-ring.js';
import type { StoredSeries } from '../stored-series.js';
import type { StoreHost } from '../time-series-store.js';
import { SnapshotFile } from './snapshot-file.js';
import { recordOf, restore, seriesOf } from './snapshot-record.js';

/** What there is to save, and how it is put back. */
export interface SnapshotSubject {
  readonly host: StoreHost;
  readonly series: ReadonlyMap<string, MemorySeries>;
  /** The place for a series that was saved; `undefined` when there is none. */
  admit(series: StoredSeries): MemorySeries | undefined;
  summaryOf(series: StoredSeries): Summary;
  /** In bytes; a larger file is not read. */
  readonly largest: number;
}

/** When the snapshot is written: every so often if something changed, at close, and at the end of the process. */
export class Snapshots {
  readonly #file: SnapshotFile;
  readonly #interval: number;
  #subject: SnapshotSubject | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isChanged = false;
  #saving: Promise<void> | undefined;
  /** When a write must be done, by `performance.now`. */
  #deadline = Number.POSITIVE_INFINITY;

  constructor({ path, interval }: { readonly path: string; readonly interval: number }) {
    this.#file = new SnapshotFile(path);
    this.#interval = interval;
  }

  /** Reads the file, and writes it from now on. */
  start(subject: SnapshotSubject): void {
    this.#subject = subject;
    const { host, largest } = subject;
    try {
      this.#file.load(largest, (record) => this.#restore(subject, record));
    } catch (cause) {
      const message =
        'The snapshot of the time series could not be read completely, so history before this start is missing. See the cause.';
      host.report({ code: 'snapshot_unreadable', count: 1, message, cause });
    }
    this.#timer = setInterval(() => void this.#save(), this.#interval).unref();
  }

  /** There is something new to write. */
  changed(): void {
    this.#isChanged = true;
  }

  async close({ timeout }: { readonly timeout: number }): Promise<void> {
    clearInterval(this.#timer);
    this.#deadline = performance.now() + timeout;
    await this.#saving;
    await this.#save();
  }

  saveSync(): void {
    if (!this.#isChanged) return;
    this.#isChanged = false;
    try {
      this.#file.saveSync(this.#records());
    } catch (cause) {
      this.#failed(cause);
    }
  }

  /** Writes the file unless it is up to date, or is being written. Never rejects. */
  #save(): Promise<void> {
    this.#saving ??= this.#saveNow().finally(() => {
      this.#saving = undefined;
    });
    return this.#saving;
  }

  async #saveNow(): Promise<void> {
    if (!this.#isChanged) return;
    this.#isChanged = false;
    try {
      await this.#file.save(this.#records(), () => performance.now() > this.#deadline);
    } catch (cause) {
      this.#failed(cause);
    }
  }

  #failed(cause: unknown): void {
    this.#isChanged = true;
    const message =
      'The snapshot of the time series could not be written; the one before is still there. See the cause.';
    this.#subject?.host.report({ code: 'snapshot_failed', count: 1, message, cause });
  }

  *#records(): Generator {
    const subject = this.#subject;
    if (subject === undefined) return;
    for (const history of subject.series.values()) yield recordOf(history, subject.host.rollups);
  }

  #restore({ host, admit, summaryOf }: SnapshotSubject, record: unknown): void {
    const { series, writtenAt } = seriesOf(record);
    const history = admit(series);
    if (history === undefined) return;
    history.writtenAt = writtenAt;
    restore(history, record, { rollups: host.rollups, now: host.now(), summary: summaryOf(series) });
  }
}
