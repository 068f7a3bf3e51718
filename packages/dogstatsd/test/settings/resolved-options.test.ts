import type { DogStatsdOptions } from '../../src/index.js';
import type { Environment } from '../../src/settings/environment.js';
import { resolveOptions } from '../../src/settings/resolved-options.js';

function resolve(options: DogStatsdOptions = {}, environment: Environment = {}, containerId?: string) {
  return resolveOptions(options, environment, () => containerId);
}

describe('the address', () => {
  const udp = (host: string, port: number) => ({ protocol: 'udp', host, port });

  test.each<[string, DogStatsdOptions, Environment, object, string]>([
    ['nothing', {}, {}, udp('127.0.0.1', 8125), 'default'],
    [
      'empty variables',
      {},
      { DD_AGENT_HOST: '', DD_DOGSTATSD_PORT: ' ', DD_DOGSTATSD_URL: '' },
      udp('127.0.0.1', 8125),
      'default',
    ],
    ['options', { statsdHost: 'agent', statsdPort: 1 }, {}, udp('agent', 1), 'options'],
    ['a host', {}, { DD_AGENT_HOST: '10.0.0.1' }, udp('10.0.0.1', 8125), 'DD_AGENT_HOST'],
    ['a port', {}, { DD_DOGSTATSD_PORT: '8126' }, udp('127.0.0.1', 8126), 'DD_DOGSTATSD_PORT'],
    [
      'host and port',
      {},
      { DD_AGENT_HOST: 'a', DD_DOGSTATSD_PORT: '9' },
      udp('a', 9),
      'DD_AGENT_HOST, DD_DOGSTATSD_PORT',
    ],
    [
      'a host for the port of options',
      { statsdPort: 7 },
      { DD_AGENT_HOST: 'a', DD_DOGSTATSD_PORT: '9' },
      udp('a', 7),
      'options, DD_AGENT_HOST',
    ],
    ['options before a URL', { statsdHost: 'b' }, { DD_DOGSTATSD_URL: 'unix:///x' }, udp('b', 8125), 'options'],
    [
      'a URL before everything else',
      {},
      { DD_DOGSTATSD_URL: 'udp://c:5', DD_DOGSTATSD_SOCKET: '/x', DD_AGENT_HOST: 'a' },
      udp('c', 5),
      'DD_DOGSTATSD_URL',
    ],
    [
      'a URL without a port',
      {},
      { DD_DOGSTATSD_URL: 'udp://agent.local' },
      udp('agent.local', 8125),
      'DD_DOGSTATSD_URL',
    ],
    ['a URL of IPv6', {}, { DD_DOGSTATSD_URL: 'udp://[::1]:8126' }, udp('::1', 8126), 'DD_DOGSTATSD_URL'],
    [
      'unix://',
      {},
      { DD_DOGSTATSD_URL: 'unix:///var/run/x.sock' },
      { protocol: 'unix', path: '/var/run/x.sock' },
      'DD_DOGSTATSD_URL',
    ],
    [
      'unixgram://',
      {},
      { DD_DOGSTATSD_URL: 'unixgram:///x' },
      { protocol: 'unixgram', path: '/x' },
      'DD_DOGSTATSD_URL',
    ],
    [
      'unixstream://',
      {},
      { DD_DOGSTATSD_URL: 'unixstream:///x' },
      { protocol: 'unixstream', path: '/x' },
      'DD_DOGSTATSD_URL',
    ],
    [
      'a socket',
      {},
      { DD_DOGSTATSD_SOCKET: '/x', DD_AGENT_HOST: 'a' },
      { protocol: 'unix', path: '/x' },
      'DD_DOGSTATSD_SOCKET',
    ],
    [
      'a socket as a URL',
      {},
      { DD_DOGSTATSD_SOCKET: 'unixgram:///x' },
      { protocol: 'unixgram', path: '/x' },
      'DD_DOGSTATSD_SOCKET',
    ],
    [
      'the path of options',
      { statsdSocketPath: '/y', statsdHost: 'h' },
      { DD_DOGSTATSD_URL: 'udp://a' },
      { protocol: 'unixgram', path: '/y' },
      'options',
    ],
    [
      'the URL of options',
      { statsdSocketPath: 'unixstream:///y' },
      {},
      { protocol: 'unixstream', path: '/y' },
      'options',
    ],
  ])('is decided by %s', (_source, options, environment, address, addressFrom) => {
    expect(resolve(options, environment)).toMatchObject({ address, addressFrom, warnings: [] });
  });

  test.each<[Environment, string]>([
    [{ DD_DOGSTATSD_URL: 'http://agent:8125' }, 'DD_DOGSTATSD_URL'],
    [{ DD_DOGSTATSD_URL: 'udp://agent:99999' }, 'DD_DOGSTATSD_URL'],
    [{ DD_DOGSTATSD_URL: 'udp://a b' }, 'DD_DOGSTATSD_URL'],
    [{ DD_DOGSTATSD_URL: `unix:///${'x'.repeat(107)}` }, 'DD_DOGSTATSD_URL'],
    [{ DD_DOGSTATSD_SOCKET: 'tcp://x' }, 'DD_DOGSTATSD_SOCKET'],
    [{ DD_DOGSTATSD_PORT: '0' }, 'DD_DOGSTATSD_PORT'],
    [{ DD_DOGSTATSD_PORT: '8e3' }, 'DD_DOGSTATSD_PORT'],
    [{ DD_CARDINALITY: 'all' }, 'DD_CARDINALITY'],
  ])('an invalid variable is ignored and reported: %j', (environment, name) => {
    const { address, warnings } = resolve({}, environment);
    expect(address).toEqual({ protocol: 'udp', host: '127.0.0.1', port: 8125 });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(name);
  });
});

describe('the origin', () => {
  const all = { DD_EXTERNAL_ENV: 'it-false,cn-web,pu-75a2', DD_CARDINALITY: 'LOW', DD_ENTITY_ID: 'pod-uid' };

  test('is the container and the variables of the environment', () => {
    expect(resolve({}, all, 'ci-abc').origin).toEqual({
      containerId: 'ci-abc',
      externalData: 'it-false,cn-web,pu-75a2',
      cardinality: 'low',
      entityId: 'pod-uid',
    });
    expect(resolve({}, { DATADOG_CARDINALITY: 'high' }).origin.cardinality).toBe('high');
    expect(resolve({}, { DD_CARDINALITY: 'none', DATADOG_CARDINALITY: 'high' }).origin.cardinality).toBe('none');
  });

  test('loses characters that could end a field', () => {
    const { origin } = resolve({}, { DD_EXTERNAL_ENV: 'it-\x00false|#x:\ny ,cn-é', DD_ENTITY_ID: '|' });
    expect(origin).toMatchObject({ externalData: 'it-false#x:y,cn-', entityId: undefined });
  });

  test('is disabled or set by its options', () => {
    expect(
      resolve({ containerId: false, externalData: false, cardinality: false, entityId: false }, all, 'ci-abc').origin,
    ).toEqual({});
    const set = { containerId: 'ci-1', externalData: 'it-true', cardinality: 'orchestrator', entityId: 'x' } as const;
    expect(resolve(set, all, 'ci-abc').origin).toEqual(set);
  });

  test('has no container if detection is off', () => {
    expect(resolve({}, { ...all, DD_ORIGIN_DETECTION_ENABLED: 'false' }, 'ci-abc').origin.containerId).toBeUndefined();
    expect(resolve({}, { DD_ORIGIN_DETECTION_ENABLED: 'true' }, 'ci-abc').origin.containerId).toBe('ci-abc');
  });

  test.each(['statsd-exporter', 'telegraf', 'otel', 'vector'] as const)(
    'is not sent to %s, unless an option sets it',
    (dialect) => {
      expect(resolve({ dialect }, all, 'ci-abc').origin).toEqual({});
      expect(resolve({ dialect, cardinality: 'low' }, all, 'ci-abc').origin).toEqual({ cardinality: 'low' });
    },
  );
});

test('constant tags: DD_TAGS, then the unified service tags, then those of the options, then the entity', () => {
  const { tags } = resolve(
    { tags: { region: 'eu', shard: 3, canary: true } },
    {
      DD_TAGS: 'team:a,  tier:b:c,bare , :x,',
      DD_ENV: 'prod',
      DD_SERVICE: ' shop ',
      DD_VERSION: '',
      DD_ENTITY_ID: 'uid',
    },
  );
  expect(tags).toEqual([
    ['team', 'a'],
    ['tier', 'b:c'],
    ['bare', undefined],
    ['env', 'prod'],
    ['service', 'shop'],
    ['region', 'eu'],
    ['shard', '3'],
    ['canary', 'true'],
    ['dd.internal.entity_id', 'uid'],
  ]);
});

test.each<[string, Environment, [string, string | undefined][]]>([
  [
    'commas',
    { DD_TAGS: 'a:1,b:2' },
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ],
  [
    'commas and spaces, which belong to values',
    { DD_TAGS: ' a:one two , b:2' },
    [
      ['a', 'one two'],
      ['b', '2'],
    ],
  ],
  [
    'spaces without a comma',
    { DD_TAGS: '  a:1   b:2\tc ' },
    [
      ['a', '1'],
      ['b', '2'],
      ['c', undefined],
    ],
  ],
  ['a comma at the end decides, too', { DD_TAGS: 'a:one two,' }, [['a', 'one two']]],
  [
    'several values of a key',
    { DD_TAGS: 'role:web,role:db,role:web' },
    [
      ['role', 'web'],
      ['role', 'db'],
      ['role', 'web'],
    ],
  ],
  [
    'colons in values, spaces around them',
    { DD_TAGS: 'url : http://x:8080,b:' },
    [
      ['url', 'http://x:8080'],
      ['b', undefined],
    ],
  ],
  [
    'keys of every object',
    { DD_TAGS: 'constructor:a,__proto__:b' },
    [
      ['constructor', 'a'],
      ['__proto__', 'b'],
    ],
  ],
  ['nothing but separators', { DD_TAGS: ' , ,:x' }, []],
  [
    'DATADOG_TAGS',
    { DATADOG_TAGS: 'a:1,b:2' },
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ],
  ['an empty DD_TAGS before DATADOG_TAGS', { DD_TAGS: ' ', DATADOG_TAGS: 'a:1' }, [['a', '1']]],
  ['DD_TAGS before DATADOG_TAGS', { DD_TAGS: 'a:1', DATADOG_TAGS: 'b:2' }, [['a', '1']]],
  [
    'a unified tag instead of all values',
    { DD_TAGS: 'env:a,env:b,x:1', DD_ENV: 'c' },
    [
      ['x', '1'],
      ['env', 'c'],
    ],
  ],
])('DD_TAGS as the clients of Datadog read it: %s', (_what, environment, tags) => {
  expect(resolve({}, environment).tags).toEqual(tags);
});

test('tags of the options whose keys are encoded alike are one tag', () => {
  expect(resolve({ tags: { 'a b': 1, a_b: 2 } }, { DD_TAGS: 'a|b:0' }).tags).toEqual([['a_b', '2']]);
});

describe('capabilities', () => {
  test.each<[NonNullable<DogStatsdOptions['dialect']>, object]>([
    [
      'agent',
      {
        origin: true,
        timestamps: true,
        events: true,
        serviceChecks: true,
        sets: true,
        telemetry: true,
        signedGaugeIsDelta: false,
        distribution: 'd',
      },
    ],
    [
      'statsd-exporter',
      {
        packedKinds: ['timing', 'distribution', 'histogram'],
        origin: false,
        events: false,
        sets: false,
        telemetry: false,
        signedGaugeIsDelta: true,
      },
    ],
    ['telegraf', { packedKinds: [], origin: false, distribution: 'h', acceptsNegativeValues: false }],
    ['otel', { packedKinds: [], origin: false, timestamps: false, sets: false }],
    ['vector', { packedKinds: [], origin: false, timestamps: false, telemetry: false }],
  ])('of dialect %s', (dialect, capabilities) => {
    expect(resolve({ dialect }).capabilities).toMatchObject(capabilities);
  });

  test('are overridden one by one', () => {
    expect(resolve({ packing: false, timestamps: false, telemetry: false }).capabilities).toMatchObject({
      packedKinds: [],
      timestamps: false,
      telemetry: false,
    });
    expect(resolve({ dialect: 'vector', packing: true, timestamps: true, telemetry: true }).capabilities).toMatchObject(
      {
        packedKinds: ['counter', 'gauge', 'timing', 'distribution', 'histogram'],
        timestamps: true,
        telemetry: true,
      },
    );
  });
});

describe('an invalid option throws, naming it', () => {
  test.each<[object | null, string]>([
    [null, 'options must be an object, not null.'],
    [{ statsdHost: '' }, 'statsdHost must be a name or an address, not "".'],
    [{ statsdPort: '8125' }, 'statsdPort must be a number, not "8125".'],
    [{ statsdPort: 0 }, 'statsdPort must be an integer from 1 to 65535, not 0.'],
    [
      { statsdSocketPath: '' },
      'statsdSocketPath must be a path of at most 107 bytes, alone or after unix://, unixgram:// or unixstream://, not "".',
    ],
    [
      { statsdSocketPath: 'udp://x' },
      'statsdSocketPath must be a path of at most 107 bytes, alone or after unix://, unixgram:// or unixstream://, not "udp://x".',
    ],
    [{ statsdSocketPath: 5 }, 'statsdSocketPath must be a string, not 5.'],
    [{ tags: ['a:b'] }, 'tags must be an object, not an array.'],
    [{ tags: { a: null } }, 'tags has an invalid entry "a": null.'],
    [{ tags: { '': 'x' } }, 'tags has an invalid entry "": "x".'],
    [
      { dialect: 'statsd' },
      'dialect must be one of "agent", "statsd-exporter", "telegraf", "otel", "vector", not "statsd".',
    ],
    [{ wireTypes: { timing: 'c' } }, 'wireTypes has an invalid entry "timing": "c".'],
    [{ packing: 1 }, 'packing must be true or false, not 1.'],
    [
      { containerId: 'a|b' },
      'containerId must be at most 512 characters of printable ASCII without | and spaces, not "a|b".',
    ],
    [{ externalData: true }, 'externalData must be a string or false, not true.'],
    [{ cardinality: 'all' }, 'cardinality must be one of "none", "low", "orchestrator", "high", not "all".'],
    [{ flushInterval: 3000 }, 'flushInterval must divide 10000 milliseconds, and 3000 does not.'],
    [{ flushInterval: -5 }, 'flushInterval must divide 10000 milliseconds, and -5 does not.'],
    [{ maxSamplesPerSeries: 0 }, 'maxSamplesPerSeries must be an integer from 1 to 10000, not 0.'],
    [{ overflow: 'drop' }, 'overflow must be one of "flush", "reservoir", not "drop".'],
    [{ maxPacketBytes: 65_507 }, 'maxPacketBytes must be an integer from 64 to 8192, not 65507.'],
  ])('%j', (options, message) => {
    expect(() => resolve(options as DogStatsdOptions)).toThrow(message);
  });
});
