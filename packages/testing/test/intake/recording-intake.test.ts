import { X509Certificate } from 'node:crypto';
import { inspect } from 'node:util';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { type IntakeFault, RecordingIntake, type RecordingIntakeOptions } from '../../src/servers.js';
import { IntakeClient, type IntakeRequestOptions } from './intake-client.js';

const NOW = Math.floor(Date.now() / 1000);
const GZIP: IntakeRequestOptions = { encode: (body) => gzipSync(body), headers: { 'content-encoding': 'gzip' } };
const IDENTITY: IntakeRequestOptions = { encode: (body) => body };

let intake: RecordingIntake;
let client: IntakeClient;

async function start(options?: RecordingIntakeOptions): Promise<void> {
  await stop();
  intake = await RecordingIntake.start(options);
  client = new IntakeClient(intake);
}

async function stop(): Promise<void> {
  client?.close();
  await intake?.stop();
}

afterAll(stop);

/** A series of version 1. @see https://docs.datadoghq.com/api/latest/metrics/submit-metrics/ */
const countV1 = (more: object = {}) => ({
  metric: 'shop.jobs',
  type: 'count',
  interval: 10,
  host: 'web-1',
  tags: ['status:200', 'env:test'],
  points: [[NOW, 5]],
  ...more,
});

/** The same series in version 2. */
const countV2 = (more: object = {}) => ({
  metric: 'shop.jobs',
  type: 1,
  interval: 10,
  resources: [{ type: 'host', name: 'web-1' }],
  tags: ['status:200', 'env:test'],
  points: [{ timestamp: NOW, value: 5 }],
  ...more,
});

/** @see https://docs.datadoghq.com/api/latest/metrics/submit-distribution-points/ */
const distribution = (more: object = {}) => ({
  metric: 'shop.query',
  tags: ['table:users'],
  host: 'web-1',
  points: [[NOW, [1.5, 2, 2]]],
  ...more,
});

/** @see https://docs.datadoghq.com/api/latest/events/post-an-event/ */
const event = (more: object = {}) => ({
  title: 'deployed',
  text: 'version 5',
  alert_type: 'info',
  priority: 'low',
  aggregation_key: 'deploy',
  source_type_name: 'ci',
  host: 'web-1',
  date_happened: NOW,
  tags: ['env:test'],
  ...more,
});

describe('valid requests', () => {
  beforeAll(() => start());
  beforeEach(() => intake.clear());

  test.each(['v1', 'v2'] as const)('a count of %s is the same series', async (version) => {
    const reply = await client.series(version, version === 'v1' ? countV1() : countV2());
    expect(reply).toMatchObject({ status: 202, body: version === 'v1' ? '{"status":"ok"}' : '{"errors":[]}' });
    expect(intake.series).toEqual([
      {
        metric: 'shop.jobs',
        type: 'count',
        interval: 10,
        host: 'web-1',
        tags: ['env:test', 'status:200'],
        unit: undefined,
        points: [{ timestamp: NOW, value: 5 }],
      },
    ]);
    expect(intake.violations).toEqual([]);
  });

  test('points of one series add up over requests, whatever the order of its tags', async () => {
    await client.series('v2', countV2(), countV2({ metric: 'shop.level', type: 3, interval: undefined }));
    await client.series('v1', countV1({ tags: ['env:test', 'status:200'], points: [[NOW - 10, 2]] }));
    await client.series('v2', countV2({ tags: ['env:test'], points: [{ timestamp: NOW, value: 4 }] }));
    await client.series('v2', countV2({ metric: 'shop.rate', type: 2, points: [{ timestamp: NOW, value: 0.5 }] }));
    expect(intake.sum('shop.jobs')).toBe(11);
    expect(intake.sum('shop.jobs', { status: 200 })).toBe(7);
    expect(intake.sum('shop.jobs', { status: undefined })).toBe(4);
    expect(intake.sum('shop.jobs', { status: '20' })).toBe(0);
    expect(intake.sum('shop.level')).toBe(0);
    expect(intake.sum('shop.rate')).toBe(5);
    expect(intake.gauge('shop.level')).toBe(5);
    expect(intake.gauge('shop.jobs')).toBeUndefined();
    expect(intake.points('shop.jobs', { status: 200 })).toEqual([
      { timestamp: NOW - 10, value: 2 },
      { timestamp: NOW, value: 5 },
    ]);
    expect([intake.series.length, intake.violations, intake.overwrites]).toEqual([4, [], []]);
  });

  test('distributions keep every value, also of a second that is sent twice', async () => {
    await client.send('/api/v1/distribution_points', { series: [distribution()] });
    await client.send('/api/v1/distribution_points', { series: [distribution({ points: [[NOW, [7]]] })] });
    expect(intake.values('shop.query', { table: 'users' })).toEqual([1.5, 2, 2, 7]);
    expect(intake.values('shop.query', { table: 'other' })).toEqual([]);
    expect(intake.distributions).toEqual([
      {
        metric: 'shop.query',
        host: 'web-1',
        tags: ['table:users'],
        points: [
          { timestamp: NOW, values: [1.5, 2, 2] },
          { timestamp: NOW, values: [7] },
        ],
      },
    ]);
    expect([intake.violations, intake.overwrites]).toEqual([[], []]);
  });

  test('an event arrives with its fields', async () => {
    expect((await client.send('/api/v1/events', event(), IDENTITY)).status).toBe(202);
    expect((await client.send('/api/v1/events', { title: 'bare', text: '' }, IDENTITY)).status).toBe(202);
    expect(intake.events[0]).toEqual({
      title: 'deployed',
      text: 'version 5',
      alertType: 'info',
      priority: 'low',
      aggregationKey: 'deploy',
      sourceTypeName: 'ci',
      host: 'web-1',
      timestamp: NOW,
      tags: ['env:test'],
    });
    expect(intake.events[1]).toMatchObject({ title: 'bare', text: '', timestamp: undefined, tags: [] });
  });

  test('the request is recorded with its size and contents, without its key', async () => {
    await client.series(
      'v2',
      countV2({
        points: [
          { timestamp: NOW, value: 1 },
          { timestamp: NOW - 1, value: 1 },
        ],
      }),
    );
    const [request] = intake.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/api/v2/series', apiKey: 'right', points: 2, status: 202 });
    expect(request).toMatchObject({ fault: 'ok', violations: [], headers: { 'content-encoding': 'deflate' } });
    expect(request?.decompressedBytes).toBe(request?.body?.length);
    expect(request?.bytes).toBe(deflateSync(request?.body ?? '').length);
    expect(JSON.parse(request?.body ?? '')).toMatchObject({ series: [{ metric: 'shop.jobs' }] });
    expect(Object.keys(request?.headers ?? {})).not.toContain('dd-api-key');
    expect(request?.time).toBeGreaterThan(NOW * 1000 - 1);
  });

  test('codings: none, deflate and gzip for series', async () => {
    await client.send('/api/v2/series', { series: [countV2()] }, GZIP);
    await client.send('/api/v1/series', { series: [countV1({ points: [[NOW - 1, 5]] })] }, IDENTITY);
    expect([intake.sum('shop.jobs'), intake.violations]).toEqual([10, []]);
  });

  test('a key is validated', async () => {
    const reply = await client.send('/api/v1/validate', '', { method: 'GET' });
    expect(reply).toMatchObject({ status: 200, body: '{"valid":true}' });
    expect(intake.violations).toEqual([]);
  });
});

describe('invalid requests are rejected, not stored, and listed as violations', () => {
  beforeAll(() => start());
  beforeEach(() => intake.clear());

  const points = (...given: readonly unknown[]) => ({ points: given });
  type Case = [what: string, path: string, body: unknown, violation: string, options?: IntakeRequestOptions];
  const v1 = (what: string, more: object, violation: string): Case => [
    what,
    '/api/v1/series',
    { series: [countV1(more)] },
    `series[0]: ${violation}`,
  ];
  const v2 = (what: string, more: object, violation: string): Case => [
    what,
    '/api/v2/series',
    { series: [countV2(more)] },
    `series[0]: ${violation}`,
  ];
  const values = (what: string, more: object, violation: string): Case => [
    what,
    '/api/v1/distribution_points',
    { series: [distribution(more)] },
    `series[0]: ${violation}`,
  ];
  const events = (what: string, more: object, violation: string): Case => [
    what,
    '/api/v1/events',
    event(more),
    violation,
    IDENTITY,
  ];

  const cases: readonly Case[] = [
    v1('NaN, which JSON writes as null', points([NOW, null]), 'value null is not a number'),
    v1('a number as a string', points([NOW, '5']), 'value "5" is not a number'),
    v1('a point of three', points([NOW, 5, 6]), `point [${NOW},5,6] is not a pair`),
    v1(
      'a point as an object',
      points({ timestamp: NOW, value: 5 }),
      `point {"timestamp":${NOW},"value":5} is not a pair`,
    ),
    v1('no points', points(), 'points is [], not a non-empty list'),
    v1('half a second', points([NOW + 0.5, 5]), `timestamp ${NOW + 0.5} is not a whole number of seconds`),
    v1('milliseconds', points([NOW * 1000, 5]), `timestamp ${NOW * 1000} is `),
    v1('eleven minutes ahead', points([NOW + 665, 5]), `timestamp ${NOW + 665} is 66`),
    v1('more than an hour old', points([NOW - 3601, 5]), `timestamp ${NOW - 3601} is 360`),
    v1('a type of version 2', { type: 1 }, 'type is 1, not one of count, rate, gauge'),
    v1(
      'a count without interval',
      { interval: undefined },
      'interval is missing, not a whole number of seconds, for a count',
    ),
    v1(
      'a rate over no time',
      { type: 'rate', interval: 0 },
      'interval is 0, not a whole number of seconds, for a rate',
    ),
    v1('a host that is empty', { host: '' }, 'host is "", not a non-empty string'),
    v1('a field of version 2', { resources: [] }, 'there is no field "resources"'),
    v1('tags as an object', { tags: { env: 'test' } }, 'tags are {"env":"test"}, not a list'),
    v1(
      'a tag that is not a string',
      { tags: [5] },
      'tag 5 is not a string of at most 200 printable characters that starts with a letter',
    ),
    v1(
      'a tag that starts with a digit',
      { tags: ['1:a'] },
      'tag "1:a" is not a string of at most 200 printable characters that starts with a letter',
    ),
    v1(
      'a tag with a line break',
      { tags: ['a:b\nc'] },
      'tag "a:b\\nc" is not a string of at most 200 printable characters that starts with a letter',
    ),
    v1(
      'a tag with a comma',
      { tags: ['a:b,c'] },
      'tag "a:b,c" is not a string of at most 200 printable characters that starts with a letter',
    ),
    v1('a tag of 201 characters', { tags: [`a:${'x'.repeat(199)}`] }, 'tag "a:xxx'),
    v1('a tag twice', { tags: ['a:b', 'a:b'] }, 'tag "a:b" is sent twice'),
    v1(
      'a name that starts with a digit',
      { metric: '5xx' },
      'metric "5xx" is not a string of at most 200 ASCII letters',
    ),
    v1('a name with a dash', { metric: 'a-b' }, 'metric "a-b" is not a string of at most 200 ASCII letters'),
    v1('a name of 201 characters', { metric: 'x'.repeat(201) }, 'metric "xxxx'),
    v1('no name', { metric: undefined }, 'metric missing is not a string of at most 200 ASCII letters'),
    v2('a type of version 1', { type: 'count' }, 'type is "count", not 1 (count), 2 (rate) or 3 (gauge)'),
    v2('an unknown type', { type: 0 }, 'type is 0, not 1 (count)'),
    v2('a point as a pair', points([NOW, 5]), `[${NOW},5] is not an object`),
    v2('Infinity, which JSON writes as null', points({ timestamp: NOW, value: null }), 'value null is not a number'),
    v2('a host of version 1', { host: 'web-1' }, 'there is no field "host"'),
    v2(
      'a resource without a name',
      { resources: [{ type: 'host' }] },
      'the name of a resource is missing, not a non-empty string',
    ),
    v2('two hosts', { resources: ['a', 'b'].map((name) => ({ type: 'host', name })) }, 'there is more than one host'),
    v2('a unit that is not a string', { unit: 5 }, 'unit is 5, not a non-empty string'),
    values('a point without values', points([NOW, []]), 'the values of a point is [], not a non-empty list'),
    values('a single value', points([NOW, 5]), 'the values of a point is 5, not a non-empty list'),
    values('a value that is not a number', points([NOW, [1, null]]), 'value null is not a number'),
    values('an interval', { interval: 10 }, 'there is no field "interval"'),
    values('a count', { type: 'count' }, 'type is "count", not one of distribution'),
    events('no title', { title: undefined }, 'title is missing, not a non-empty string'),
    events(
      'text of 4001 characters',
      { text: '\u{1F600}'.repeat(4001) },
      'text has 4001 characters, at most 4000 are allowed',
    ),
    events('a key of 101 characters', { aggregation_key: 'x'.repeat(101) }, 'aggregation_key has 101 characters'),
    events('an unknown alert type', { alert_type: 'fatal' }, 'alert_type is "fatal", not one of error, warning'),
    events('an event of yesterday', { date_happened: NOW - 24 * 3600 }, `timestamp ${NOW - 24 * 3600} is 864`),
    ['a list', '/api/v2/series', [countV2()], '[{"metric":"shop.jobs"'],
    ['no series at all', '/api/v2/series', { series: [] }, 'series is [], not a non-empty list'],
    ['half a JSON', '/api/v2/series', Buffer.from('{"series":['), 'the body is not JSON'],
    [
      'Latin-1',
      '/api/v2/series',
      Buffer.from(JSON.stringify({ series: [countV2({ tags: ['a:\u00e9'] })] }), 'latin1'),
      'the body is not UTF-8',
    ],
    [
      'raw deflate',
      '/api/v2/series',
      { series: [countV2()] },
      'the body is not deflate with the zlib header',
      { encode: (body) => deflateRawSync(body), headers: { 'content-encoding': 'deflate' } },
    ],
    [
      'gzip for distributions',
      '/api/v1/distribution_points',
      { series: [distribution()] },
      'Content-Encoding "gzip" is not documented for this path',
      GZIP,
    ],
    ['a coded event', '/api/v1/events', event(), 'Content-Encoding "deflate" is not documented for this path'],
    [
      'zstd',
      '/api/v2/series',
      { series: [countV2()] },
      'this intake cannot decompress zstd1',
      { encode: (body) => body, headers: { 'content-encoding': 'zstd1' } },
    ],
    [
      'a form',
      '/api/v2/series',
      { series: [countV2()] },
      'Content-Type is "text/plain", not application/json',
      { headers: { 'content-type': 'text/plain' } },
    ],
  ];
  test.each([...cases])('%s', async (...[, path, body, violation, options]) => {
    const { status, body: responseBody } = await client.send(path, body, options);
    expect(status).toBe(400);
    expect(intake.violations).toHaveLength(1);
    expect(intake.violations[0]).toContain(`POST ${path}: ${violation}`);
    expect(JSON.parse(responseBody)).toEqual({ errors: intake.requests[0]?.violations });
    expect([intake.series, intake.distributions, intake.events]).toEqual([[], [], []]);
  });

  test('one invalid point rejects the whole request', async () => {
    await client.series('v2', countV2(), countV2({ points: [{ timestamp: NOW, value: null }] }));
    expect(intake.violations).toEqual(['POST /api/v2/series: series[1]: value null is not a number']);
    expect(intake.sum('shop.jobs')).toBe(0);
  });

  test('the option now determines which points are too old', async () => {
    const later = await RecordingIntake.start({ now: () => (NOW + 3605) * 1000 });
    const other = new IntakeClient(later);
    expect((await other.series('v2', countV2())).status).toBe(400);
    expect((await other.series('v2', countV2({ points: [{ timestamp: NOW + 4000, value: 1 }] }))).status).toBe(202);
    expect(later.violations).toEqual([`POST /api/v2/series: series[0]: timestamp ${NOW} is 3605 seconds old`]);
    other.close();
    await later.stop();
  });

  test('an unknown path or method', async () => {
    expect((await client.send('/api/v2/logs', {})).status).toBe(404);
    expect((await client.send('/api/v2/series', {}, { method: 'PUT' })).status).toBe(405);
    expect(intake.violations).toEqual([
      'POST /api/v2/logs: there is no such path',
      'PUT /api/v2/series: this path accepts POST only',
    ]);
  });

  test('a metric of two types', async () => {
    await client.series('v2', countV2());
    await client.series('v2', countV2({ type: 3, tags: ['env:other'] }));
    await client.send('/api/v1/distribution_points', { series: [distribution({ metric: 'shop.jobs' })] });
    expect(intake.violations).toEqual([
      'metric shop.jobs was sent as a count and as a gauge',
      'metric shop.jobs was sent as a count and as a distribution',
    ]);
  });

  test('a second point of the same series and second, in two requests and in one', async () => {
    await client.series('v2', countV2());
    await client.series('v1', countV1({ points: [[NOW, 7]] }));
    const twice = { timestamp: NOW - 5, value: 1 };
    await client.series('v2', countV2({ points: [twice, { ...twice, value: 2 }] }));
    const series = { metric: 'shop.jobs', host: 'web-1', tags: ['env:test', 'status:200'] };
    expect(intake.overwrites).toEqual([
      { ...series, timestamp: NOW, lost: 5, kept: 7 },
      { ...series, timestamp: NOW - 5, lost: 1, kept: 2 },
    ]);
    expect(intake.sum('shop.jobs')).toBe(9);
    await client.series('v1', countV1({ host: 'web-2', points: [[NOW, 1]] }));
    expect([intake.overwrites.length, intake.sum('shop.jobs')]).toEqual([2, 10]);
  });
});

describe('keys', () => {
  const secret = 'f4c0ffee0123456789abcdef01234567';
  beforeAll(() => start({ apiKey: secret }));
  beforeEach(() => intake.clear());

  test.each([
    ['wrong', { 'dd-api-key': 'other' }, 'wrong'],
    ['empty', { 'dd-api-key': '' }, 'missing'],
  ])('%s is 403', async (_what, headers, apiKey) => {
    expect((await client.send('/api/v2/series', { series: [countV2()] }, { headers })).status).toBe(403);
    expect(intake.violations).toEqual([`POST /api/v2/series: the API key in the header DD-API-KEY is ${apiKey}`]);
    expect(intake.requests[0]).toMatchObject({ apiKey, status: 403 });
    expect(intake.sum('shop.jobs')).toBe(0);
  });

  test('the right key is accepted and never shown', async () => {
    const headers = { 'dd-api-key': secret };
    expect((await client.send('/api/v2/series', { series: [countV2()] }, { headers })).status).toBe(202);
    expect(intake.requests[0]?.apiKey).toBe('right');
    expect(inspect(intake, { depth: 10, showHidden: true }) + JSON.stringify(intake.requests)).not.toContain(secret);
  });

  test('secrets in the query and secrets that are not needed are violations', async () => {
    const headers = { 'dd-api-key': secret, 'dd-application-key': 'also secret' };
    await client.send(`/api/v2/series?api_key=${secret}`, { series: [countV2()] }, { headers });
    expect(intake.violations).toEqual([
      'POST /api/v2/series: api_key is in the query, which servers log',
      'POST /api/v2/series: DD-APPLICATION-KEY is not needed by this intake',
    ]);
    expect(intake.requests[0]?.path).toBe('/api/v2/series');
  });
});

describe('sizes', () => {
  beforeEach(() => intake.clear());
  /** Returns a series of one point, with an ignored field of the given length. */
  const weighing = (bytes: number): Buffer => {
    const text = JSON.stringify({ series: [countV2({ metadata: '' })] });
    return Buffer.from(text.replace('"metadata":""', `"metadata":"${'x'.repeat(bytes - text.length)}"`));
  };

  test('bytes as sent: 512,000 for version 2', async () => {
    await start();
    expect((await client.send('/api/v2/series', weighing(512_000), IDENTITY)).status).toBe(202);
    expect((await client.send('/api/v2/series', weighing(512_001), IDENTITY)).status).toBe(413);
    expect(intake.violations).toEqual(['POST /api/v2/series: a body of 512001 bytes, at most 512000 are allowed']);
    expect(intake.requests.map(({ bytes, body }) => [bytes, body])).toEqual([
      [512_000, undefined],
      [512_001, undefined],
    ]);
  });

  test('bytes decompressed: 5,242,880 for version 2, and a bomb is not unpacked', async () => {
    expect((await client.send('/api/v2/series', weighing(5_242_880))).status).toBe(202);
    expect((await client.send('/api/v2/series', weighing(5_242_881))).status).toBe(413);
    expect((await client.send('/api/v2/series', Buffer.alloc(200_000_000))).status).toBe(413);
    expect(new Set(intake.violations)).toEqual(
      new Set(['POST /api/v2/series: a body of more than 5242880 bytes decompressed']),
    );
  });

  test('a body larger than any path accepts is read to its end, not kept', async () => {
    expect((await client.send('/api/v1/series', Buffer.alloc(10_000_000), IDENTITY)).status).toBe(413);
    expect(intake.violations).toEqual(['POST /api/v1/series: a body of 10000000 bytes, at most 3200000 are allowed']);
  });

  test('requests above lower limits get status 413 and are no violation, to test splitting', async () => {
    await start({ limits: { points: 1 } });
    const two = { points: [1, 2].map((value) => ({ timestamp: NOW - value, value })) };
    expect((await client.series('v2', countV2(two))).status).toBe(413);
    expect((await client.series('v2', countV2())).status).toBe(202);
    expect([intake.violations, intake.sum('shop.jobs'), intake.requests[0]?.points]).toEqual([[], 5, 2]);
    await start({ limits: { body: 50 } });
    expect((await client.series('v2', countV2())).status).toBe(413);
    await start({ limits: { decompressed: 50 } });
    expect((await client.series('v2', countV2())).status).toBe(413);
    expect(intake.violations).toEqual([]);
  });

  test('points beyond maxPoints are a violation and not kept', async () => {
    await start({ maxPoints: 4 });
    await client.send('/api/v1/distribution_points', { series: [distribution()] });
    await client.send('/api/v1/distribution_points', { series: [distribution()] });
    expect(intake.values('shop.query')).toHaveLength(3);
    expect(intake.violations).toEqual(['more than 4 points were sent: raise maxPoints, or call clear() in between']);
    intake.clear();
    await client.send('/api/v1/distribution_points', { series: [distribution()] });
    expect([intake.values('shop.query').length, intake.violations]).toEqual([3, []]);
    await expect(RecordingIntake.start({ maxPoints: 0 })).rejects.toThrow(
      'maxPoints must be an integer from 1 to 9007199254740991, not 0.',
    );
  });
});

describe.each([true, false])('faults, with tls: %s', (tls) => {
  beforeAll(() => start({ tls }));
  beforeEach(() => intake.clear());
  afterEach(() => {
    intake.script([]);
    intake.outage(false);
  });
  let value = 0;
  const send = (options: IntakeRequestOptions = {}) =>
    client.send(
      '/api/v2/series',
      { series: [countV2({ points: [{ timestamp: NOW, value: (value += 1) }] })] },
      options,
    );
  /** Sends a request to which the end of a response never arrives, and aborts it when the intake has recorded it. */
  const sendInVain = (body?: object) => {
    const recorded = intake.requests.length;
    const abort = intake.waitFor(({ requests }) => requests.length > recorded);
    return body === undefined ? send({ abort }) : client.send('/api/v2/series', body, { abort });
  };

  test('a script applies to one request after the other, and then the intake works normally', async () => {
    const date = new Date('2030-01-02T03:04:05Z');
    intake.script([503, { status: 429, retryAfter: 7 }, { status: 429, retryAfter: date }, 'ok', 413]);
    const replies = [await send(), await send(), await send(), await send(), await send(), await send()];
    expect(replies.map(({ status }) => status)).toEqual([503, 429, 429, 202, 413, 202]);
    expect(replies[1]?.headers['retry-after']).toBe('7');
    expect(replies[2]?.headers['retry-after']).toBe('Wed, 02 Jan 2030 03:04:05 GMT');
    expect(JSON.parse(replies[0]?.body ?? '')).toEqual({ errors: ['status 503, as scripted'] });
    expect(intake.requests.map(({ status }) => status)).toEqual([503, 429, 429, 202, 413, 202]);
    expect(intake.overwrites).toHaveLength(1);
    expect(intake.violations).toEqual([]);
  });

  test('afterwards can be a fault as well', async () => {
    intake.script(['ok'], { afterwards: 500 });
    expect([(await send()).status, (await send()).status, (await send()).status]).toEqual([202, 500, 500]);
    expect((await client.send('/api/v1/validate', '', { method: 'GET' })).status).toBe(200);
  });

  test('202 with errors in its body stores nothing', async () => {
    intake.script([{ status: 202, errors: ['payload dropped'] }]);
    expect(await send()).toMatchObject({ status: 202, body: '{"errors":["payload dropped"]}' });
    expect(intake.points('shop.jobs')).toEqual([]);
  });

  test('a redirect names another origin, which sees whether a key comes along', async () => {
    const other = await RecordingIntake.start();
    intake.script([{ status: 307, redirect: other.url }]);
    const { status, headers } = await send();
    expect([status, headers['location']]).toEqual([307, `${other.url}/api/v2/series`]);
    expect(other.requests).toEqual([]);
    const follower = new IntakeClient(other);
    await follower.send('/api/v2/series', { series: [countV2()] });
    expect(other.requests[0]?.apiKey).toBe('right');
    follower.close();
    await other.stop();
  });

  test('hang: the request is recorded, a response never arrives', async () => {
    intake.script(['hang']);
    await expect(sendInVain()).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    expect(intake.requests[0]).toMatchObject({ status: undefined, points: 1, fault: 'hang' });
    expect(intake.points('shop.jobs')).toEqual([]);
  });

  test('stall: headers and a few bytes arrive, but never an end; the points are stored', async () => {
    intake.script([
      { status: 202, stall: 5 },
      { status: 503, stall: 5 },
    ]);
    await expect(sendInVain()).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    expect(intake.points('shop.jobs')).toEqual([{ timestamp: NOW, value }]);
    await expect(sendInVain()).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    await send();
    // The response that never ended did not acknowledge anything, so the client was right to send it again.
    expect([intake.points('shop.jobs'), intake.overwrites]).toEqual([[{ timestamp: NOW, value }], []]);
    expect(intake.requests.map(({ status }) => status)).toEqual([202, 503, 202]);
  });

  test('reset: the connection breaks, nothing is stored', async () => {
    intake.script(['reset', 'reset-early']);
    await expect(send()).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(send()).rejects.toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) });
    expect(intake.requests.map(({ status, points }) => [status, points])).toEqual([
      [undefined, 1],
      [undefined, 0],
    ]);
    expect(intake.points('shop.jobs')).toEqual([]);
    expect((await send()).status).toBe(202);
  });

  test('lost-response: the connection breaks after the payload was stored; sending it again overwrites without loss', async () => {
    intake.script(['lost-response']);
    await expect(send()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(intake.points('shop.jobs')).toEqual([{ timestamp: NOW, value }]);
    value -= 1;
    await send();
    expect([intake.points('shop.jobs'), intake.overwrites]).toEqual([[{ timestamp: NOW, value }], []]);
  });

  test('two points of one second in one request overwrite each other, with or without a response', async () => {
    intake.script(['lost-response']);
    const points = [1, 2].map((each) => ({ timestamp: NOW, value: each }));
    await expect(client.series('v2', countV2({ points }))).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(intake.overwrites).toMatchObject([{ lost: 1, kept: 2 }]);
  });

  test('an invalid request is a violation under any fault', async () => {
    intake.script([503, 'hang', { status: 200 }]);
    const wrong = { series: [countV2({ metric: '5' })] };
    await client.send('/api/v2/series', wrong);
    await expect(sendInVain(wrong)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    await client.send('/api/v2/series', wrong);
    expect(intake.violations).toHaveLength(3);
    expect(intake.series).toEqual([]);
  });

  test.each(tls ? (['reset', 'handshake', 'silent'] as const) : (['reset', 'silent'] as const))(
    'outage: every connection is %s until it is over',
    async (kind) => {
      const before = intake.refused;
      expect((await send()).status).toBe(202);
      intake.outage(kind);
      const code = { reset: 'ECONNRESET', handshake: 'EPROTO', silent: 'ETIMEDOUT' }[kind];
      const options = kind === 'silent' ? { timeout: 100 } : {};
      await expect(send(options)).rejects.toMatchObject({ code: expect.stringMatching(`${code}|ECONNRESET`) });
      await expect(send(options)).rejects.toMatchObject({ code });
      await intake.waitFor(() => intake.refused > before);
      expect(intake.requests).toHaveLength(1);
      intake.outage(false);
      await expect(retry(send)).resolves.toMatchObject({ status: 202 });
    },
  );

  test('other faults are rejected', () => {
    const wrong = (fault: unknown) => () => intake.script([fault as IntakeFault]);
    expect(wrong('slow')).toThrow(new TypeError('There is no fault "slow": see IntakeFault'));
    expect(wrong(null)).toThrow(TypeError);
    expect(wrong(99)).toThrow(new RangeError('The status of a fault must be an integer from 200 to 599, not 99'));
  });
});

describe('lifecycle', () => {
  test('the certificate is valid for this machine, contains its own key, and is a new one each time', async () => {
    await start();
    const certificate = new X509Certificate(intake.ca);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.subjectAltName).toBe('DNS:localhost, DNS:api.localhost, IP Address:127.0.0.1');
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect([certificate.checkHost('localhost'), certificate.checkHost('example.org')]).toEqual([
      'localhost',
      undefined,
    ]);
    expect([certificate.ca, certificate.subject]).toEqual([true, 'CN=localhost']);
    expect(Date.parse(certificate.validFrom)).toBe(Date.UTC(2000, 0, 1));
    expect(Date.parse(certificate.validTo)).toBe(Date.UTC(2049, 11, 31, 23, 59, 59));
    const { ca } = intake;
    await start();
    expect(new X509Certificate(intake.ca).serialNumber).not.toBe(new X509Certificate(ca).serialNumber);
  });

  test('a client that does not trust the certificate is not served', async () => {
    await expect(fetch(`${intake.url}/api/v1/validate`)).rejects.toMatchObject({
      cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    });
    expect(intake.requests).toEqual([]);
  });

  test('waiting ends when the condition holds, with its error, or with what arrived after the timeout', async () => {
    const waiting = intake.waitFor(({ events }) => events.length === 1);
    await client.send('/api/v1/events', event(), IDENTITY);
    await waiting;
    await expect(intake.waitFor(() => JSON.parse('{'))).rejects.toThrow(SyntaxError);
    const late = intake.waitFor(() => false, { timeout: 20 });
    await expect(late).rejects.toThrow(
      /^Timed out after 20 ms.*\n.*POST \/api\/v1\/events: 1 points, 202\nevent deployed$/,
    );
    const stopped = intake.waitFor(() => false);
    await Promise.all([
      expect(stopped).rejects.toThrow('The intake was stopped. What arrived:'),
      intake.stop(),
      intake.stop(),
    ]);
    await expect(fetch(intake.url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    expect(intake.events).toHaveLength(1);
  });

  test('it stops even if requests hang', async () => {
    const hanging = await RecordingIntake.start();
    const waiting = new IntakeClient(hanging);
    hanging.script(['hang', { status: 200, stall: 1 }]);
    const pending = waiting.send('/api/v2/series', { series: [countV2()] });
    await hanging.waitFor(({ requests }) => requests.length === 1);
    const [reply] = await Promise.allSettled([pending, hanging[Symbol.asyncDispose]()]);
    expect(reply.status).toBe('rejected');
    waiting.close();
  });

  test('it describes what arrived', async () => {
    await start();
    expect(String(intake)).toBe('nothing arrived');
    await client.series('v2', countV2(), countV2({ metric: 'shop.level', type: 3, tags: [] }));
    await client.series('v2', countV2({ points: [{ timestamp: NOW, value: 6 }] }));
    await client.send('/api/v1/distribution_points', { series: [distribution()] });
    await client.send('/api/v2/other', {});
    expect(inspect(intake)).toBe(
      [
        'violation POST /api/v2/other: there is no such path',
        `overwrite shop.jobs at ${NOW}: 5 by 6`,
        'POST /api/v2/series: 2 points, 202',
        'POST /api/v2/series: 1 points, 202',
        'POST /api/v1/distribution_points: 3 points, 202',
        'POST /api/v2/other: 0 points, 404',
        'count shop.jobs{env:test,status:200} 6',
        'gauge shop.level 5',
        'distribution shop.query{table:users} 1.5, 2, 2',
      ].join('\n'),
    );
  });
});

/** Tries several times: the first requests after an outage may still use a connection that it broke. */
async function retry<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let left = 5; ; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}
