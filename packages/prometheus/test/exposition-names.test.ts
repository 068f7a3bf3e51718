// Names, by https://prometheus.io/docs/practices/naming and https://prometheus.io/docs/concepts/data_model
import type { TotalKind } from '@metrics/aggregation';
import { seriesOf } from 'test-kit/series-of';
import { defineFamily, escapeHelp, labelsOf, toLabelName } from '../src/exposition-names.js';

const ROWS = {} as never;

test.each<[name: string, unit: string | undefined, kind: TotalKind, exported: string, unitAndDivisor: unknown[]]>([
  // The suffixes of a counter and of a unit are there once.
  ['jobs', undefined, 'counter', 'jobs', [undefined, 1]],
  ['jobs_total', undefined, 'counter', 'jobs', [undefined, 1]],
  ['jobs.total', undefined, 'counter', 'jobs', [undefined, 1]],
  ['total_jobs', undefined, 'counter', 'total_jobs', [undefined, 1]],
  ['_total_jobs', undefined, 'counter', '_total_jobs', [undefined, 1]],
  ['total', undefined, 'counter', 'total', [undefined, 1]],
  ['_total', undefined, 'counter', '_total', [undefined, 1]],
  ['jobs_total', undefined, 'up-down', 'jobs_total', [undefined, 1]],
  ['jobs_total', undefined, 'gauge', 'jobs_total', [undefined, 1]],
  ['sent_total', 'byte', 'counter', 'sent_bytes', ['bytes', 1]],
  ['sent', 'byte', 'gauge', 'sent_bytes', ['bytes', 1]],
  ['sent_bytes', 'byte', 'gauge', 'sent_bytes', ['bytes', 1]],
  ['bytes', 'byte', 'gauge', 'bytes', ['bytes', 1]],
  ['_bytes_sent', 'byte', 'gauge', '_bytes_sent_bytes', ['bytes', 1]],
  ['megabytes', 'byte', 'gauge', 'megabytes_bytes', ['bytes', 1]],
  ['speed', 'bit', 'gauge', 'speed_bits', ['bits', 1]],
  ['age', 'second', 'gauge', 'age_seconds', ['seconds', 1]],
  ['age', 's', 'gauge', 'age_seconds', ['seconds', 1]],
  ['load', 'percent', 'gauge', 'load_percent', ['percent', 1]],
  ['load', 'größe', 'gauge', 'load_gr__e', ['gr__e', 1]],
  ['load', 'a/b', 'gauge', 'load_a_b', ['a_b', 1]],
  ['load', 'constructor', 'gauge', 'load_constructor', ['constructor', 1]],
  ['load', '', 'gauge', 'load', [undefined, 1]],
  // Milliseconds are exported in seconds, and only what is recorded in them loses the suffix.
  ['lag_ms', 'ms', 'gauge', 'lag_seconds', ['seconds', 1000]],
  ['lag.milliseconds', 'millisecond', 'histogram', 'lag_seconds', ['seconds', 1000]],
  ['lag_ms', undefined, 'gauge', 'lag_ms', [undefined, 1]],
  ['lag_ms', 'byte', 'gauge', 'lag_ms_bytes', ['bytes', 1]],
  // Characters.
  ['http.server-requests/s', undefined, 'gauge', 'http_server_requests_s', [undefined, 1]],
  ['a:b', undefined, 'gauge', 'a_b', [undefined, 1]],
  ['größe😀', undefined, 'gauge', 'gr__e_', [undefined, 1]],
  ['AZaz09_', undefined, 'gauge', 'AZaz09_', [undefined, 1]],
  ['99th', undefined, 'gauge', '_99th', [undefined, 1]],
  ['p99', undefined, 'gauge', 'p99', [undefined, 1]],
])('%j in %j is exported as a %s %s', (name, unit, kind, exported, unitAndDivisor) => {
  const definition = defineFamily(seriesOf('gauge', name, { unit, description: 'what it is' }), kind, () => ROWS)!;
  expect([definition.name, definition.unit, definition.divisor]).toEqual([exported, ...unitAndDivisor]);
  expect(definition).toMatchObject({ kind, metric: name, description: 'what it is' });
});

test('a timing is in seconds, whatever its name and unit say', () => {
  for (const unit of [undefined, 'millisecond', 'byte'])
    for (const name of ['query', 'query.ms', 'query_millis', 'query_seconds'])
      expect(defineFamily(seriesOf('timing', name, { unit }), 'histogram', () => ROWS)).toMatchObject({
        name: 'query_seconds',
        unit: 'seconds',
        divisor: 1000,
        rows: ROWS,
      });
});

test.each<[TotalKind, string[]]>([
  ['counter', ['size_total', 'size']],
  ['up-down', ['size']],
  ['gauge', ['size']],
  ['set', ['size']],
  ['histogram', ['size', 'size_bucket', 'size_sum', 'size_count']],
])('a %s occupies all names that its samples have, and only a histogram has buckets', (kind, names) => {
  const { exportedNames, rows } = defineFamily(seriesOf('gauge', 'size'), kind, () => ROWS)!;
  expect([exportedNames, rows]).toEqual([names, kind === 'histogram' ? ROWS : undefined]);
});

test('a metric without a name is not exported', () => {
  expect(defineFamily(seriesOf('gauge', ''), 'gauge', () => ROWS)).toBeUndefined();
  expect(defineFamily(seriesOf('gauge', '.'), 'gauge', () => ROWS)).toMatchObject({ name: '_' });
});

test.each([
  ['queue', 'queue'],
  ['http.method', 'http_method'],
  ['1st', '_1st'],
  ['a1', 'a1'],
  ['', 'label'],
  ['.', 'label'],
  ['__', 'label'],
  ['___', 'label'],
  ['_private', '_private'],
  ['__name__', '_name__'],
  ['....a', '_a'],
  ['a__b', 'a__b'],
  ['le', 'exported_le'],
  ['job', 'exported_job'],
  ['instance', 'exported_instance'],
  ['LE', 'LE'],
  ['a:b', 'a_b'],
])('the tag %j is the label %s', (tag, label) => {
  expect(toLabelName(tag)).toBe(label);
});

test('labels are sorted, each under a different name, and those without a value are dropped', () => {
  const labels = (tags: [string, string][], instance?: string): string[] =>
    labelsOf({ ...seriesOf('gauge', 'size', { instance }), tags }, 'exported_instance');
  expect(labels([])).toEqual([]);
  expect(labels([], '')).toEqual([]);
  expect(
    labels(
      [
        ['b', '1'],
        ['a', '2'],
        ['empty', ''],
      ],
      'mail',
    ),
  ).toEqual(['a="2"', 'b="1"', 'exported_instance="mail"']);
  expect(
    labels([
      ['a.b', '1'],
      ['a_b', '2'],
      ['a-b', '3'],
      ['a_b_', '4'],
    ]),
  ).toEqual(['a_b="1"', 'a_b_="2"', 'a_b__="3"', 'a_b___="4"']);
  expect(labels([['instance', 'x']], 'mail')).toEqual(['exported_instance="x"', 'exported_instance_="mail"']);
  // One that is dropped takes no name.
  expect(
    labels([
      ['a.b', ''],
      ['a_b', '2'],
    ]),
  ).toEqual(['a_b="2"']);
});

test('values and descriptions are escaped by the rules of the text format, and are valid UTF-8', () => {
  // https://prometheus.io/docs/instrumenting/exposition_formats/#comments-help-text-and-type-information
  const text = 'a\\b\nc"d\0e\uD800f😀\\n\\\n"';
  expect(escapeHelp(text)).toBe(String.raw`a\\b\nc"d` + '\uFFFDe\uFFFDf😀' + String.raw`\\n\\\n"`);
  expect(labelsOf(seriesOf('gauge', 'size', { tags: { a: text } }), 'worker')).toEqual([
    String.raw`a="a\\b\nc\"d` + '\uFFFDe\uFFFDf😀' + String.raw`\\n\\\n\""`,
  ]);
});
