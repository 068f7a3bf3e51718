import type { DatadogSeries } from 'datadog-metrics/lib/metrics.js';
import { eventJson } from '../../src/payload/event-json.js';
import { seriesJson } from '../../src/payload/series-json.js';

const counter: DatadogSeries = {
  metric: 'shop.orders',
  type: 'count',
  points: [[1_790_000_000, 5]],
  host: 'web-1',
  tags: ['country:at', 'method:get'],
};
const bare: DatadogSeries = { ...counter, metric: 'shop.queue', type: 'gauge', host: '', tags: [] };

// https://docs.datadoghq.com/api/latest/metrics/submit-metrics/, version 2
test('version 2 of series', () => {
  expect(seriesJson(counter, 10, 2)).toBe(
    '{"metric":"shop.orders","type":1,"interval":10,"points":[{"timestamp":1790000000,"value":5}],' +
      '"resources":[{"type":"host","name":"web-1"}],"tags":["country:at","method:get"]}',
  );
  expect(seriesJson(bare, 10, 2)).toBe(
    '{"metric":"shop.queue","type":3,"points":[{"timestamp":1790000000,"value":5}]}',
  );
});

// Version 1, documented on the same page
test('version 1 of series', () => {
  expect(seriesJson(counter, 10, 1)).toBe(
    '{"metric":"shop.orders","type":"count","interval":10,"points":[[1790000000,5]],' +
      '"host":"web-1","tags":["country:at","method:get"]}',
  );
  expect(seriesJson(bare, 10, 1)).toBe('{"metric":"shop.queue","type":"gauge","points":[[1790000000,5]]}');
});

// https://docs.datadoghq.com/api/latest/metrics/submit-distribution-points/
test.each([1, 2] as const)('points of a distribution are the same in version %i', (version) => {
  const distribution: DatadogSeries = { ...counter, type: 'distribution', points: [[1_790_000_000, [1, 2.5]]] };
  expect(seriesJson(distribution, 10, version)).toBe(
    '{"metric":"shop.orders","type":"distribution","points":[[1790000000,[1,2.5]]],' +
      '"host":"web-1","tags":["country:at","method:get"]}',
  );
});

test.each([Number.NaN, Infinity, -Infinity])('%d is not written, because JSON would turn it into null', (value) => {
  const invalid: DatadogSeries['points'][number] = [1_790_000_010, value];
  for (const points of [[invalid], [...counter.points, invalid], [invalid, ...counter.points]])
    expect(seriesJson({ ...counter, points }, 10, 2)).toBeUndefined();
});

test('a distribution without values is not written', () => {
  expect(seriesJson({ ...counter, type: 'distribution', points: [[1_790_000_000, []]] }, 10, 2)).toBeUndefined();
});

// https://docs.datadoghq.com/api/latest/events/post-an-event/
test('events', () => {
  const now = 1_790_000_000_500;
  expect(eventJson({ title: 'deployed', text: 'version 7' }, { host: 'web-1', now, tags: ['a:b'] })).toBe(
    '{"title":"deployed","text":"version 7","alert_type":"info","priority":"normal","date_happened":1790000000,' +
      '"host":"web-1","tags":["a:b"]}',
  );
  expect(JSON.parse(eventJson({ title: 'deployed', text: '' }, { host: '', now, tags: [] }))).not.toHaveProperty(
    'host',
  );
  const event = {
    title: '',
    text: 'x'.repeat(5000),
    alertType: 'error',
    priority: 'low',
    aggregationKey: 'k'.repeat(200),
    sourceTypeName: 'node',
    hostname: 'db-1',
    timestamp: 1_789_999_000,
  } as const;
  expect(JSON.parse(eventJson(event, { host: '', now, tags: [] }))).toEqual({
    title: 'untitled',
    text: 'x'.repeat(4000),
    alert_type: 'error',
    priority: 'low',
    date_happened: 1_789_999_000,
    host: 'db-1',
    aggregation_key: 'k'.repeat(100),
    source_type_name: 'node',
  });
});
