// When a snapshot is read and written.
import type { Problem } from '@metrics/core';
import { SnapshotFile } from './snapshot-file.js';

/** The store whose content a snapshot saves, in records that JSON can express. */
export interface SnapshotSource {
  /** A larger file is not read, in bytes. */
  readonly maxBytes: number;
  /** Returns facts about all records, as JSON can express them. */
  header(): object;
  /** Takes note of the header before the first record. */
  restoreHeader(header: unknown): void;
  /** Returns a record of each series. It is read step by step, while the store keeps changing. */
  records(): Iterable<unknown>;
  /** Restores a series from its record. */
  restoreSeries(record: unknown): void;
  report(problem: Problem): void;
}

/** Writes the snapshot: after each interval in which something changed, at close, and when the process exits. */
export class Snapshots {
  readonly #file: SnapshotFile;
  readonly #interval: number;
  #source: SnapshotSource | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isChanged = false;
  #saving: Promise<void> | undefined;
  /** Time by which a write must be done, as of `performance.now`. */
  #deadline = Number.POSITIVE_INFINITY;

  constructor({ path, interval }: { readonly path: string; readonly interval: number }) {
    this.#file = new SnapshotFile(path);
    this.#interval = interval;
  }

  /** Restores the content of the file, and writes it from now on. */
  start(source: SnapshotSource): void {
    this.#source = source;
    try {
      this.#file.load(
        source.maxBytes,
        (header) => source.restoreHeader(header),
        (record) => source.restoreSeries(record),
      );
    } catch (cause) {
      const message =
        'The snapshot of the time series could not be read completely, so history before this start is missing. See the cause.';
      source.report({ code: 'snapshot_unreadable', count: 1, message, cause });
    }
    this.#timer = setInterval(() => void this.#save(), this.#interval).unref();
  }

  /** Notes that there is something new to write. */
  markChanged(): void {
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
      this.#file.saveSync(this.#header(), this.#records());
    } catch (cause) {
      this.#reportFailure(cause);
    }
  }

  /** Writes the file unless it is up to date or being written. Never rejects. */
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
      await this.#file.save(this.#header(), this.#records(), () => performance.now() > this.#deadline);
    } catch (cause) {
      this.#reportFailure(cause);
    }
  }

  #reportFailure(cause: unknown): void {
    this.#isChanged = true;
    const message =
      'The snapshot of the time series could not be written; the one before is still there. See the cause.';
    this.#source?.report({ code: 'snapshot_failed', count: 1, message, cause });
  }

  #header(): object {
    return this.#source?.header() ?? {};
  }

  #records(): Iterable<unknown> {
    return this.#source?.records() ?? [];
  }
}
