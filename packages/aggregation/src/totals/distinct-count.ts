// The number of distinct members of a set, in bounded memory.

/** Number of members that are kept themselves, and counted exactly. */
const MAX_EXACT = 256;
/** Bits of a hash that choose its register. The standard error is 1.04 / sqrt(2 ** 12), which is 1.6 %. */
const REGISTER_BITS = 12;
const REGISTERS = 2 ** REGISTER_BITS;
/** The other bits of a hash, whose leading zeros are counted. */
const RANK_BITS = 48 - REGISTER_BITS;

/** Counts distinct members: exactly up to 256, beyond that as a HyperLogLog with a standard error of 1.6 %. */
export class DistinctCount {
  /** Number of members up to which the count is exact. */
  static readonly MAX_EXACT: number = MAX_EXACT;
  /** Number of registers of an estimate. */
  static readonly REGISTERS: number = REGISTERS;
  /** The greatest value of a register. */
  static readonly MAX_RANK: number = RANK_BITS + 1;
  readonly #hashes = new Set<number>();
  /** Made when the count is estimated for the first time, and then kept. */
  #registers: Uint8Array | undefined;
  #isExact = true;

  /** Forgets all members. The count is 0, and exact again. */
  clear(): void {
    this.#hashes.clear();
    if (!this.#isExact) this.#registers!.fill(0);
    this.#isExact = true;
  }

  /**
   * Adds a member; one that was added before changes nothing.
   *
   * @param hash the `hashMember` of a member.
   */
  record(hash: number): void {
    if (!this.#isExact) return updateRegister(this.#registers!, hash);
    this.#hashes.add(hash);
    if (this.#hashes.size > MAX_EXACT) this.#switchToEstimate();
  }

  /** The number of distinct members. */
  get count(): number {
    if (this.#isExact) return this.#hashes.size;
    // There are no more hashes; registers that are all full would be infinitely many.
    return Math.min(2 ** 48, Math.round(estimate(this.#registers!)));
  }

  /** The hashes of all members; `undefined` if there are too many to keep them. */
  get hashes(): ReadonlySet<number> | undefined {
    return this.#isExact ? this.#hashes : undefined;
  }

  /** The registers of the estimate, from which it can be continued elsewhere; `undefined` as long as the count is exact. */
  get registers(): Readonly<Uint8Array> | undefined {
    return this.#isExact ? undefined : this.#registers;
  }

  /** Raises a register to the rank that another count of members has there. */
  mergeRegister(index: number, rank: number): void {
    const registers = this.#switchToEstimate();
    if (rank > registers[index]!) registers[index] = rank;
  }

  /** Returns the registers, which are made from the hashes if the count was exact until now. */
  #switchToEstimate(): Uint8Array {
    this.#registers ??= new Uint8Array(REGISTERS);
    this.#isExact = false;
    for (const hash of this.#hashes) updateRegister(this.#registers, hash);
    this.#hashes.clear();
    return this.#registers;
  }
}

function updateRegister(registers: Uint8Array, hash: number): void {
  const index = hash % REGISTERS;
  const rest = Math.floor(hash / REGISTERS);
  const high = Math.floor(rest / 2 ** 32);
  const leadingZeros = high > 0 ? Math.clz32(high) - (64 - RANK_BITS) : RANK_BITS - 32 + Math.clz32(rest % 2 ** 32);
  const rank = leadingZeros + 1;
  if (rank > registers[index]!) registers[index] = rank;
}

/**
 * Returns Otmar Ertl's improved estimate (arXiv:1702.01284, algorithm 6), unbiased over the whole range without tables.
 */
function estimate(registers: Uint8Array): number {
  const ranks = new Float64Array(RANK_BITS + 2);
  for (const rank of registers) ranks[Math.min(rank, RANK_BITS + 1)]! += 1;
  let z = REGISTERS * tau(1 - ranks[RANK_BITS + 1]! / REGISTERS);
  for (let rank = RANK_BITS; rank >= 1; rank -= 1) z = (z + ranks[rank]!) / 2;
  z += REGISTERS * sigma(ranks[0]! / REGISTERS);
  return REGISTERS ** 2 / (2 * Math.LN2 * z);
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
