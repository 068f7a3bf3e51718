import { Float64ArrayPool } from '../src/float64-array-pool.js';

test('arrays are used again, the longest included', () => {
  const pool = new Float64ArrayPool(1024);
  const [short, long] = [pool.take(), pool.take(1024)];
  expect([short.length, long.length]).toEqual([16, 1024]);
  pool.recycle(short);
  pool.recycle(long);
  expect(pool.take()).toBe(short);
  expect(pool.take(1024)).toBe(long);
  expect(pool.take()).not.toBe(short);
});

test('at most 64 arrays of a length are kept', () => {
  const pool = new Float64ArrayPool(1024);
  const arrays = Array.from({ length: 100 }, () => pool.take());
  for (const array of arrays) pool.recycle(array);
  const again = Array.from({ length: 100 }, () => pool.take());
  expect(again.filter((array) => arrays.includes(array))).toHaveLength(64);
});

test('an array without values is not kept', () => {
  const pool = new Float64ArrayPool(1024);
  const empty = new Float64Array(0);
  pool.recycle(empty);
  expect(pool.take(0)).not.toBe(empty);
});

test('a longer array begins with the same values, and the shorter one is used again', () => {
  const pool = new Float64ArrayPool(40);
  const values = pool.take();
  values.fill(7);
  const longer = pool.grow(values);
  expect([...longer]).toEqual([...Array(16).fill(7), ...Array(16).fill(0)]);
  expect(pool.take()).toBe(values);
  expect(pool.grow(longer)).toHaveLength(40);
  expect(new Float64ArrayPool(10).take()).toHaveLength(10);
});
