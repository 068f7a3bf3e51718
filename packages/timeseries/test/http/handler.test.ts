import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { timeSeriesHandler } from '../../src/handler.js';
import type {
  ChartsResponse,
  KeysResponse,
  RangeResponse,
  SeriesResponse,
  TopResponse,
} from '../../src/http/responses.js';
import { createTestBackend, NOON } from '../create-test-backend.js';
import { type RunningServer, serve } from './serve.js';

const database = createTestBackend();
let server: RunningServer;
const failures: unknown[] = [];

beforeAll(async () => {
  const { backend, clock, open } = database;
  clock.seconds = NOON;
  const [eu, us, neither] = [
    open('counter', 'jobs', { region: 'eu' }),
    open('counter', 'jobs', { region: 'us' }),
    open('counter', 'jobs'),
  ];
  backend.incr(eu, 5);
  backend.incr(us, 7);
  backend.incr(neither, 1);
  clock.seconds = NOON + 10;
  backend.incr(eu, 2);
  for (let value = 1; value <= 100; value += 1) backend.timing(open('timing', 'query', { table: `t${value}` }), value);
  backend.incr(open('counter', 'odd', { ['__proto__']: 'x', 'a b&c': 'ü=&+' }), 1);
  for (let user = 0; user < 2000; user += 1) backend.incr(open('counter', 'many', { user: `user ${user}` }), user);
  server = await serve(timeSeriesHandler(backend, { onError: (error) => failures.push(error) }));
});
afterAll(() => server.close());

/** A response of any route. */
type AnyResponse = KeysResponse & SeriesResponse & RangeResponse & ChartsResponse & TopResponse;

async function get(path: string): Promise<{ status: number; body: AnyResponse }> {
  const response = await fetch(server.origin + path);
  return { status: response.status, body: (await response.json()) as AnyResponse };
}

test('every response has headers that keep browsers from doing more than showing it', async () => {
  for (const path of ['/', '/page.js', '/page.css', '/keys', '/range', '/nothing']) {
    const { headers } = await fetch(server.origin + path);
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('cache-control')).toBe('no-store');
  }
});

test('the script contains the license of its library', async () => {
  const script = await (await fetch(`${server.origin}/page.js`)).text();
  expect(script).toMatch(
    /^\/\*! Contains uPlot[^/]+\/\/github\.com\/leeoniya\/uPlot\s+The MIT License \(MIT\)\s+Copyright/,
  );
});

test('keys are in order, all or those that match the pattern', async () => {
  expect(await get('/keys')).toEqual({
    status: 200,
    body: { keys: ['jobs', 'many', 'odd', 'query'], truncated: false },
  });
  expect((await get('/keys?pattern=j*')).body.keys).toEqual(['jobs']);
});

test('of more than ten thousand keys the response has the first, and says so', async () => {
  const { backend, open } = createTestBackend();
  for (let index = 0; index < 10_001; index += 1) backend.incr(open('counter', `key ${index}`), 1);
  const other = await serve(timeSeriesHandler(backend));
  const { keys, truncated } = (await (await fetch(`${other.origin}/keys`)).json()) as {
    keys: string[];
    truncated: boolean;
  };
  expect([keys.length, truncated]).toEqual([10_000, true]);
  await other.close();
});

test('the series of a key are described by kind, unit and tags', async () => {
  expect((await get('/series?key=jobs')).body).toEqual({
    key: 'jobs',
    kind: 'counter',
    unit: null,
    count: 3,
    tags: [{ tag: 'region', values: ['eu', 'us'], truncated: false }],
  });
  expect((await get('/series?key=query')).body).toMatchObject({ kind: 'timing', unit: 'millisecond', count: 100 });
  expect((await get('/series?key=odd')).body.tags).toEqual([
    { tag: '__proto__', values: ['x'], truncated: false },
    { tag: 'a b&c', values: ['ü=&+'], truncated: false },
  ]);
  const { values, truncated } = (await get('/series?key=many')).body.tags[0]!;
  expect([values.length, truncated]).toEqual([1000, true]);
  expect((await get('/series?key=unknown')).body).toEqual({
    key: 'unknown',
    kind: null,
    unit: null,
    count: 0,
    tags: [],
  });
});

describe('a range', () => {
  const times = `start=${NOON}&end=${NOON + 20}`;

  test('has all series together, those with the tags, or a group for each value of a tag', async () => {
    const groups = async (query: string) => (await get(`/range?key=jobs&${times}${query}`)).body.groups;
    const points = (first: number, second: number) => [
      [NOON, first],
      [NOON + 10, second],
    ];
    expect(await groups('')).toEqual([{ tagValue: null, points: points(13, 2) }]);
    expect(await groups('&tag.region=eu')).toEqual([{ tagValue: null, points: points(5, 2) }]);
    expect(await groups('&groupBy=region')).toEqual([
      { tagValue: '', points: points(1, 0) },
      { tagValue: 'eu', points: points(5, 2) },
      { tagValue: 'us', points: points(7, 0) },
    ]);
    expect(await groups('&groupBy=region&tag.region=us')).toEqual([{ tagValue: 'us', points: points(7, 0) }]);
    expect(await groups('&tag.region=mars')).toEqual([]);
    expect(await groups('&step=20')).toEqual([{ tagValue: null, points: [[NOON, 15]] }]);
  });

  test('has tags of any name', async () => {
    const query = `/range?key=odd&${times}`;
    for (const filter of ['tag.__proto__=x', 'tag.a+b%26c=%C3%BC%3D%26%2B', 'groupBy=__proto__'])
      expect((await get(`${query}&${filter}`)).body.groups[0]?.points).toEqual([
        [NOON, 0],
        [NOON + 10, 1],
      ]);
    expect((await get(`${query}&tag.__proto__=y`)).body.groups).toEqual([]);
    expect((await get(`${query}&tag.toString=y`)).body.groups).toEqual([]);
  });

  test('has the requested statistic', async () => {
    const last = async (statistic: string) => {
      const { body } = await get(`/range?key=query&${times}&statistic=${statistic}`);
      return body.groups[0]!.points;
    };
    expect(await last('count')).toEqual([
      [NOON, null],
      [NOON + 10, 100],
    ]);
    expect((await last('p50'))[1]?.[1]).toBeCloseTo(50, 0);
  });

  test('has the largest of many groups, and the number of omitted groups', async () => {
    const { body } = await get(`/range?key=many&${times}&groupBy=user`);
    expect(body.omittedGroups).toBe(1950);
    expect(body.groups).toHaveLength(50);
    expect(body.groups[0]).toEqual({
      tagValue: 'user 1999',
      points: [
        [NOON, 0],
        [NOON + 10, 1999],
      ],
    });
  });

  test('of a key that is unknown has no groups', async () => {
    expect((await get('/range?key=unknown')).body).toEqual({
      key: 'unknown',
      kind: null,
      unit: null,
      groups: [],
      omittedGroups: 0,
    });
  });

  test('with too many points is rejected', async () => {
    const { backend, clock, open } = createTestBackend({ rollups: [{ step: 1, points: 20_000 }] });
    backend.incr(open('counter', 'fine'), 1);
    const other = await serve(timeSeriesHandler(backend));
    const read = (start: number, rest = '') =>
      fetch(`${other.origin}/range?key=fine&start=${clock.seconds - start}${rest}`);
    expect((await read(10_999)).status).toBe(200);
    const rejected = await read(11_000, '&groupBy=x');
    expect([rejected.status, await rejected.json()]).toEqual([400, { error: expect.stringContaining('larger step') }]);
    expect((await read(11_000, '&step=2')).status).toBe(200);
    await other.close();
  });
});

describe('charts', () => {
  const times = `start=${NOON}&end=${NOON + 20}`;

  test('have the statistics of the kind of each key, in the order of the request', async () => {
    const { charts } = (await get(`/charts?key=query&key=jobs&key=unknown&${times}`)).body;
    expect(charts[0]).toMatchObject({ key: 'query', kind: 'timing', unit: 'millisecond', count: 100 });
    expect(charts[0]!.lines.map(({ statistic }) => statistic)).toEqual(['p50', 'p95', 'p99']);
    charts[0]!.lines.forEach(({ points }, index) => {
      expect(points[0]![1]).toBeNull();
      expect(Math.abs(points[1]![1]! - [50, 95, 99][index]!)).toBeLessThanOrEqual(1);
    });
    const points = [
      [NOON, 13],
      [NOON + 10, 2],
    ];
    expect(charts.slice(1)).toEqual([
      { key: 'jobs', kind: 'counter', unit: null, count: 3, lines: [{ statistic: 'sum', points }] },
      { key: 'unknown', kind: null, unit: null, count: 0, lines: [] },
    ]);
  });

  test('have the series with the tags alone', async () => {
    const { charts } = (await get(`/charts?key=jobs&key=many&tag.region=us&${times}`)).body;
    expect(charts.map(({ lines }) => lines.map(({ points }) => points[0]![1]))).toEqual([[7], []]);
  });

  test('and ranges have about as many points as requested, merged', async () => {
    for (const wanted of [1, 2, 100]) {
      const query = `key=jobs&start=${NOON - 3590}&end=${NOON + 20}&points=${wanted}`;
      const { charts } = (await get(`/charts?${query}`)).body;
      const { groups } = (await get(`/range?${query}&groupBy=region`)).body;
      for (const { points } of [...charts[0]!.lines, ...groups]) {
        expect(points.length).toBeGreaterThan(wanted / 2);
        expect(points.length).toBeLessThanOrEqual(wanted + 2);
      }
      expect(charts[0]!.lines[0]!.points.reduce((sum, [, value]) => sum + value!, 0)).toBe(15);
    }
    expect((await get(`/charts?key=jobs&start=${NOON - 3590}`)).body.charts[0]!.lines[0]!.points).toHaveLength(121);
  });

  test('of more keys or points than a response may have are rejected', async () => {
    const keys = (count: number) => Array.from({ length: count }, (_, index) => `key=${index}`).join('&');
    expect((await get(`/charts?${keys(50)}`)).body.charts).toHaveLength(50);
    expect(await get(`/charts?${keys(51)}`)).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('51') },
    });
    expect((await get(`/charts?${keys(1)}&points=11000`)).status).toBe(200);
    expect(await get(`/charts?${keys(50)}&points=221`)).toMatchObject({
      status: 400,
      body: { error: 'The parameter points must be a whole number from 1 to 220, not 221.' },
    });
  });
});

test('top has the values of a tag with the largest sums', async () => {
  expect((await get(`/top?key=jobs&tag=region&n=1&start=${NOON}`)).body).toEqual({
    key: 'jobs',
    tag: 'region',
    entries: [{ tagValue: 'eu', value: 7 }],
  });
});

test.each([
  ['/range', 'The parameter key is missing.'],
  ['/charts', 'The parameter key is missing.'],
  ['/charts?key=jobs&key=', 'The parameter key is empty'],
  ['/charts?key=jobs&groupBy=region', 'There is no parameter "groupBy" here, only key, start, end, points, tag.*'],
  ['/charts?key=jobs&points=0', 'The parameter points must be a whole number from 1 to 11000, not 0.'],
  ['/range?key=jobs&points=1.5', 'The parameter points must be a whole number from 1 to 11000, not 1.5.'],
  ['/range?key=', 'The parameter key is empty'],
  ['/range?key=jobs&key=query', 'The parameter "key" is there twice'],
  ['/range?key=jobs&tags.region=eu', 'There is no parameter "tags.region" here, only key, start, end'],
  ['/range?key=jobs&tag.=eu', 'There is no parameter "tag."'],
  ['/keys?tag.a=b', 'There is no parameter "tag.a" here, only pattern'],
  ['/range?key=jobs&start=yesterday', 'The parameter start must be a number such as 60, not "yesterday"'],
  ['/range?key=jobs&start=1e3', 'The parameter start must be a number'],
  ['/range?key=jobs&start=Infinity', 'The parameter start must be a number'],
  ['/range?key=jobs&start=20&end=10', 'end must not be before start'],
  ['/range?key=jobs&step=7', 'step must be a multiple of'],
  ['/range?key=jobs&step=0', 'step must be a positive number'],
  ['/range?key=jobs&statistic=p99', 'statistic of a counter must be one of sum'],
  ['/range?key=jobs&groupBy=', 'The parameter groupBy is empty'],
  ['/top?key=jobs', 'The parameter tag is missing.'],
  ['/top?key=jobs&tag=region&n=0', 'The parameter n must be a whole number from 1 to 1000'],
  ['/top?key=jobs&tag=region&n=1.5', 'The parameter n must be a whole number'],
])('%s is rejected with a message that says what to do', async (path, message) => {
  const { status, body } = await get(path);
  expect([status, body]).toEqual([400, { error: expect.stringContaining(message) }]);
});

test('no request makes it throw, hang, or respond to a read with anything but JSON', async () => {
  const name = fc.constantFrom(
    'key',
    'start',
    'end',
    'step',
    'groupBy',
    'statistic',
    'tag',
    'n',
    'pattern',
    'tag.region',
    '__proto__',
    '%',
    'tag.%ff',
  );
  const value = fc.oneof(
    fc.constantFrom(
      'jobs',
      'query',
      'region',
      'p50',
      'p1000',
      '-1',
      '0',
      '1e999',
      '9999999999999',
      `${NOON}`,
      '10',
      '%',
      '%00',
      '%ed%a0%80',
      '<b>',
      '',
    ),
    fc.string({ unit: 'binary', maxLength: 20 }).map((string) => encodeURIComponent(string)),
  );
  const query = fc
    .array(fc.tuple(name, value), { maxLength: 6 })
    .map((pairs) => pairs.map((pair) => pair.join('=')).join('&'));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('keys', 'series', 'range', 'top', 'other'), query, async (path, search) => {
      const response = await fetch(`${server.origin}/${path}?${search}`);
      expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(typeof (await response.json())).toBe('object');
      expect([200, 400, 404]).toContain(response.status);
    }),
    { numRuns: 400 },
  );
  expect(failures).toEqual([]);
});

test.each(['*', '//', 'http://elsewhere/keys', '/keys?%', '/keys%00', '/%', "/<script>alert('x')</script>"])(
  'the request target %s gets a response',
  async (target) => {
    const socket = connect(Number(new URL(server.origin).port), '127.0.0.1');
    socket.end(`GET ${target} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n`);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(socket, 'close');
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 (?:404|400) [^]*"error"/);
  },
);

test('a path with a colon or two slashes cannot redirect to another host', async () => {
  const { backend } = createTestBackend();
  for (const path of ['/javascript:alert(1)', '//elsewhere.example']) {
    const other = await serve(timeSeriesHandler(backend, { path }));
    const response = await fetch(other.origin + path, { redirect: 'manual' });
    expect(response.status).toBe(307);
    expect(new URL(response.headers.get('location')!, response.url).href).toBe(`${other.origin}${path}/`);
    await other.close();
  }
});

test('a read that fails is reported to the application, and to the client without the reason', async () => {
  const { backend } = createTestBackend();
  const reported: unknown[] = [];
  const failure = new Error('redis://user:secret@host does not respond');
  backend.keys = () => Promise.reject(failure);
  const onError = (error: unknown) => {
    reported.push(error);
    throw new Error('of the application');
  };
  const other = await serve(timeSeriesHandler(backend, { onError }));
  const response = await fetch(`${other.origin}/keys`);
  expect([response.status, await response.text()]).toEqual([500, expect.not.stringContaining('secret')]);
  expect(reported).toEqual([failure]);
  await other.close();
});

test('a client that disconnects early and a response sent by the application do no harm', async () => {
  const { backend } = createTestBackend();
  let resolveKeys: (keys: string[]) => void = () => {};
  const reported: unknown[] = [];
  backend.keys = () => new Promise((resolve) => (resolveKeys = resolve));
  const handler = timeSeriesHandler(backend, { onError: (error) => reported.push(error) });
  const closed: Promise<unknown>[] = [];
  const other = await serve((request, response) => {
    handler(request, response);
    closed.push(once(response, 'close'));
    if (request.headers['x-respond'] === undefined) request.destroy();
    else response.end('done');
  });
  await expect(fetch(`${other.origin}/keys`)).rejects.toThrow('fetch failed');
  await closed[0];
  resolveKeys([]);
  expect(await (await fetch(`${other.origin}/keys`, { headers: { 'x-respond': 'yes' } })).text()).toBe('done');
  resolveKeys([]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(reported).toEqual([expect.objectContaining({ code: 'ERR_HTTP_HEADERS_SENT' })]);
  await other.close();
});

test('an invalid backend and an invalid path throw immediately', () => {
  expect(() => timeSeriesHandler({} as never)).toThrow('takes a TimeSeriesBackend');
  expect(() => timeSeriesHandler(undefined as never)).toThrow(TypeError);
  expect(() => timeSeriesHandler(createTestBackend().backend, { path: 'metrics' })).toThrow('not "metrics"');
});
