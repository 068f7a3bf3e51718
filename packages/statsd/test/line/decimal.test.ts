import * as fc from 'fast-check';
import { formatDecimal, MAX_DECIMAL_LENGTH, writeDecimal } from '../../src/line/decimal.js';

function written(value: number): string {
  const target = new Uint8Array(MAX_DECIMAL_LENGTH + 4).fill(255);
  const end = writeDecimal(value, target, 3);
  expect([target[2], target[end]]).toEqual([255, 255]);
  return String.fromCharCode(...target.subarray(3, end));
}

test.each([
  [0, '0'],
  [-0, '0'],
  [7, '7'],
  [-10, '-10'],
  [2147483647, '2147483647'],
  [2147483648, '2147483648'],
  [-2147483649, '-2147483649'],
  [12.5, '12.5'],
  [-0.25, '-0.25'],
  [1.005, '1.005'],
  [100.001, '100.001'],
  [0.1 + 0.2, '0.30000000000000004'],
  [0.0005, '0.0005'],
  [1e-7, '0.0000001'],
  [-1.5e-9, '-0.0000000015'],
  [1e21, '1000000000000000000000'],
  [1.25e22, '12500000000000000000000'],
  [2 ** 53, '9007199254740992'],
  [4294967.295, '4294967.295'],
  [2000000000.125, '2000000000.125'],
  [2147483646.999, '2147483646.999'],
  [2147483647.5, '2147483647.5'],
])('%d is written as %s', (value, text) => {
  expect(written(value)).toBe(text);
});

test('the smallest and the largest double are written in full', () => {
  expect(written(5e-324)).toBe(`0.${'0'.repeat(323)}5`);
  expect(written(-Number.MAX_VALUE)).toBe(`-17976931348623157${'0'.repeat(292)}`);
});

test('every finite double is written as a plain decimal that parses back to it, within the promised length', () => {
  const anyNumber = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.integer().map((integer) => integer / 1000),
    fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => Math.round(value * 1000) / 1000),
  );
  fc.assert(
    fc.property(anyNumber, (value) => {
      const text = written(value);
      expect(text).toMatch(/^-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$/);
      expect(Number(text)).toBe(value === 0 ? 0 : value);
      expect(text.length).toBeLessThanOrEqual(MAX_DECIMAL_LENGTH);
    }),
    { numRuns: 5000 },
  );
});

test('rates of 1/k are plain decimals that parse back', () => {
  for (let k = 2; k <= 1e9; k = Math.ceil(k * 1.7)) {
    expect(formatDecimal(1 / k)).toMatch(/^0\.[0-9]+$/);
    expect(Number(formatDecimal(1 / k))).toBe(1 / k);
  }
});
