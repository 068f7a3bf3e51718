// The summary of a set.
import type { Statistic } from '../statistic.js';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';
import type { MergeableSummary } from './mergeable-summary.js';

/** Number of members that are kept themselves, and counted exactly. */
const MAX_EXACT = 256;
/** Bits of a hash that choose its register. The standard error is 1.04 / sqrt(2 ** 12), which is 1.6 %. */
const REGISTER_BITS = 12;
const REGISTERS = 2 ** REGISTER_BITS;
/** The other bits of a hash, whose leading zeros are counted. */
const RANK_BITS = 48 - REGISTER_BITS;

/** Counts distinct members: exactly up to 256, beyond that as a HyperLogLog with a standard error of 1.6 %. */
export class DistinctCount implements MergeableSummary {
  readonly #hashes = new Set<number>();
  readonly #registers = new Uint8Array(REGISTERS);
  #isExact = true;
  readonly #reader = new ByteReader();
  readonly #writer = new ByteWriter();

  clear(): void {
    this.#hashes.clear();
    if (!this.#isExact) this.#registers.fill(0);
    this.#isExact = true;
  }

  /** @param hash the `hashMember` of a member. */
  record(hash: number): void {
    if (!this.#isExact) return this.#updateRegister(hash);
    this.#hashes.add(hash);
    if (this.#hashes.size > MAX_EXACT) this.#switchToEstimate();
  }

  /** Adds members as {@link encode} wrote them. */
  merge(encoded: string): void {
    const bytes = this.#reader;
    bytes.load(encoded);
    if (bytes.byte() === 0) {
      while (!bytes.done) this.record(bytes.double());
      return;
    }
    if (this.#isExact) this.#switchToEstimate();
    for (let index = 0; index < REGISTERS && !bytes.done; index += 1) {
      const rank = bytes.byte();
      if (rank > this.#registers[index]!) this.#registers[index] = rank;
    }
  }

  /** Returns 0 and the hashes, or 1 and the registers, as a string of one byte a character. */
  encode(): string {
    const bytes = this.#writer;
    bytes.clear();
    bytes.byte(this.#isExact ? 0 : 1);
    if (this.#isExact) for (const hash of this.#hashes) bytes.double(hash);
    else for (const rank of this.#registers) bytes.byte(rank);
    return bytes.toString();
  }

  isValid(encoded: string): boolean {
    const bytes = this.#reader;
    bytes.load(encoded);
    const type = bytes.byte();
    if (type === 1) {
      if (encoded.length !== REGISTERS + 1) return false;
      while (!bytes.done) if (bytes.byte() > RANK_BITS + 1) return false;
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
    if (statistic !== 'count') return undefined;
    if (this.#isExact) return this.#hashes.size > 0 ? this.#hashes.size : undefined;
    // There are no more hashes; registers that are all full would be infinitely many.
    return Math.min(2 ** 48, Math.round(this.#estimate()));
  }

  #switchToEstimate(): void {
    this.#isExact = false;
    for (const hash of this.#hashes) this.#updateRegister(hash);
    this.#hashes.clear();
  }

  #updateRegister(hash: number): void {
    const index = hash % REGISTERS;
    const rest = Math.floor(hash / REGISTERS);
    const high = Math.floor(rest / 2 ** 32);
    const leadingZeros = high > 0 ? Math.clz32(high) - (64 - RANK_BITS) : RANK_BITS - 32 + Math.clz32(rest % 2 ** 32);
    const rank = leadingZeros + 1;
    if (rank > this.#registers[index]!) this.#registers[index] = rank;
  }

  /**
   * Returns Otmar Ertl's improved estimate (arXiv:1702.01284, algorithm 6), unbiased over the whole range without tables.
   */
  #estimate(): number {
    const ranks = new Float64Array(RANK_BITS + 2);
    for (const rank of this.#registers) ranks[Math.min(rank, RANK_BITS + 1)]! += 1;
    let z = REGISTERS * tau(1 - ranks[RANK_BITS + 1]! / REGISTERS);
    for (let rank = RANK_BITS; rank >= 1; rank -= 1) z = (z + ranks[rank]!) / 2;
    z += REGISTERS * sigma(ranks[0]! / REGISTERS);
    return REGISTERS ** 2 / (2 * Math.LN2 * z);
  }
}

/** Returns the estimator's weight of the share of registers that are empty. The name is the paper's. */
function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY;
  let power = share;
  let weight = 1;
  let sum = share;
  for (;;) {
    power *= power;
    const next = sum + power * weight;
    if (next === sum) return sum;
    sum = next;
    weight *= 2;
  }
}

/** Returns the estimator's weight of the share of registers that are not full. The name is the paper's. */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let root = share;
  let weight = 1;
  let sum = 1 - share;
  for (;;) {
    root = Math.sqrt(root);
    weight /= 2;
    const next = sum - (1 - root) ** 2 * weight;
    if (next === sum) return sum / 3;
    sum = next;
  }
}
