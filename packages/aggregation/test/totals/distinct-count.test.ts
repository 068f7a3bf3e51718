import fc from 'fast-check';
import { DistinctCount, hashMember } from '../../src/index.js';

const { MAX_EXACT, MAX_RANK, REGISTERS } = DistinctCount;
/** Below the first it is odd which bits of a hash count, from the second on all do. */
const hash = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 48 - 1 }),
  fc.tuple(fc.nat(REGISTERS - 1), fc.nat(36)).map(([index, bit]) => index + Math.floor(2 ** (11 + bit))),
  fc.nat(2 * REGISTERS),
);

test('members are counted exactly up to 256, however often they are recorded', () => {
  const members = new DistinctCount();
  for (let round = 0; round < 3; round += 1)
    for (let member = 0; member < 256; member += 1) members.record(hashMember(`${member}`));
  expect([members.count, members.hashes?.size, members.registers]).toEqual([256, 256, undefined]);
  members.record(hashMember('0'));
  expect(members.count).toBe(256);
  members.record(hashMember('256'));
  expect([members.hashes, members.registers?.length]).toEqual([undefined, 4096]);
});

test.each([257, 1000, 4000, 20_000])('the estimate of %i members is within three standard errors', (size) => {
  const members = new DistinctCount();
  for (let member = 0; member < size; member += 1) members.record(hashMember(`user ${member}`));
  const { count } = members;
  expect(Math.abs(count / size - 1)).toBeLessThan(3 * 0.016);
  for (let member = 0; member < size; member += 1) members.record(hashMember(`user ${member}`));
  expect(members.count).toBe(count);
});

test('a register has the greatest number of leading zeros, plus one, of the hashes that it is chosen by', () => {
  fc.assert(
    fc.property(fc.array(hash, { minLength: 1, maxLength: 20 }), (hashes) => {
      const members = new DistinctCount();
      members.mergeRegister(0, 0);
      const expected = new Uint8Array(REGISTERS);
      for (const each of hashes) {
        members.record(each);
        const bits = each.toString(2).padStart(48, '0');
        const index = Number.parseInt(bits.slice(36), 2);
        const rank = 1 + /^0*/.exec(bits.slice(0, 36))![0].length;
        expected[index] = Math.max(expected[index]!, rank);
      }
      expect(members.registers!.join()).toBe(expected.join());
    }),
  );
});

test('an estimate is that of the paper: https://arxiv.org/abs/1702.01284, formula of the improved raw estimator', () => {
  const shares = fc.tuple(fc.nat(REGISTERS), fc.nat(REGISTERS), fc.integer({ min: 1, max: MAX_RANK }));
  fc.assert(
    fc.property(shares, ([empty, full, rank]) => {
      const members = new DistinctCount();
      members.mergeRegister(0, 0);
      const counts = new Float64Array(MAX_RANK + 1);
      for (let index = 0; index < REGISTERS; index += 1) {
        const each = index < empty ? 0 : index < empty + full ? MAX_RANK : rank;
        members.mergeRegister(index, each);
        counts[each]! += 1;
      }
      const expected = Math.min(Math.round(estimateOf(counts)), 2 ** 48);
      expect(Math.abs(members.count - expected)).toBeLessThanOrEqual(Math.max(1, 1e-9 * expected));
    }),
  );
});

test('no registers but empty ones are no members, and full ones as many as there are hashes', () => {
  const members = new DistinctCount();
  members.mergeRegister(0, 0);
  expect(members.count).toBe(0);
  for (let index = 0; index < REGISTERS; index += 1) members.mergeRegister(index, MAX_RANK);
  expect(members.count).toBe(2 ** 48);
});

test('registers of another count are merged with the members recorded so far, and never fall', () => {
  const [one, other, both] = [new DistinctCount(), new DistinctCount(), new DistinctCount()];
  for (let member = 0; member < 600; member += 1) {
    const hashed = hashMember(`${member}`);
    if (member < 200) one.record(hashed);
    if (member >= 100) other.record(hashed);
    both.record(hashed);
  }
  other.registers!.forEach((rank, index) => one.mergeRegister(index, rank));
  expect(one.registers!.join()).toBe(both.registers!.join());
  one.mergeRegister(7, 0);
  expect(one.registers!.join()).toBe(both.registers!.join());
  expect(MAX_EXACT).toBe(256);
});

test('after a clear the count begins again, exact, and later estimates know nothing of what was before', () => {
  const [used, fresh] = [new DistinctCount(), new DistinctCount()];
  for (let member = 0; member < 10_000; member += 1) used.record(hashMember(`before ${member}`));
  used.clear();
  expect([used.count, used.hashes?.size, used.registers]).toEqual([0, 0, undefined]);
  for (const members of [used, fresh])
    for (let member = 0; member < 300; member += 1) members.record(hashMember(`after ${member}`));
  expect(used.registers!.join()).toBe(fresh.registers!.join());
  used.clear();
  used.record(1);
  used.clear();
  expect([used.count, used.hashes?.size]).toEqual([0, 0]);
});

/** The sums of the paper as they are written there, from the number of registers of each rank. */
function estimateOf(counts: Float64Array): number {
  const terms = Array.from({ length: 60 }, (_, index) => index + 1);
  const [empty, below] = [counts[0]! / REGISTERS, 1 - counts[MAX_RANK]! / REGISTERS];
  const sigma = terms.reduce((sum, k) => sum + empty ** (2 ** k) * 2 ** (k - 1), empty);
  const tau = terms.reduce((sum, k) => sum - (1 - below ** (2 ** -k)) ** 2 * 2 ** -k, 1 - below) / 3;
  let sum = REGISTERS * (sigma + tau * 2 ** -(MAX_RANK - 1));
  for (let rank = 1; rank < MAX_RANK; rank += 1) sum += counts[rank]! * 2 ** -rank;
  return REGISTERS ** 2 / (2 * Math.LN2 * sum);
}
