import { hashMember } from '@metrics/aggregation';
import { DistinctSummary } from '../../src/summary/distinct-summary.js';

function countOf(from: number, to: number): DistinctSummary {
  const distinct = new DistinctSummary();
  for (let member = from; member < to; member += 1) distinct.record(hashMember(`user-${member}`));
  return distinct;
}

test('up to 256 members are counted exactly, however often they are recorded', () => {
  const distinct = countOf(0, 256);
  for (let member = 0; member < 256; member += 1) distinct.record(hashMember(`user-${member}`));
  expect(distinct.statistic('count')).toBe(256);
});

test.each([257, 300, 1000, 5000, 20_000, 100_000])(
  '%i members are counted within 5 %%, three standard errors',
  (members) => {
    expect(Math.abs(countOf(0, members).statistic('count')! / members - 1)).toBeLessThan(0.05);
  },
);

test.each([
  [0, 100, 50, 150],
  [0, 200, 100, 300],
  [0, 1000, 0, 10],
  [0, 10, 0, 1000],
  [0, 3000, 1000, 5000],
])('merging members %i to %i with %i to %i counts the union, and equals recording all of them', (a, b, c, d) => {
  const merged = new DistinctSummary();
  merged.merge(countOf(a, b).encode());
  merged.merge(countOf(c, d).encode());
  const whole = countOf(a, b);
  for (let member = c; member < d; member += 1) whole.record(hashMember(`user-${member}`));
  expect(merged.statistic('count')).toBe(whole.statistic('count'));
  merged.clear();
  expect(merged.statistic('count')).toBeUndefined();
  merged.record(hashMember('ann'));
  expect(merged.statistic('count')).toBe(1);
});
