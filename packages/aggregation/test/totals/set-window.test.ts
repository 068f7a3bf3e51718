import { SetWindow } from '../../src/totals/set-window.js';

test('a count is that of the window before the current one, zero if it had no members', () => {
  const set = new SetWindow(3);
  for (const hash of [1, 2, 2]) set.record(hash, 3);
  expect([set.count(3), set.count(3)]).toEqual([2, 2]);
  set.record(3, 4);
  expect([set.count(4), set.count(5), set.count(6)]).toEqual([2, 1, 0]);
});

test('a window that nothing was read or recorded in is not the one before it', () => {
  const set = new SetWindow(0);
  set.record(1, 0);
  expect(set.count(2)).toBe(0);
  set.record(1, 2);
  set.record(2, 9);
  expect([set.count(9), set.count(10)]).toEqual([0, 1]);
});
