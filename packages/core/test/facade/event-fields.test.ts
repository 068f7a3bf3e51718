import { createMetrics, type Metrics, MetricsError, type Problem } from '../../src/index.js';
import { JournalBackend } from '../journal-backend.js';
import { setUp } from '../set-up.js';

// Plain JavaScript and `any` pass values that the types forbid.
// oxlint-disable-next-line typescript/no-explicit-any -- see above
type Untyped = any;

let backend: JournalBackend;
let problems: Problem[];
let metrics: Metrics;

beforeEach(() => {
  ({ backend, metrics, problems } = setUp());
});

const event = (fields: Untyped): void => metrics.event({ title: 'Deployed', text: 'v2', ...fields });
const check = (fields: Untyped): void => metrics.serviceCheck({ name: 'db', status: 'ok', ...fields });

describe('fields of events and service checks reach every backend in one form', () => {
  test.each([
    ['ok', ['ok', 'OK', 'Ok', 0, '0', -0]],
    ['warning', ['warning', 'WARNING', 'Warning', 1, '1']],
    ['critical', ['critical', 'CRITICAL', 'cRiTiCaL', 2, '2', 2.0]],
    ['unknown', ['unknown', 'UNKNOWN', 'Unknown', 3, '3']],
  ])('a status %s', (status, spellings) => {
    for (const spelling of spellings) check({ status: spelling });
    expect(backend.checks).toEqual(spellings.map(() => ({ name: 'db', status, tags: [] })));
    expect(problems).toEqual([]);
  });

  test.each([
    ['alertType', 'info', ['info', 'INFO', 'Info']],
    ['alertType', 'warning', ['warning', 'WARNING']],
    ['alertType', 'error', ['error', 'Error']],
    ['alertType', 'success', ['success', 'SUCCESS']],
    ['priority', 'normal', ['normal', 'NORMAL']],
    ['priority', 'low', ['low', 'Low']],
  ])('%s %s', (field, word, spellings) => {
    for (const spelling of spellings) event({ [field]: spelling });
    expect(backend.events).toEqual(spellings.map(() => ({ title: 'Deployed', text: 'v2', [field]: word, tags: [] })));
  });

  test.each<[string, unknown, number]>([
    ['seconds', 1_700_000_000, 1_700_000_000],
    ['a fraction of seconds', 1_700_000_000.5, 1_700_000_000.5],
    ['the start of the epoch', 0, 0],
    ['seconds of the far future', 99_999_999_999, 99_999_999_999],
    ['the least milliseconds', 1e11, 1e8],
    ['milliseconds', 1_700_000_000_123, 1_700_000_000.123],
    ['a Date', new Date(1_700_000_000_123), 1_700_000_000.123],
    ['an early Date, which is no number of seconds', new Date(5000), 5],
  ])('a time as %s', (_what, timestamp, seconds) => {
    event({ timestamp });
    check({ timestamp });
    expect(backend.events).toMatchObject([{ timestamp: seconds }]);
    expect(backend.checks).toMatchObject([{ timestamp: seconds }]);
  });

  test.each(['text', 'hostname', 'aggregationKey', 'sourceTypeName', 'instance'])('%s as text', (field) => {
    event({ [field]: 5 });
    event({ [field]: 'a\ud800b' });
    expect(backend.events).toMatchObject([{ [field]: '5' }, { [field]: 'a\ufffdb' }]);
  });

  it('title and name without half characters', () => {
    event({ title: 'a\ud800b' });
    check({ name: '\udc00', message: '\ud800' });
    expect(backend.events).toMatchObject([{ title: 'a\ufffdb' }]);
    expect(backend.checks).toMatchObject([{ name: '\ufffd', message: '\ufffd' }]);
  });

  it('null and undefined are absent, as are empty strings; the text is always there', () => {
    for (const absent of [null, undefined, ''])
      event({ text: absent, hostname: absent, instance: absent, aggregationKey: absent });
    for (const absent of [null, undefined]) event({ alertType: absent, priority: absent, timestamp: absent });
    const plain = { title: 'Deployed', text: '', tags: [] };
    expect(backend.events).toEqual([plain, plain, plain, { ...plain, text: 'v2' }, { ...plain, text: 'v2' }]);
  });

  it('fields of another name do not reach them, and are reported', () => {
    event({ alert_type: 'error', constructor: 'x' });
    event({ constructor: 'x', status: 500 });
    check({ title: 'x', priority: 'low', tags: { a: 1 } });
    expect(backend.events.map(({ text: _text, ...rest }) => Object.keys(rest))).toEqual([
      ['title', 'tags'],
      ['title', 'tags'],
    ]);
    expect(problems.map(({ code, message }) => [code, message])).toEqual([
      ['invalid_options', 'event() has no field "alert_type", so it is ignored.'],
    ]);
    expect(metrics.stats().dropped).toEqual({});
    expect(backend.checks).toEqual([{ name: 'db', status: 'ok', title: 'x', priority: 'low', tags: [['a', '1']] }]);
  });

  it('a huge instance is cut like a tag value', () => {
    event({ instance: 'é'.repeat(10_000) });
    expect(backend.events).toMatchObject([{ instance: 'é'.repeat(200) }]);
  });

  it.each(['title', 'text', 'hostname', 'aggregationKey', 'sourceTypeName'])('a long %s is not cut', (field) => {
    event({ [field]: 'é'.repeat(10_000) });
    expect(backend.events).toMatchObject([{ [field]: 'é'.repeat(10_000) }]);
  });
});

describe('a field of an event or a service check that is not clear drops it as invalid_value and shows the value', () => {
  test.each([
    ['a word of something else', 'down', '"down"'],
    ['no word', '', '""'],
    ['a number beyond', 4, '4'],
    ['a negative number', -1, '-1'],
    ['a fraction', 1.5, '1.5'],
    ['NaN', Number.NaN, 'NaN'],
    ['true', true, 'true'],
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['an array', ['ok'], 'an array'],
    ['an object', { toString: () => 'ok' }, 'an object'],
    ['a symbol', Symbol('ok'), 'Symbol(ok)'],
    ['a property of every array', 'length', '"length"'],
    ['a property of every object', 'constructor', '"constructor"'],
    ['words with spaces', ' ok ', '" ok "'],
  ])('a status that is %s', (_what, status, value) => {
    check({ status });
    expect(backend.checks).toEqual([]);
    expect(metrics.stats().dropped).toEqual({ invalid_value: 1 });
    const message = 'Its status must be ok, warning, critical, unknown, 0, 1, 2, 3.';
    expect(problems).toMatchObject([{ code: 'invalid_value', metric: 'db', value, message }]);
  });

  test.each([
    ['alertType', ['danger', '', 0, 1, '1', true, {}, '__proto__', 'critical']],
    ['priority', ['high', '', 0, 'urgent', [], 'info']],
    [
      'timestamp',
      [Number.NaN, Infinity, -1, 'yesterday', '1700000000', '', 1e15, 1n, true, {}, new Date('x'), Symbol('now'), 1e14],
    ],
    ['text', [{}, [], new Error('no'), () => {}]],
    ['hostname', [{}, ['a']]],
    ['instance', [{}, Symbol('i')]],
    ['aggregationKey', [{}]],
    ['sourceTypeName', [{}]],
  ])('%s', (field, values) => {
    for (const value of values) event({ [field]: value });
    expect(backend.events).toEqual([]);
    expect(metrics.stats().dropped).toEqual({ invalid_value: values.length });
    expect(problems).toMatchObject([
      { code: 'invalid_value', message: expect.stringContaining(`Its ${field} must be`) },
    ]);
  });

  it('in strict mode it throws', () => {
    const strict: Untyped = createMetrics({ backend: new JournalBackend(), strict: true });
    expect(() => strict.event({ title: 'x', text: '', alertType: 'danger' })).toThrow(MetricsError);
    expect(() => strict.serviceCheck({ name: 'x', status: 'down' })).toThrow('"down"');
  });
});

it('the types of events and service checks allow the spellings that are understood', () => {
  metrics.event({ title: 'a', text: '', alertType: 'ERROR', priority: 'Low', timestamp: new Date(1e12) });
  metrics.serviceCheck({ name: 'a', status: 2, timestamp: Date.now() });
  metrics.serviceCheck({ name: 'a', status: '3' });
  metrics.serviceCheck({ name: 'a', status: 'CRITICAL' });
  // @ts-expect-error -- not a status
  metrics.serviceCheck({ name: 'a', status: 4 });
  // @ts-expect-error -- not a kind of alert
  metrics.event({ title: 'a', text: '', alertType: 'danger' });
  expect(backend.events).toHaveLength(1);
  expect(backend.checks).toHaveLength(3);
});
