import { describeWith } from 'test-kit/describe-with';
import { seriesOf } from 'test-kit/series-of';
import { VictoriaMetrics } from 'test-kit/victoria-metrics';
import { DatadogMetricsBackend } from '../src/index.js';
import { KEY } from './started.js';

describeWith('victoria-metrics')('VictoriaMetrics', () => {
  test.each([
    ['http', false],
    ['https with a local authority', true],
  ])('stores counters, gauges, sets and histograms sent over %s', async (_protocol, tls) => {
    await using server = await VictoriaMetrics.start({ tls });
    const backend = new DatadogMetricsBackend({
      apiKey: KEY,
      baseUrl: server.baseUrl,
      ca: server.ca,
      seriesVersion: 1,
      timings: 'histogram',
      host: 'web-1',
      processTag: false,
    });
    backend.open(0, seriesOf('counter', 'shop.orders', { tags: { country: 'at' }, instance: 'one' }));
    backend.open(1, seriesOf('gauge', 'shop.queue'));
    backend.open(2, seriesOf('set', 'shop.users'));
    backend.open(3, seriesOf('timing', 'shop.query'));
    for (const seconds of [0, 1]) {
      backend.incr(0, 2.5 + seconds);
      backend.gauge(1, -4);
      for (const user of ['ann', 'bob', 'ann']) backend.set(2, user);
      for (const milliseconds of [1, 2, 6]) backend.timing(3, milliseconds);
      await backend.flush();
    }
    await backend.close({ timeout: 2000 });
    expect(backend.stats()).toEqual(
      expect.objectContaining({ accepted: 16, sent: 16, dropped: {}, requests: 2, lastError: undefined }),
    );
    const stored = await server.series('shop', 26);
    const values = Object.fromEntries(stored.map(({ metric, values: all }) => [metric['__name__'], all]));
    expect(values).toMatchObject({
      'shop.orders': [2.5, 3.5],
      'shop.queue': [-4, -4],
      'shop.users': [2, 2],
      'shop.query.count': [3, 3],
      'shop.query.avg': [3, 3],
      'shop.query.99percentile': [6, 6],
    });
    expect(stored).toHaveLength(13);
    const orders = stored.find(({ metric }) => metric['__name__'] === 'shop.orders')!;
    expect(orders.metric).toMatchObject({ host: 'web-1', country: 'at', instance: 'one' });
    expect(orders.timestamps[1]! - orders.timestamps[0]!).toBeGreaterThanOrEqual(1000);
    expect(await server.counter('vm_rows_inserted_total{type="datadog"}')).toBe(26);
    expect(await server.counter('vm_http_request_errors_total{path="/datadog/api/v1/series"')).toBe(0);
  });

  test('stores 20,000 series of one flush with their values', async () => {
    await using server = await VictoriaMetrics.start();
    const backend = new DatadogMetricsBackend({
      apiKey: KEY,
      baseUrl: server.baseUrl,
      seriesVersion: 1,
      processTag: false,
    });
    for (let id = 0; id < 20_000; id += 1) {
      backend.open(id, seriesOf('counter', 'load.series', { tags: { shard: `s${id}` } }));
      backend.incr(id, id + 1);
    }
    await backend.close({ timeout: 20_000 });
    expect(backend.stats()).toEqual(expect.objectContaining({ sent: 20_000, dropped: {}, splits: 0, retries: 0 }));
    const stored = await server.series('load', 20_000);
    const sum = stored.reduce((total, { values }) => total + values.reduce((all, value) => all + value, 0), 0);
    expect(sum).toBe((20_000 * 20_001) / 2);
  });
});
