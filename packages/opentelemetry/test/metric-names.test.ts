// Names by https://opentelemetry.io/docs/specs/otel/metrics/api/#instrument-name-syntax, units by https://ucum.org
import type { TotalKind } from '@metrics/aggregation';
import { seriesOf } from 'test-kit/series-of';
import { attributesOf, defineFamily } from '../src/metric-names.js';

const ROWS = {} as never;
const define = (series: Parameters<typeof defineFamily>[0], kind: TotalKind = 'gauge') =>
  defineFamily(series, kind, () => ROWS);

test.each<[name: string, exported: string]>([
  ['http.server-requests/a_b', 'http.server-requests/a_b'],
  ['AZaz09', 'AZaz09'],
  ['größe😀 in:all', 'gr__e__in_all'],
  ['99th', 'm_99th'],
  ['p99', 'p99'],
  ['_private', 'm__private'],
  ['.', 'm_.'],
  ['lag_ms', 'lag_ms'],
  ['n'.repeat(300), 'n'.repeat(255)],
  ['9'.repeat(300), `m_${'9'.repeat(253)}`],
])('the name %j is exported as %j', (name, exported) => {
  const definition = define(seriesOf('gauge', name, { description: 'what it is' }))!;
  expect(definition).toMatchObject({ name: exported, metric: name, divisor: 1, description: 'what it is' });
  expect(definition.name).toMatch(/^[a-zA-Z][_.\-/a-zA-Z0-9]{0,254}$/);
});

test('a metric without a name is not exported, and names that differ in case only are one', () => {
  expect(define(seriesOf('gauge', ''))).toBeUndefined();
  expect(define(seriesOf('gauge', 'Jobs.Done'))).toMatchObject({ name: 'Jobs.Done', exportedNames: ['jobs.done'] });
});

test.each<[unit: string | undefined, exported: string | undefined]>([
  [undefined, undefined],
  ['bit', 'bit'],
  ['byte', 'By'],
  ['bytes', 'By'],
  ['percent', '%'],
  ['second', 's'],
  ['seconds', 's'],
  ['minute', 'min'],
  ['hour', 'h'],
  ['day', 'd'],
  ['{request}', '{request}'],
  ['By/s', 'By/s'],
  ['!~', '!~'],
  ['a b', 'a_b'],
  ['größe😀', 'gr__e_'],
  ['', ''],
  ['u'.repeat(80), 'u'.repeat(63)],
])('the unit %j is exported as %j', (unit, exported) => {
  expect(define(seriesOf('gauge', 'size', { unit }))!.unit).toBe(exported);
});

test('what is recorded in milliseconds is exported in seconds, without the unit in its name', () => {
  const seconds = { name: 'lag', exportedNames: ['lag'], divisor: 1000, unit: 's' };
  for (const name of ['lag', 'lag_ms', 'lag.milliseconds', 'lag-millis']) {
    expect(define(seriesOf('timing', name, { unit: 'byte' }), 'histogram')).toMatchObject({ ...seconds, rows: ROWS });
    expect(define(seriesOf('gauge', name, { unit: 'ms' }))).toMatchObject(seconds);
  }
});

test('only a histogram has rows', () => {
  for (const kind of ['counter', 'up-down', 'gauge', 'set'] as const)
    expect(define(seriesOf('gauge', 'size'), kind)).toMatchObject({ kind, rows: undefined });
  expect(define(seriesOf('distribution', 'size'), 'histogram')).toMatchObject({ kind: 'histogram', rows: ROWS });
});

test('attributes are tags, each key once and the instance as one of them, of valid UTF-8', () => {
  const of = (tags: [string, string][], instance?: string): string[] =>
    attributesOf({ ...seriesOf('gauge', 'size', { instance }), tags });
  expect(of([])).toEqual([]);
  expect(
    of([
      ['a', '1'],
      ['b', ''],
    ]),
  ).toEqual(['a', '1', 'b', '']);
  expect(
    of(
      [
        ['instance', 'tag'],
        ['z', '1'],
      ],
      'mail',
    ),
  ).toEqual(['instance', 'mail', 'z', '1']);
  expect(
    of(
      [
        ['a\uD800', '1'],
        ['a\uD801', 'x\uD800'],
      ],
      'm\uDC00',
    ),
  ).toEqual(['a\uFFFD', 'x\uFFFD', 'instance', 'm\uFFFD']);
});
