// Golden output, by the specifications:
// https://prometheus.io/docs/instrumenting/exposition_formats
// https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md
import { parseExposition } from 'test-kit/parse-exposition';
import { setUp } from './set-up.js';

const OPEN_METRICS = 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1';

async function read(body: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const part of body) text += part;
  return text;
}

function recordShop({ metrics }: ReturnType<typeof setUp>): void {
  const query = metrics.defineTiming('db.query', {
    tags: ['table'],
    buckets: [10, 250, 1000],
    description: 'Queries of "orders",\nwith the time in \\ out',
  });
  metrics.incr('jobs.started', 2.5, {
    tags: { task_name: 'send_email' },
    instance: 'mail',
  });
  metrics.gauge('queue.length', -7);
  metrics.gauge('cache.size', 2048, { unit: 'byte' });
  metrics.gauge('replication.lag', 1500, { unit: 'millisecond' });
  for (const value of [10, 11, 2000]) query.record(value, { table: 'a"b\\c\nd' });
  metrics.timing('http.duration_ms', 12);
  for (const user of ['ann', 'bob', 'ann']) metrics.set('users', user);
}

test('text 0.0.4 has a family for each metric, in the base units of Prometheus', async () => {
  const shop = setUp({ buckets: { 'http.*': [20] } });
  recordShop(shop);
  const text = await shop.backend.expose();
  expect(text).toMatchInlineSnapshot(`
    "# HELP jobs_started_total jobs.started
    # TYPE jobs_started_total counter
    jobs_started_total{exported_instance="mail",task_name="send_email"} 2.5
    # HELP queue_length queue.length
    # TYPE queue_length gauge
    queue_length -7
    # HELP cache_size_bytes cache.size
    # TYPE cache_size_bytes gauge
    cache_size_bytes 2048
    # HELP replication_lag_seconds replication.lag
    # TYPE replication_lag_seconds gauge
    replication_lag_seconds 1.5
    # HELP db_query_seconds Queries of "orders",\\nwith the time in \\\\ out
    # TYPE db_query_seconds histogram
    db_query_seconds_bucket{table="a\\"b\\\\c\\nd",le="0.01"} 1
    db_query_seconds_bucket{table="a\\"b\\\\c\\nd",le="0.25"} 2
    db_query_seconds_bucket{table="a\\"b\\\\c\\nd",le="1"} 2
    db_query_seconds_bucket{table="a\\"b\\\\c\\nd",le="+Inf"} 3
    db_query_seconds_sum{table="a\\"b\\\\c\\nd"} 2.021
    db_query_seconds_count{table="a\\"b\\\\c\\nd"} 3
    # HELP http_duration_seconds http.duration_ms
    # TYPE http_duration_seconds histogram
    http_duration_seconds_bucket{le="0.02"} 1
    http_duration_seconds_bucket{le="+Inf"} 1
    http_duration_seconds_sum 0.012
    http_duration_seconds_count 1
    # HELP users users
    # TYPE users gauge
    users 2
    "
  `);
  expect(parseExposition(text)).toHaveLength(7);
  await shop.metrics.close();
});

test('OpenMetrics is for servers that prefer it, with the option', async () => {
  const shop = setUp({ format: 'auto', buckets: { 'http.*': [20] } });
  recordShop(shop);
  const { contentType, body } = shop.backend.scrape(OPEN_METRICS);
  expect(contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
  const text = await read(body);
  expect(text).toMatchInlineSnapshot(`
    "# HELP jobs_started jobs.started
    # TYPE jobs_started counter
    jobs_started_total{exported_instance="mail",task_name="send_email"} 2.5
    # HELP queue_length queue.length
    # TYPE queue_length gauge
    queue_length -7
    # HELP cache_size_bytes cache.size
    # TYPE cache_size_bytes gauge
    # UNIT cache_size_bytes bytes
    cache_size_bytes 2048
    # HELP replication_lag_seconds replication.lag
    # TYPE replication_lag_seconds gauge
    # UNIT replication_lag_seconds seconds
    replication_lag_seconds 1.5
    # HELP db_query_seconds Queries of \\"orders\\",\\nwith the time in \\\\ out
    # TYPE db_query_seconds histogram
    # UNIT db_query_seconds seconds
    db_query_seconds_bucket{table="a\\"b\\\\c\\nd",le="0.01"} 1
    db_query_seconds_bucket{table="a\\"b\\\\c\\nd",le="0.25"} 2
    db_query_seconds_bucket{table="a\\"b\\\\c\\nd",le="1.0"} 2
    db_query_seconds_bucket{table="a\\"b\\\\c\\nd",le="+Inf"} 3
    db_query_seconds_sum{table="a\\"b\\\\c\\nd"} 2.021
    db_query_seconds_count{table="a\\"b\\\\c\\nd"} 3
    # HELP http_duration_seconds http.duration_ms
    # TYPE http_duration_seconds histogram
    # UNIT http_duration_seconds seconds
    http_duration_seconds_bucket{le="0.02"} 1
    http_duration_seconds_bucket{le="+Inf"} 1
    http_duration_seconds_sum 0.012
    http_duration_seconds_count 1
    # HELP users users
    # TYPE users gauge
    users 2
    # EOF
    "
  `);
  parseExposition(text, true);
  expect(shop.backend.scrape('text/plain').contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(setUp().backend.scrape(OPEN_METRICS).contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  await shop.metrics.close();
});

test('a scrape resets nothing, and a released counter that comes back continues', async () => {
  const { backend } = setUp();
  const series = {
    kind: 'counter',
    key: 'jobs',
    name: 'jobs',
    tags: [],
  } as never;
  for (const id of [1, 2]) {
    backend.open(id, series);
    backend.incr(id, 3);
    backend.release(id, false);
  }
  for (let scrape = 0; scrape < 3; scrape += 1) expect(await backend.expose()).toMatch(/^jobs_total 6$/m);
  backend.open(1, series);
  backend.release(1, true);
  expect(await backend.expose()).toBe('');
});

test.each<[string, (shop: ReturnType<typeof setUp>) => void, RegExp]>([
  ['dots and underscores', ({ metrics }) => (metrics.incr('a.b'), metrics.incr('a_b')), /a_b_total/],
  [
    'a gauge named as a histogram counts',
    ({ metrics }) => (metrics.timing('db', 1), metrics.gauge('db_seconds_count', 5)),
    /db_seconds_count/,
  ],
  ['a counter and a gauge', ({ metrics }) => (metrics.incr('jobs'), metrics.gauge('jobs_total', 5)), /jobs_total/],
  ['a timing in two ways', ({ metrics }) => (metrics.timing('db', 1), metrics.timing('db_ms', 5)), /db_seconds/],
])(
  'the second of two metrics that are exported under one name is dropped alone and reported: %s',
  async (_, record, name) => {
    const shop = setUp();
    record(shop);
    shop.metrics.incr('others');
    const text = await shop.backend.expose();
    expect(parseExposition(text)).toHaveLength(2);
    expect(text).toMatch(/^others_total 1$/m);
    expect(shop.backend.stats()).toMatchObject({
      accepted: 3,
      sent: 2,
      dropped: { name_conflict: 1 },
    });
    expect(shop.problems).toMatchObject([{ code: 'name_conflict', message: expect.stringMatching(name) }]);
  },
);

test('labels that would be equal, reserved or empty do not cost the scrape', async () => {
  const { backend, metrics } = setUp();
  const tags = {
    'a.b': '1',
    a_b: '2',
    le: '3',
    job: '4',
    __name__: '5',
    '1st': '6',
    empty: '',
    größe: '7',
  };
  metrics.incr('odd', 1, { tags, instance: 'mail' });
  const [family] = parseExposition(await backend.expose());
  expect(family?.samples[0]?.labels).toEqual({
    a_b: '1',
    a_b_: '2',
    exported_le: '3',
    exported_job: '4',
    exported_instance: 'mail',
    _name__: '5',
    _1st: '6',
    gr__e: '7',
  });
});

test('not a number, infinities and sums beyond the numbers are dropped and counted', async () => {
  const { backend } = setUp();
  const open = (id: number, kind: string): void => backend.open(id, { kind, key: kind, name: kind, tags: [] } as never);
  ['counter', 'gauge', 'timing'].forEach((kind, id) => open(id, kind));
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    backend.incr(0, value);
    backend.gauge(1, value);
    backend.timing(2, value);
  }
  for (let call = 0; call < 2; call += 1) backend.incr(0, 1e308);
  const { accepted, sent, dropped } = backend.stats();
  expect([accepted, sent, dropped['not_finite']! + (dropped['negative_increment'] ?? 0)]).toEqual([11, 1, 10]);
  // The gauge has no value, so it is not there; the others show what was taken.
  expect(parseExposition(await backend.expose()).map(({ name }) => name)).toEqual(['counter_total', 'timing_seconds']);
});

test('after close the last totals can still be read', async () => {
  const { backend, metrics } = setUp();
  metrics.incr('jobs', 3);
  await metrics.close();
  metrics.incr('jobs', 3);
  expect(await backend.expose()).toMatch(/^jobs_total 3$/m);
});

test('series that are opened and ended during a scrape neither repeat nor break it', async () => {
  const { backend } = setUp();
  const open = (id: number, name: string, tag: string): void =>
    backend.open(id, {
      kind: 'counter',
      key: name,
      name,
      tags: [['tag', tag]],
    } as never);
  for (let id = 0; id < 20_000; id += 1) {
    open(id, `metric${id % 7}`, `${id}`);
    backend.incr(id, 1);
  }
  let text = '';
  let parts = 0;
  for await (const part of backend.scrape().body) {
    text += part;
    parts += 1;
    for (let each = 0; each < 300; each += 1) {
      const id = (parts * 997 + each * 31) % 20_000;
      backend.release(id, true);
      open(id, `metric${(id + each) % 9}`, `again ${parts} ${each}`);
      backend.incr(id, 1);
    }
  }
  expect(parts).toBeGreaterThan(3);
  parseExposition(text);
});
