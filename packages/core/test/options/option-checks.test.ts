import {
  checkBoolean,
  checkDivisor,
  checkFunction,
  checkInteger,
  checkKnownOptions,
  checkNumber,
  checkOneOf,
  checkOptionsObject,
} from '../../src/options/option-checks.js';

const NAMES = [
  'statsdHost',
  'statsdPort',
  'statsdSocketPath',
  'prefix',
  'tags',
  'level',
  'flushInterval',
  'maxPacketSize',
];

const message = (options: object, names: readonly string[] = NAMES): string => {
  try {
    checkKnownOptions('DogStatsdMetricsBackend', options, names);
    return '';
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return (error as Error).message;
  }
};

describe('An unknown option', () => {
  test.each([
    ['host', 'statsdHost'],
    ['hostname', 'statsdHost'],
    ['Port', 'statsdPort'],
    ['socketPath', 'statsdSocketPath'],
    ['lvl', 'level'],
    ['tag', 'tags'],
    ['Tags', 'tags'],
    ['flush_interval', 'flushInterval'],
    ['flsuhInterval', 'flushInterval'],
    ['maxPacketsize', 'maxPacketSize'],
  ])('"%s" is refused, and "%s" proposed', (key, proposal) => {
    expect(message({ prefix: 'a', [key]: 1 })).toBe(
      `DogStatsdMetricsBackend: unknown option "${key}"; did you mean "${proposal}"?`,
    );
  });

  test('that resembles none is refused with the list of options', () => {
    expect(message({ zzz: 1 }, ['level', 'tags'])).toBe(
      'DogStatsdMetricsBackend: unknown option "zzz"; known are level, tags.',
    );
  });

  test('that resembles one too little is refused with the list of options', () => {
    // One pair of letters in ten.
    expect(message({ tzzzz: 1 }, ['level', 'tags'])).toContain('known are level, tags.');
  });

  test('is compared by its beginning', () => {
    expect(message({ [`flushInterval${'_'.repeat(1000)}`]: 1 })).toContain('did you mean "flushInterval"?');
  });

  test.each(['constructor', 'toString', 'hasOwnProperty'])(
    'named "%s", as a property of all objects, is refused',
    (key) => {
      expect(message({ [key]: 1 })).toContain(`unknown option "${key}"`);
      expect(message(JSON.parse('{"__proto__":1}') as object)).toContain('unknown option "__proto__"');
    },
  );

  test('is shown shortened', () => {
    expect(message({ ['x'.repeat(100_000)]: 1 }).length).toBeLessThan(300);
  });
});

test('Known options are accepted, as are inherited properties', () => {
  expect(message({})).toBe('');
  expect(message({ prefix: 'a', tags: undefined })).toBe('');
  expect(message(Object.create({ anything: 1 }) as object)).toBe('');
});

/** The errors of a check, by the value. */
const errorsOf = (values: readonly unknown[], check: (value: unknown) => void): Map<unknown, string> => {
  const errors = new Map<unknown, string>();
  for (const value of values)
    try {
      check(value);
    } catch (error) {
      errors.set(value, `${(error as Error).name}: ${(error as Error).message}`);
    }
  return errors;
};

describe('Values of an option', () => {
  test('that is an integer', () => {
    const check = (value: unknown): void => checkInteger('size', value, 2, 5);
    expect(errorsOf([undefined, 2, 3, 5, '3', null, Number.NaN, 1, 2.5, 6], check)).toEqual(
      new Map<unknown, string>([
        ['3', 'TypeError: size must be a number, not "3".'],
        [null, 'TypeError: size must be a number, not null.'],
        ...[Number.NaN, 1, 2.5, 6].map(
          (value) => [value, `RangeError: size must be an integer from 2 to 5, not ${value}.`] as const,
        ),
      ]),
    );
  });

  test('that is a number', () => {
    const check = (value: unknown): void => checkNumber('share', value, 0, 1);
    expect(errorsOf([undefined, 0, 0.5, 1, '1', Number.NaN, -0.1, 1.1], check)).toEqual(
      new Map<unknown, string>(
        ['1', Number.NaN, -0.1, 1.1].map((value) => [
          value,
          `RangeError: share must be a number from 0 to 1, not ${typeof value === 'string' ? `"${value}"` : value}.`,
        ]),
      ),
    );
  });

  test('that is true or false, or a function', () => {
    expect(errorsOf([undefined, true, false, 1], (value) => checkBoolean('strict', value))).toEqual(
      new Map([[1, 'TypeError: strict must be true or false, not 1.']]),
    );
    expect(errorsOf([undefined, test, 'x'], (value) => checkFunction('onError', value))).toEqual(
      new Map([['x', 'TypeError: onError must be a function, not "x".']]),
    );
  });

  test('that has a list of values', () => {
    expect(errorsOf([undefined, 'a', 2, 'c'], (value) => checkOneOf('mode', value, ['a', 2]))).toEqual(
      new Map([['c', 'RangeError: mode must be one of "a", 2, not "c".']]),
    );
  });

  test('that divides an interval', () => {
    const check = (value: unknown): void => checkDivisor('interval', value, 10);
    expect(errorsOf([undefined, 1, 2, 2.5, 10, 3, 0.5, 0, -5, 20, '5'], check)).toEqual(
      new Map<unknown, string>(
        [3, 0.5, 0, -5, 20, '5'].map((value) => [
          value,
          `RangeError: interval must divide 10 milliseconds, and ${JSON.stringify(value)} does not.`,
        ]),
      ),
    );
  });

  test('which is all of them', () => {
    expect(errorsOf([{}, [], null, undefined, 'x'], checkOptionsObject)).toEqual(
      new Map<unknown, string>([
        [null, 'TypeError: options must be an object, not null.'],
        [undefined, 'TypeError: options must be an object, not undefined.'],
        ['x', 'TypeError: options must be an object, not "x".'],
      ]),
    );
  });
});
