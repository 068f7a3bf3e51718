// The summary of a set.
import { DistinctCount } from '@metrics/aggregation';
import type { Statistic } from '../statistic.js';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';
import type { MergeableSummary } from './mergeable-summary.js';

const { MAX_EXACT, MAX_RANK, REGISTERS } = DistinctCount;

/** A count of distinct members that can be encoded, and merged with others. */
export class DistinctSummary implements MergeableSummary {
  readonly #members = new DistinctCount();
  readonly #reader = new ByteReader();
  readonly #writer = new ByteWriter();

  clear(): void {
    this.#members.clear();
  }

  /** @param hash the `hashMember` of a member. */
  record(hash: number): void {
    this.#members.record(hash);
  }

  /** Adds members as {@link encode} wrote them. */
  merge(encoded: string): void {
    const bytes = this.#reader;
    bytes.load(encoded);
    if (bytes.byte() === 0) while (!bytes.done) this.record(bytes.double());
    else
      for (let index = 0; index < REGISTERS && !bytes.done; index += 1)
        this.#members.mergeRegister(index, bytes.byte());
  }

  /** Returns 0 and the hashes, or 1 and the registers, as a string of one byte a character. */
  encode(): string {
    const bytes = this.#writer;
    bytes.clear();
    const { hashes, registers } = this.#members;
    bytes.byte(hashes === undefined ? 1 : 0);
    for (const hash of hashes ?? []) bytes.double(hash);
    for (const rank of registers ?? []) bytes.byte(rank);
    return bytes.toString();
  }

  isValid(encoded: string): boolean {
    const bytes = this.#reader;
    bytes.load(encoded);
    const type = bytes.byte();
    if (type === 1) {
      if (encoded.length !== REGISTERS + 1) return false;
      while (!bytes.done) if (bytes.byte() > MAX_RANK) return false;
      return true;
    }
    if (type !== 0 || encoded.length > 1 + MAX_EXACT * 8) return false;
    while (!bytes.done) {
      const hash = bytes.double();
      if (!Number.isInteger(hash) || hash < 0 || hash >= 2 ** 48) return false;
    }
    return !bytes.isExceeded;
  }

  /** Returns the count; `undefined` without members, or for another statistic. */
  statistic(statistic: Statistic): number | undefined {
    const { count } = this.#members;
    return statistic === 'count' && count > 0 ? count : undefined;
  }
}
