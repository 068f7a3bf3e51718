import fc from 'fast-check';

/** Characters that are syntax somewhere, end a line, change its direction, or are halves of characters. */
const UNITS = [
  // Each of these is one unit.
  ...':|@#,;=[]{}()\'"`\\/%&?<>+-_.~ \t\r\n\0\b\u001b\u007f\u0085\u009b\u00ad\u200b\u2028\u2029\u202e\u2066\ufeff\ufffd\uffff'.split(
    '',
  ),
  '\ud800',
  '\udc00',
  '\u{1f600}',
  'é',
  'e\u0301',
  'ß',
  'İ',
];

const NAMES = [
  '',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'instance',
  'result',
  '_sc',
  '_e{1,1}',
  'dd.internal.card',
  '\n_sc|forged|2',
  'x:1|c\nforged:1|c',
  'NaN',
  '-0',
  '1e999',
  '${jndi:x}',
  '%s%s%n',
  '../../etc/passwd',
];

/** Strings that may do harm: syntax, control characters, halves of characters, names of properties, long ones. */
export const hostileString: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: fc.constantFrom(...UNITS, 'a', 'B', '7'), maxLength: 12 }) },
  { weight: 2, arbitrary: fc.constantFrom(...NAMES) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...UNITS, 'a'), fc.nat(400)).map(([unit, times]) => unit.repeat(times)),
  },
);

/** Numbers at the ends of what a double can be, infinities, and NaN. */
export const hostileNumber: fc.Arbitrary<number> = fc.oneof(
  { weight: 3, arbitrary: fc.double() },
  { weight: 2, arbitrary: fc.integer({ min: -1000, max: 1000 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      -0,
      5e-324,
      -5e-324,
      2.2250738585072014e-308,
      1e-7,
      1e21,
      -1e21,
      123456789012345680000,
      Number.MAX_SAFE_INTEGER,
      Number.MAX_SAFE_INTEGER + 2,
      Number.MAX_VALUE,
      -Number.MAX_VALUE,
      Number.EPSILON,
      0.1 + 0.2,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ),
  },
);
