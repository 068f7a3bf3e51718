import type { Statistic } from '../statistic.js';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';

/** So many members are kept as they are, and counted exactly. */
const MOST_KEPT = 256;
/** Bits of a hash that choose its register: the standard error is 1.04 / sqrt(2 ** 12), 1.6 %. */
const REGISTER_BITS = 12;
const REGISTERS = 2 ** REGISTER_BITS;
/** Bits of a hash that are left to be looked at for leading zeros. */
const RANK_BITS = 48 - REGISTER_BITS;

/**
 * How many distinct members there were, mergeable: exact up to 256, beyond it a HyperLogLog with a standard error of 1.6 %.
 * Like a sketch it is a text at rest, and one object is filled from texts to read or merge.
 */
export class DistinctCount {
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

  /** @param hash of a member, as `memberHash` makes it. */
  record(hash: number): void {
    if (!this.#isExact) return this.#register(hash);
    this.#hashes.add(hash);
    if (this.#hashes.size > MOST_KEPT) this.#estimateFromNowOn();
  }

  /** Adds what {@link encode} wrote. */
  merge(text: string): void {
    const bytes = this.#reader;
    bytes.load(text);
    if (bytes.byte() === 0) {
      while (!bytes.done) this.record(bytes.double());
      return;
    }
    if (this.#isExact) this.#estimateFromNowOn();
    for (let index = 0; index < REGISTERS && !bytes.done; index += 1) {
      const rank = bytes.byte();
      if (rank > this.#registers[index]!) this.#registers[index] = rank;
    }
  }

  /** A text of one byte a character: 0 and the hashes, or 1 and the registers. */
  encode(): string {
    const bytes = this.#writer;
    bytes.clear();
    bytes.byte(this.#isExact ? 0 : 1);
    if (this.#isExact) for (const hash of this.#hashes) bytes.double(hash);
    else for (const rank of this.#registers) bytes.byte(rank);
    return bytes.text();
  }

  /** `undefined` without members, and for a statistic other than `count`. */
  statistic(statistic: Statistic): number | undefined {
    if (statistic !== 'count') return undefined;
    if (this.#isExact) return this.#hashes.size > 0 ? this.#hashes.size : undefined;
    return Math.round(this.#estimate());
  }

  #estimateFromNowOn(): void {
    this.#isExact = false;
    for (const hash of this.#hashes) this.#register(hash);
    this.#hashes.clear();
  }

  #register(hash: number): void {
    const index = hash % REGISTERS;
    const rest = Math.floor(hash / REGISTERS);
    const high = Math.floor(rest / 2 ** 32);
    const leadingZeros = high > 0 ? Math.clz32(high) - (64 - RANK_BITS) : RANK_BITS - 32 + Math.clz32(rest % 2 ** 32);
    const rank = leadingZeros + 1;
    if (rank > this.#registers[index]!) this.#registers[index] = rank;
  }

  /** Otmar Ertl's improved estimator (arXiv:1702.01284, algorithm 6): without bias and without tables over the whole range. */
  #estimate(): number {
    const ranks = new Float64Array(RANK_BITS + 2);
    for (const rank of this.#registers) ranks[Math.min(rank, RANK_BITS + 1)]! += 1;
    let z = REGISTERS * tau(1 - ranks[RANK_BITS + 1]! / REGISTERS);
    for (let rank = RANK_BITS; rank >= 1; rank -= 1) z = (z + ranks[rank]!) / 2;
    z += REGISTERS * sigma(ranks[0]! / REGISTERS);
    return REGISTERS ** 2 / (2 * Math.LN2 * z);
  }
}

/** The share of registers that are empty, as the estimator weighs it. */
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

/** The share of registers that are not full, as the estimator weighs it. */
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
