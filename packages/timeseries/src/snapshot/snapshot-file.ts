import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

const HEADER = { format: 'metrics-timeseries', version: 1 };
/** Characters that are written at once. */
const CHUNK = 1 << 16;
/** Milliseconds of work before others may run. */
const SLICE = 0.5;

/**
 * Records in a file, a line of JSON each behind its checksum. A new file takes the place of the old one when it is
 * complete, so a crash leaves one of the two.
 */
export class SnapshotFile {
  readonly #path: string;
  /** Of this process, so that two of them never write the same file. The last to be renamed wins. */
  readonly #temporary: string;

  constructor(path: string) {
    this.#path = path;
    this.#temporary = `${path}.${process.pid}.tmp`;
  }

  /**
   * Hands over the records up to the end, or to the first that is damaged. A file that is not there has none.
   *
   * @param largest in bytes; a larger file is not read.
   * @throws {Error} after the intact records, saying what is wrong.
   */
  load(largest: number, take: (record: unknown) => void): void {
    const size = statSync(this.#path, { throwIfNoEntry: false })?.size;
    if (size === undefined) return;
    if (size > largest) throw new Error(`the snapshot has ${size} bytes, more than the ${largest} that are read`);
    const content = readFileSync(this.#path);
    let records = -1;
    for (let start = 0; start < content.length; ) {
      const end = content.indexOf(10, start);
      const line = content.toString('utf8', start, end < 0 ? content.length : end);
      const json = line.slice(9);
      if (end < 0 || line.slice(0, 9) !== `${checksum(json)} `)
        throw new Error(`the snapshot is damaged behind its record ${records}`);
      const record: unknown = JSON.parse(json);
      if (records < 0) checkHeader(record);
      else if (isEnd(record, records)) return;
      else take(record);
      records += 1;
      start = end + 1;
    }
    throw new Error(`the snapshot ends without its end, behind its record ${records}`);
  }

  /**
   * Writes the records, giving way to others every now and then.
   *
   * @param isLate asked between slices; the old file stays when it says so.
   * @throws {Error} when the file cannot be written, or it took too long.
   */
  async save(records: Iterable<unknown>, isLate: () => boolean): Promise<void> {
    const file = await open(this.#temporary, 'w', 0o600);
    try {
      let sliceEnds = performance.now() + SLICE;
      for (const chunk of chunks(records)) {
        if (chunk !== '') await file.writeFile(chunk);
        else if (performance.now() >= sliceEnds) await new Promise((resolve) => setImmediate(resolve));
        else continue;
        if (isLate()) throw new Error('there was no time left to write the snapshot');
        sliceEnds = performance.now() + SLICE;
      }
      await file.sync();
    } catch (error) {
      await file.close();
      await unlink(this.#temporary);
      throw error;
    }
    await file.close();
    await rename(this.#temporary, this.#path);
  }

  /** The same at once, for the end of the process; beside a {@link save} that does not come to its end. */
  saveSync(records: Iterable<unknown>): void {
    const temporary = `${this.#temporary}2`;
    const file = openSync(temporary, 'w', 0o600);
    try {
      for (const chunk of chunks(records)) if (chunk !== '') writeFileSync(file, chunk);
      fsyncSync(file);
    } catch (error) {
      closeSync(file);
      unlinkSync(temporary);
      throw error;
    }
    closeSync(file);
    renameSync(temporary, this.#path);
  }
}

/** The lines in pieces that are worth a write; an empty one for each line between, for a look at the clock. */
function* chunks(records: Iterable<unknown>): Generator<string> {
  let chunk = lineOf(HEADER);
  let count = 0;
  for (const record of records) {
    chunk += lineOf(record);
    count += 1;
    yield chunk.length < CHUNK ? '' : chunk;
    if (chunk.length >= CHUNK) chunk = '';
  }
  yield chunk + lineOf({ end: count });
}

function lineOf(record: unknown): string {
  const json = JSON.stringify(record);
  return `${checksum(json)} ${json}\n`;
}

function checksum(json: string): string {
  return crc32(json).toString(16).padStart(8, '0');
}

function checkHeader(record: unknown): void {
  const { format, version } = record as Partial<typeof HEADER>;
  if (format !== HEADER.format || version !== HEADER.version)
    throw new Error(`the file is not a snapshot of version ${HEADER.version}`);
}

/** The last line counts the records. */
function isEnd(record: unknown, records: number): boolean {
  return (record as { readonly end?: unknown }).end === records;
}
