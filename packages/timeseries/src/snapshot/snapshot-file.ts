// The snapshot on disk.
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { nextRound } from '@metrics/core/backend';

const HEADER = { format: 'metrics-timeseries', version: 1 };
/** Characters of one write. */
const CHUNK_LENGTH = 1 << 16;
/** Milliseconds that a save works before it yields to the event loop. */
const SLICE_MS = 0.5;
/** Not through a symbolic link, and without waiting for someone to write into a pipe. Windows has neither. */
const READ_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
/** Only as a new file: whatever is at this name, such as a link that someone planted, is not written to. */
const CREATE_FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
const MODE = 0o600;

/**
 * A file of records: one line for each, with a checksum and JSON. A new file replaces the old one when it is complete, so
 * a crash leaves one of the two.
 */
export class SnapshotFile {
  readonly #path: string;
  /** Path of the new file while it is written, with the process id, so that two processes never write the same file. */
  readonly #temporaryPath: string;

  constructor(path: string) {
    this.#path = path;
    this.#temporaryPath = `${path}.${process.pid}.tmp`;
  }

  /**
   * Calls `onHeader`, then `onRecord` with each record, up to the end or to the first that is damaged. A missing file has
   * no records. A record with which `onRecord` throws is skipped.
   *
   * @param maxBytes a larger file is not read.
   * @throws {Error} after the intact records, saying what is wrong.
   */
  load(maxBytes: number, onHeader: (header: unknown) => void, onRecord: (record: unknown) => void): void {
    const content = readRegularFile(this.#path, maxBytes);
    if (content === undefined) return;
    let records = -1;
    const invalid: string[] = [];
    for (let start = 0; start < content.length; ) {
      const end = content.indexOf(10, start);
      const line = content.toString('utf8', start, end < 0 ? content.length : end);
      const json = line.slice(9);
      if (end < 0 || line.slice(0, 9) !== `${checksum(json)} `)
        throw new Error(`the snapshot is damaged after its record ${records}`);
      const record = parseJson(json);
      if (records < 0) {
        checkHeader(record);
        onHeader(record);
      } else if (isEnd(record, records)) {
        if (invalid.length === 0) return;
        throw new Error(`${invalid.length} of ${records} records are invalid, the first because ${invalid[0]}`);
      } else
        try {
          onRecord(record);
        } catch (error) {
          invalid.push((error as Error).message);
        }
      records += 1;
      start = end + 1;
    }
    throw new Error(`the snapshot is cut off after its record ${records}`);
  }

  /**
   * Writes the records in slices, yielding to the event loop between them.
   *
   * @param header facts about all records, in addition to the format.
   * @param isLate is called between slices. If it returns true, the old file stays.
   * @throws {Error} if the file cannot be written, or `isLate` returned true.
   */
  async save(header: object, records: Iterable<unknown>, isLate: () => boolean): Promise<void> {
    checkReplaceable(this.#path);
    // A process that was killed may have left it; in a container all processes have the same id.
    rmSync(this.#temporaryPath, { force: true });
    const file = await open(this.#temporaryPath, CREATE_FLAGS, MODE);
    try {
      let sliceEnds = performance.now() + SLICE_MS;
      for (const chunk of toChunks(header, records)) {
        if (chunk !== '') await file.writeFile(chunk);
        else if (performance.now() >= sliceEnds) await nextRound();
        else continue;
        if (isLate()) throw new Error('there was no time left to write the snapshot');
        sliceEnds = performance.now() + SLICE_MS;
      }
      await file.sync();
    } catch (error) {
      await file.close();
      await unlink(this.#temporaryPath);
      throw error;
    }
    await file.close();
    await rename(this.#temporaryPath, this.#path);
  }

  /** Writes the records without yielding, when the process exits. An unfinished {@link save} does not disturb it. */
  saveSync(header: object, records: Iterable<unknown>): void {
    const temporaryPath = `${this.#temporaryPath}2`;
    checkReplaceable(this.#path);
    rmSync(temporaryPath, { force: true });
    const file = openSync(temporaryPath, CREATE_FLAGS, MODE);
    try {
      for (const chunk of toChunks(header, records)) if (chunk !== '') writeFileSync(file, chunk);
      fsyncSync(file);
    } catch (error) {
      closeSync(file);
      unlinkSync(temporaryPath);
      throw error;
    }
    closeSync(file);
    renameSync(temporaryPath, this.#path);
  }
}

/**
 * Returns the content of a file, or undefined if there is none.
 *
 * @throws {Error} if it is no regular file, or too large.
 */
function readRegularFile(path: string, maxBytes: number): Buffer | undefined {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  checkReplaceable(path);
  const file = openSync(path, READ_FLAGS);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new Error('it is no regular file');
    if (stats.size > maxBytes)
      throw new Error(`the snapshot has ${stats.size} bytes, more than the ${maxBytes} that are read`);
    const content = Buffer.allocUnsafe(stats.size);
    let length = 0;
    for (let read = -1; read !== 0 && length < content.length; length += read)
      read = readSync(file, content, length, content.length - length, null);
    return content.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

/** @throws {Error} if something other than a regular file has the name: it is neither read nor replaced. */
function checkReplaceable(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats !== undefined && !stats.isFile())
    throw new Error(
      `snapshot.path is ${stats.isSymbolicLink() ? 'a symbolic link' : 'no regular file'}: pass the path of a file`,
    );
}

/** Returns undefined if it is no JSON. */
function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Yields the lines in chunks that are worth a write, and an empty string for each line between, to check the clock. */
function* toChunks(header: object, records: Iterable<unknown>): Generator<string> {
  let chunk = toLine({ ...HEADER, ...header });
  let count = 0;
  for (const record of records) {
    chunk += toLine(record);
    count += 1;
    yield chunk.length < CHUNK_LENGTH ? '' : chunk;
    if (chunk.length >= CHUNK_LENGTH) chunk = '';
  }
  yield chunk + toLine({ end: count });
}

function toLine(record: unknown): string {
  const json = JSON.stringify(record);
  return `${checksum(json)} ${json}\n`;
}

function checksum(json: string): string {
  return crc32(json).toString(16).padStart(8, '0');
}

function checkHeader(record: unknown): void {
  const { format, version } = (record ?? {}) as Partial<typeof HEADER>;
  if (format !== HEADER.format || version !== HEADER.version)
    throw new Error(`the file is not a snapshot of version ${HEADER.version}`);
}

/** Returns true for the last line, which counts the records. */
function isEnd(record: unknown, records: number): boolean {
  return (record as { readonly end?: unknown } | null | undefined)?.end === records;
}
