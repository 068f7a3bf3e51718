import { checkKnownOptions } from '../../src/options/option-checks.js';

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
