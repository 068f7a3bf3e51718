import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { configure, DummyMetricsBackend, metrics, type Registration } from '../src/index.js';
import { JournalBackend } from './journal-backend.js';

let directory: string;
let registration: Registration | undefined;
const environment = { ...process.env };

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'metrics-configure-'));
  const write = (name: string, code: string): void => {
    mkdirSync(join(directory, 'node_modules', name), { recursive: true });
    writeFileSync(join(directory, 'node_modules', name, 'index.js'), code);
  };
  const empty = 'open() {}, release() {}, incr() {}, stats: () => ({}), flush: async () => {}, close: async () => {}';
  write('good-backend', `exports.createBackend = (options) => (globalThis.made = { options, ${empty} });`);
  write(
    'throwing-backend',
    'exports.createBackend = ({ apiKey }) => { throw new TypeError("apiKey " + apiKey + " is bad"); };',
  );
  write('no-backend', 'exports.something = 1;');
});
afterAll(() => rmSync(directory, { recursive: true }));
afterEach(() => {
  registration?.dispose();
  registration = undefined;
  for (const name of Object.keys(process.env)) if (name.startsWith('METRICS_')) delete process.env[name];
  Object.assign(process.env, environment);
});

const made = (): { options: unknown } => (globalThis as never as { made: { options: unknown } }).made;
const lastOptions = (): unknown => made().options;
const from = (): string => join(directory, 'main.js');

it('without a backend, it is the dummy', () => {
  registration = configure();
  metrics.incr('x');
  expect(metrics.stats().series).toBe(0);
});

it('takes a function and all options of register', () => {
  const backend = new JournalBackend();
  registration = configure({
    backend: (options: { a: number }) => (options.a === 1 ? backend : new DummyMetricsBackend()),
    options: { a: 1 },
    prefix: 'p.',
    tags: { env: 'test' },
    sampleRate: 0.5,
  });
  metrics.incr('x');
  expect(backend.lines).toEqual(['counter p.x{env=test} 1 @0.5']);
});

it('finds a package from the application and passes the options to it', () => {
  registration = configure({ backend: 'good-backend', options: { host: 'h' }, from: from() });
  expect(made().options).toEqual({ host: 'h' });
});

it('reads the environment, which code overrides', () => {
  const backend = new JournalBackend();
  Object.assign(process.env, {
    METRICS_BACKEND: 'good-backend',
    METRICS_OPTIONS: '{"port":1}',
    METRICS_PREFIX: 'env.',
    METRICS_SAMPLE_RATE: '0.25',
    METRICS_TAGS: 'region:eu, link:http://x ,broken',
  });
  registration = configure({ from: from() });
  expect(made().options).toEqual({ port: 1 });
  registration.dispose();
  registration = configure({ backend: () => backend, tags: { region: 'us' } });
  metrics.incr('x');
  expect(backend.lines).toEqual(['counter env.x{link=http://x,region=us} 1 @0.25']);
});

it.each(['', ' ', '\n'])('a variable set to %j is absent', (nothing) => {
  for (const name of ['BACKEND', 'OPTIONS', 'PREFIX', 'SAMPLE_RATE', 'TAGS', 'CARDINALITY_MODE', 'DENY'])
    process.env[`METRICS_${name}`] = nothing;
  registration = configure();
  registration.dispose();
  const backend = new JournalBackend();
  registration = configure({
    backend: (options: object) => (Object.keys(options).length === 0 ? backend : new DummyMetricsBackend()),
  });
  metrics.incr('x');
  expect(backend.lines).toEqual(['counter x 1']);
});

it.each([
  ['an unknown package', { backend: 'no-such-backend' }, /"no-such-backend" could not be created: Cannot find module/],
  [
    'a package without createBackend',
    { backend: 'no-backend' },
    /"no-backend" could not be created: the package exports no createBackend/,
  ],
  [
    'a backend that rejects its options',
    { backend: 'throwing-backend', options: { apiKey: 'secret-key' } },
    /apiKey \*\*\* is bad/,
  ],
])('fails loudly at %s, without quoting the options', (_name, configuration, message) => {
  let thrown: Error | undefined;
  try {
    configure({ ...configuration, from: from() });
  } catch (error) {
    thrown = error as Error;
  }
  expect(thrown?.message).toMatch(message);
  expect(thrown?.cause).toBeUndefined();
  expect(JSON.stringify([thrown?.message, thrown?.stack])).not.toContain('secret-key');
});

it('never quotes METRICS_OPTIONS that are not JSON', () => {
  process.env['METRICS_BACKEND'] = 'good-backend';
  process.env['METRICS_OPTIONS'] = '{"apiKey":"secret-key"';
  expect(() => configure({ from: from() })).toThrow(new Error('METRICS_OPTIONS is not valid JSON'));
});

it('refuses an unknown option', () => {
  expect(() => configure({ bakend: 'good-backend' } as never)).toThrow(
    'configure(): unknown option "bakend"; did you mean "backend"?',
  );
  expect(() => configure({ sampelRate: 1 } as never)).toThrow(/did you mean "sampleRate"/);
});

it('empty variables mean absent', () => {
  for (const name of ['BACKEND', 'OPTIONS', 'PREFIX', 'SAMPLE_RATE', 'TAGS', 'DENY', 'CARDINALITY_MODE'])
    process.env[`METRICS_${name}`] = name === 'PREFIX' ? '' : ' ';
  const backend = new JournalBackend();
  registration = configure({ backend: () => backend });
  metrics.incr('x');
  expect(backend.lines).toEqual(['counter x 1']);
  registration.dispose();
  registration = configure();
  metrics.incr('x');
});

it.each([
  ['contain themselves', () => Object.assign({ apiKey: 'secret-key' }, { self: {} })],
  ['hold a URL', () => ({ apiKey: 'secret-key', url: new URL('https://user:secret-key@host/') })],
  ['hold a bigint', () => ({ apiKey: 'secret-key', size: 5n })],
  [
    'have a getter that throws',
    () => ({
      apiKey: 'secret-key',
      inner: {
        get no(): never {
          throw new Error('no');
        },
      },
    }),
  ],
])('gives the real message about options that %s', (_name, create) => {
  const options = create() as { apiKey: string; self?: unknown };
  options.self = options;
  const configuration = { backend: 'throwing-backend', options, from: from() };
  expect(() => configure(configuration)).toThrow(/"throwing-backend" could not be created: apiKey \*\*\* is bad/);
});

it('variables of any length take linear time', () => {
  const start = performance.now();
  for (const text of [',', ':', ' ', 'a', 'a:', "'", ' a'].map((unit) => unit.repeat(300_000))) {
    for (const name of ['METRICS_TAGS', 'METRICS_DENY', 'METRICS_PREFIX']) process.env[name] = text.slice(0, 100_000);
    registration = configure({ onError: () => {} });
    registration.dispose();
  }
  expect(performance.now() - start).toBeLessThan(5000);
});

describe('several backends', () => {
  const closed: string[] = [];
  const create = (name: string, given: unknown[] = []) => {
    return (options: object) => {
      given.push(options);
      return Object.assign(new JournalBackend(), { close: async () => void closed.push(name) });
    };
  };

  it('each get every sample, and their own options, from the environment', () => {
    const given: unknown[] = [];
    const backends: JournalBackend[] = [];
    const factory = (options: object): JournalBackend => {
      given.push(options);
      backends.push(new JournalBackend());
      return backends.at(-1)!;
    };
    process.env['METRICS_BACKEND'] = ' one-backend , @x/two,';
    process.env['METRICS_OPTIONS'] = '{"@x/two":{"port":2}}';
    registration = configure({ factories: { 'one-backend': factory, '@x/two': factory } });
    metrics.incr('x');
    expect(given).toEqual([{}, { port: 2 }]);
    expect(backends.map(({ lines }) => lines)).toEqual([['counter x 1'], ['counter x 1']]);
  });

  it('may be functions and names in one list', () => {
    const given: unknown[] = [];
    registration = configure({
      backend: ['good-backend', create('function', given)],
      options: { 'good-backend': { host: 'h' } },
      from: from(),
    });
    expect([given[0], lastOptions()]).toEqual([{}, { host: 'h' }]);
  });

  it.each([
    ['options without names', { host: 'secret-key' }, /unknown option "host"; known are one-backend, two-backend/],
    ['a misspelled name', { 'one-backed': {} }, /did you mean "one-backend"/],
    ['a list', ['secret-key'], /their options are an object by the name of the package/],
    ['a string', 'secret-key', /their options are an object by the name of the package/],
    ['options that are no object', { 'one-backend': 'secret-key' }, /"one-backend" are not an object/],
  ])('refuse %s, without quoting them', (_name, options, message) => {
    const factories = { 'one-backend': create('one'), 'two-backend': create('two') };
    const act = (): unknown => configure({ backend: ['one-backend', 'two-backend'], options, factories });
    expect(act).toThrow(message);
    expect(act).not.toThrow(/secret-key/);
  });

  it('refuse a name that is listed twice', () => {
    expect(() => configure({ backend: ['a', 'a'] })).toThrow('The metrics backend "a" is listed twice.');
  });

  it('need no options, and may be one function twice', () => {
    const given: unknown[] = [];
    const both = create('both', given);
    registration = configure({ backend: [both, 'one-backend', both], factories: { 'one-backend': both } });
    expect(given).toEqual([{}, {}, {}]);
    registration.dispose();
    registration = configure({ backend: [both, both], options: {} });
    expect(given).toHaveLength(5);
  });

  it('name the list in the message about an unknown name', () => {
    expect(() => configure({ backend: ['a', 'b'], options: { c: {} } })).toThrow(
      'options of several metrics backends, by the name of the package: unknown option "c"; known are a, b.',
    );
  });

  it('are closed if a later one cannot be created', () => {
    closed.length = 0;
    const backend = [create('first'), create('second'), 'throwing-backend'];
    expect(() => configure({ backend, options: { 'throwing-backend': { apiKey: 'secret' } }, from: from() })).toThrow(
      /"throwing-backend" could not be created: apiKey \*\*\* is bad/,
    );
    expect(closed).toEqual(['first', 'second']);
  });
});

it('a package is found from the working directory if the main file is elsewhere', () => {
  const [, main] = process.argv;
  const cwd = jest.spyOn(process, 'cwd').mockReturnValue(directory);
  process.argv[1] = '/var/runtime/index.mjs';
  try {
    registration = configure({ backend: 'good-backend', options: { host: 'h' } });
    expect(made().options).toEqual({ host: 'h' });
  } finally {
    process.argv[1] = main!;
    cwd.mockRestore();
  }
});

it.each(['[]', '5', '"secret-key"', 'null'])('METRICS_OPTIONS are an object, not %s', (text) => {
  process.env['METRICS_BACKEND'] = 'good-backend';
  process.env['METRICS_OPTIONS'] = text;
  expect(() => configure({ from: from() })).toThrow(/^METRICS_OPTIONS is not an object in JSON, such as/);
});

it.each([
  ['that is long', 'k'.repeat(200), (text: string) => `bad ${text.slice(0, 60)}…`],
  ['with quotes', 'a"secret"b', (text: string) => `bad ${JSON.stringify(text)}`],
  ['of two lines', 'first-part\nsecond-part', (text: string) => `bad ${text}`],
  ['that is a number', 12345678, (text: number) => `bad ${text}`],
])('never quotes a secret %s', (_name, secret, message) => {
  const backend = (options: { secret: never }): never => {
    throw new Error(message(options.secret));
  };
  expect(() => configure({ backend, options: { secret, part: 'k' } })).toThrow(
    /^The metrics backend function could not be created: bad "?\*\*\*"?…?$/,
  );
});

it('what @metrics/core/auto registers, code replaces without an option', async () => {
  process.env['METRICS_BACKEND'] = 'good-backend';
  const cwd = jest.spyOn(process, 'cwd').mockReturnValue(directory);
  await import('../src/auto.js');
  cwd.mockRestore();
  const backend = new JournalBackend();
  registration = metrics.register(backend);
  metrics.incr('x');
  expect(backend.lines).toEqual(['counter x 1']);
});

it.each([
  ['nothing', undefined],
  ['an object', {}],
  ['an object that closes', { close: async () => {} }],
])('what createBackend returns must be a backend, not %s', (_name, returned) => {
  expect(() => configure({ backend: () => returned as never })).toThrow(
    new TypeError('register() takes a backend, such as new StatsdMetricsBackend()'),
  );
});

it('a backend that cannot be registered is closed immediately, and a close that rejects changes nothing', async () => {
  const deadlines: unknown[] = [];
  const backend = Object.assign(new JournalBackend(), {
    close: async (options: unknown) => {
      deadlines.push(options);
      throw new Error('no');
    },
  });
  expect(() => configure({ backend: [() => new JournalBackend(), () => backend], sampleRate: 5 })).toThrow(
    'sampleRate must be a number from 0 to 1, not 5.',
  );
  await new Promise(setImmediate);
  expect(deadlines).toEqual([{ timeout: 0 }]);
});

it('a package is found from a URL as from a path', () => {
  const url = pathToFileURL(from());
  for (const [host, place] of Object.entries({ url, href: { href: url.href }, text: url.href })) {
    registration = configure({ backend: 'good-backend', options: { host }, from: place });
    expect(lastOptions()).toEqual({ host });
    registration.dispose();
  }
});

it('the message about a package that is not installed has its name, the files and what to do', () => {
  const message = (configuration: object): string => {
    try {
      configure({ backend: 'no-such-backend', ...configuration });
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  };
  const todo = 'install it, set `from`, or in a bundle pass `factories`';
  const subject = `The metrics backend "no-such-backend" could not be created: Cannot find module 'no-such-backend' from`;
  expect(message({ from: from() })).toBe(`${subject} ${from()}: ${todo}`);
  const cwd = jest.spyOn(process, 'cwd').mockReturnValue(directory);
  expect(message({})).toBe(`${subject} ${process.argv[1]} or ${join(directory, 'main.js')}: ${todo}`);
  cwd.mockRestore();
  expect(() => configure({ backend: 'a\u0085b', from: from() })).toThrow(
    'The metrics backend "a\\u0085b" could not be created: no package has control characters in its name',
  );
});

it('where packages cannot be loaded by name, the message names the two other ways', () => {
  const { getBuiltinModule } = process;
  process.getBuiltinModule = () => undefined;
  try {
    expect(() => configure({ backend: 'good-backend', from: from() })).toThrow(
      'The metrics backend "good-backend" could not be created: this runtime cannot load a package by its name; pass a function as `backend`, or in `factories`',
    );
  } finally {
    process.getBuiltinModule = getBuiltinModule;
  }
});
