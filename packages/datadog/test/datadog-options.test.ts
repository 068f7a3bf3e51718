import { inspect } from 'node:util';
import { resolveOptions } from '../src/datadog-options.js';
import { DatadogMetricsBackend, type DatadogOptions } from '../src/index.js';
import { KEY } from './started.js';

const NAMES = ['DD_API_KEY', 'DATADOG_API_KEY', 'DD_SITE'] as const;
const before = NAMES.map((name) => process.env[name]);

beforeEach(() => NAMES.forEach((name) => delete process.env[name]));

afterAll(() => {
  NAMES.forEach((name, index) => {
    if (before[index] === undefined) delete process.env[name];
    else process.env[name] = before[index];
  });
});

test.each<[string, DatadogOptions, string]>([
  ['the default site', {}, 'https://api.datadoghq.com'],
  ['a site', { site: 'us5.datadoghq.com' }, 'https://api.us5.datadoghq.com'],
  ['a site in Europe', { site: ' Datadoghq.EU ' }, 'https://api.datadoghq.eu'],
  ['a site for governments', { site: 'ddog-gov.com' }, 'https://api.ddog-gov.com'],
  ['the address of a web application', { site: 'app.datadoghq.com' }, 'https://api.datadoghq.com'],
  ['the address of an API', { site: 'api.datadoghq.eu' }, 'https://api.datadoghq.eu'],
  ['the URL of a web application', { site: 'https://app.datadoghq.eu/' }, 'https://api.datadoghq.eu'],
  ['the URL of a page in it', { site: ' https://US5.datadoghq.com/account?x=1 ' }, 'https://api.us5.datadoghq.com'],
  ['another receiver', { baseUrl: 'https://proxy.example/datadog/' }, 'https://proxy.example/datadog'],
  ['plain http on this machine', { baseUrl: 'http://127.0.0.1:8428/datadog' }, 'http://127.0.0.1:8428/datadog'],
  ['plain http on this machine, IPv6', { baseUrl: 'http://[::1]:80' }, 'http://[::1]'],
  ['plain http that is allowed', { baseUrl: 'http://proxy.example', allowInsecureUrl: true }, 'http://proxy.example'],
])('requests go to %s', (_name, options, url) => {
  expect(resolveOptions({ apiKey: KEY, ...options }).url).toBe(url);
});

test('key and site come from the environment if they are not set', () => {
  process.env['DATADOG_API_KEY'] = 'key-of-the-old-name';
  process.env['DD_SITE'] = 'us3.datadoghq.com';
  expect(resolveOptions({})).toMatchObject({ apiKey: 'key-of-the-old-name', url: 'https://api.us3.datadoghq.com' });
  process.env['DD_API_KEY'] = ' key-of-the-new-name\n';
  expect(resolveOptions({})).toMatchObject({ apiKey: 'key-of-the-new-name' });
  expect(resolveOptions({ apiKey: `${KEY}\n`, site: 'datadoghq.eu' })).toMatchObject({
    apiKey: KEY,
    url: 'https://api.datadoghq.eu',
  });
  process.env['DD_SITE'] = 'api.datadoghq.eu';
  expect(resolveOptions({})).toMatchObject({ url: 'https://api.datadoghq.eu' });
  process.env['DD_SITE'] = 'datadoghq.example';
  expect(() => resolveOptions({})).toThrow('DD_SITE must be a Datadog site, not "datadoghq.example"');
});

test('variables that are empty are not set', () => {
  for (const nothing of ['', '  ']) {
    process.env['DD_API_KEY'] = nothing;
    process.env['DATADOG_API_KEY'] = nothing;
    process.env['DD_SITE'] = nothing;
    expect(() => resolveOptions({})).toThrow('apiKey must be set');
    expect(resolveOptions({ apiKey: KEY }).url).toBe('https://api.datadoghq.com');
    process.env['DATADOG_API_KEY'] = 'key-of-the-old-name';
    expect(resolveOptions({})).toMatchObject({ apiKey: 'key-of-the-old-name' });
  }
});

test.each<[DatadogOptions, string]>([
  [{ hostname: 'web-1' } as never, 'DatadogMetricsBackend: unknown option "hostname"; did you mean "host"?'],
  [{ api_key: KEY } as never, 'unknown option "api_key"; did you mean "apiKey"?'],
  [{ tag: {} } as never, 'unknown option "tag"; did you mean "tags"?'],
  [{ flushInterval: 1000, constructor: 1 } as never, 'unknown option "constructor"'],
  [{ site: 'evil.example/datadoghq.com' }, 'site must be a Datadog site'],
  [{ site: 'https://datadoghq.com@evil.example' }, 'site must be a Datadog site'],
  [{ site: 'https://evil.example/app.datadoghq.com' }, 'site must be a Datadog site'],
  [{ apiKey: undefined }, 'apiKey must be set, or the environment variable DD_API_KEY.'],
  [{ site: 'datadoghq.co' }, 'site must be a Datadog site, not "datadoghq.co"'],
  [{ site: 'evil.example/datadoghq.com' }, 'site must be a Datadog site'],
  [{ site: '0123456789abcdef0123456789abcdef' }, 'site must be a Datadog site, not "<looks like an API key>"'],
  [{ site: 'evildatadoghq.com' }, 'site must be a Datadog site'],
  [
    { baseUrl: 'http://intake.example' },
    'baseUrl must use https, because the API key can be read on the way to "intake.example"',
  ],
  [{ baseUrl: 'ftp://intake.example' }, 'baseUrl must be a URL with https: or http:'],
  [{ baseUrl: 'intake' }, 'baseUrl must be a URL with https: or http:'],
  [{ baseUrl: 'https://user:secret@intake.example' }, 'baseUrl must have no user, password, query or fragment.'],
  [{ host: '' }, 'host must be a name or false, not ""'],
  [{ flushInterval: 1500 }, 'flushInterval must be whole seconds that divide a minute, not 1500 milliseconds'],
  [{ flushInterval: 7000 }, 'flushInterval must be whole seconds'],
  [{ flushInterval: 0 }, 'flushInterval must be an integer from 1000 to 60000, not 0'],
  [{ requestTimeout: Number.NaN }, 'requestTimeout must be an integer from 100 to 2147483647, not NaN'],
  [{ maxQueueBytes: 10 }, 'maxQueueBytes must be an integer from 65536'],
  // Values that only JavaScript can pass.
  [{ tags: ['a:b'] } as never, 'tags must be an object of strings, not an array'],
  [{ tags: { a: 1 } } as never, 'tags.a must be a string, not 1'],
  [{ timings: 'summary' } as never, 'timings must be one of "distribution", "histogram", not "summary"'],
  [{ processTag: 'yes' } as never, 'processTag must be true or false, not "yes"'],
  [{ seriesVersion: 3 } as never, 'seriesVersion must be one of 1, 2, not 3'],
  [{ ca: 5 } as never, 'ca must be one or more certificates as PEM strings, not 5'],
])('%j is rejected with a message that says why', (options, message) => {
  expect(() => resolveOptions({ apiKey: KEY, ...options })).toThrow(message);
});

test.each([
  'short',
  'a key with space in it',
  'a-key-with-a\nbreak-in-it',
  'schlüssel-mit-umlaut',
  42_424_242,
  { key: KEY },
])('the key %p is rejected and not shown', (apiKey) => {
  expect.assertions(2);
  try {
    resolveOptions({ apiKey } as never);
  } catch (error) {
    expect((error as Error).message).toMatch(/^apiKey must be /);
    expect(inspect(error)).not.toContain(inspect(apiKey).replaceAll("'", ''));
  }
});

test('an application key is accepted, and inspecting a backend shows neither key', async () => {
  const backend = new DatadogMetricsBackend({ apiKey: KEY, appKey: 'application-key' });
  for (const shown of [inspect(backend, { depth: 20, showHidden: true }), JSON.stringify(backend)]) {
    expect(shown).not.toMatch(/0123|application-key/);
  }
  await backend.close({ timeout: 0 });
});

test.each([null, {}, 5, { now: () => 0 }, { schedule: () => {} }])(
  'a clock without its methods is an error: %j',
  (clock) => {
    expect(() => new DatadogMetricsBackend({ apiKey: 'key-of-the-test', clock: clock as never })).toThrow(
      /clock must have the methods now\(\) and schedule\(\)/,
    );
  },
);

test('a random of another type is an error', () => {
  expect(() => new DatadogMetricsBackend({ apiKey: 'key-of-the-test', random: 5 as never })).toThrow(
    /random must be a function, not 5/,
  );
});

test('an address with a password instead of a site is an error without it', () => {
  expect(() => new DatadogMetricsBackend({ apiKey: 'key-of-the-test', site: 'redis://me:sesame@host' })).toThrow(
    expect.not.objectContaining({ message: expect.stringContaining('sesame') }),
  );
});
