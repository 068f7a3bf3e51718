import { hashMember } from '../../src/index.js';

test('hashes are integers of 48 bits, and differ for similar members', () => {
  const members = ['', 'a', 'b', 'aa', 'ab', 'ba', '\0', 'größe', '名前', '\uD800', 'm'.repeat(10_000)];
  for (let member = 0; member < 100_000; member += 1) members.push(`${member}`);
  const hashes = new Set(members.map(hashMember));
  expect(hashes.size).toBe(members.length);
  for (const hash of hashes) expect(hash >= 0 && hash < 2 ** 48 && Number.isInteger(hash)).toBe(true);
});

test('a hash is the same in every process and release, because stored data depends on it', () => {
  expect(['', 'ann', '名前'].map(hashMember)).toEqual([146_945_071_209_774, 122_019_249_906_317, 35_033_123_486_866]);
});
