// Against the servers themselves, as Debian packages them.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith } from 'test-kit/describe-with';
import { freePort } from 'test-kit/free-port';
import { PrometheusServer } from 'test-kit/prometheus-server';
import { waitUntil } from 'test-kit/wait-until';
import { prometheusHandler } from '../src/index.js';
import { serve } from './serve.js';
import { setUp } from './set-up.js';

const HOSTILE = [
  '',
  ' ',
  '\0',
  'a\0b',
  '"',
  '\\',
  '\n',
  '\r',
  '\\n',
  '\t',
  '{}',
  'le="1"} 5',
  '\uD800',
  '\uFEFF',
  '👩‍👩‍👧',
  '\u2028',
];

function recordAll({ metrics }: ReturnType<typeof setUp>): void {
  metrics.incr('jobs.started', 2, {
    tags: { queue: 'mail', instance: 'one', job: 'two', le: '3' },
    instance: 'worker',
  });
  metrics.gauge('queue.length', 7);
  for (const value of [3, 30, 30_000]) metrics.timing('db.query', value, { tags: { 'a.b': '1', a_b: '2' } });
  metrics.distribution('size', 12, { unit: 'byte' });
  metrics.set('users', 'ann');
  for (const [index, text] of HOSTILE.entries())
    metrics.incr(`hostile.${index}${text}`, 1, { tags: { [`tag${text}`]: `value ${text}` } });
  metrics.incr('conflict');
  metrics.gauge('conflict_total', 9);
}

describeWith('prometheus')('scraped by Prometheus', () => {
  test.each(['text', 'auto'] as const)('everything arrives with its value, format %s', async (format) => {
    const shop = setUp({ format });
    recordAll(shop);
    await using application = await serve(prometheusHandler(shop.backend));
    await using prometheus = await PrometheusServer.start(`${application.origin.slice('http://'.length)}/metrics`);
    await waitUntil(
      async () => !['unknown', undefined].includes((await prometheus.target())?.health),
      () => prometheus.target(),
      30_000,
    );
    expect(await prometheus.target()).toMatchObject({ health: 'up', lastError: '' });
    await waitUntil(
      async () => (await prometheus.sum('up')) === 1,
      () => '',
      30_000,
    );
    const [jobs] = Object.entries(await prometheus.query('jobs_started_total'));
    expect([Object.fromEntries(JSON.parse(jobs![0]) as [string, string][]), jobs![1]]).toEqual([
      {
        __name__: 'jobs_started_total',
        queue: 'mail',
        exported_instance: 'one',
        exported_instance_: 'worker',
        exported_job: 'two',
        exported_le: '3',
        instance: application.origin.slice('http://'.length),
        job: 'test',
      },
      2,
    ]);
    expect(await prometheus.sum('db_query_seconds_count')).toBe(3);
    expect(await prometheus.sum('db_query_seconds_sum')).toBeCloseTo(30.033, 9);
    expect(await prometheus.sum('{__name__="db_query_seconds_bucket",le="0.05"}')).toBe(2);
    expect(await prometheus.sum('size_bytes_sum')).toBe(12);
    expect(await prometheus.sum('{__name__=~"hostile.*"}')).toBe(HOSTILE.length);
    // Every line of the scrape is its own series, and not one was refused.
    const lines = (await shop.backend.expose()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(await prometheus.sum('scrape_samples_scraped')).toBe(lines.length);
    expect(await prometheus.sum('scrape_samples_post_metric_relabeling')).toBe(lines.length);
    await shop.metrics.close();
  });

  test('a counter that is idle, released and back again grows by what was recorded', async () => {
    const { backend } = setUp();
    const series = { kind: 'counter', key: 'jobs', name: 'jobs', tags: [] } as never;
    backend.open(0, series);
    backend.incr(0, 3);
    await using application = await serve(prometheusHandler(backend));
    await using prometheus = await PrometheusServer.start(`${application.origin.slice('http://'.length)}/`);
    const shows = (value: number) =>
      waitUntil(
        async () => (await prometheus.sum('jobs_total')) === value,
        () => prometheus.query('jobs_total'),
        30_000,
      );
    await shows(3);
    backend.release(0, false);
    backend.open(1, series);
    backend.incr(1, 5);
    await shows(8);
    expect(await prometheus.sum('resets(jobs_total[1m])')).toBe(0);
    expect(await prometheus.sum('max_over_time(jobs_total[1m]) - min_over_time(jobs_total[1m])')).toBe(5);
  });
});

describeWith('promtool')('promtool', () => {
  test('check metrics finds nothing wrong in what is valid for it', async () => {
    const shop = setUp();
    shop.metrics.incr('jobs.started', 2, { tags: { queue: 'mail' } });
    shop.metrics.timing('db.query', 12);
    shop.metrics.gauge('cache.size', 1, { unit: 'byte' });
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: await shop.backend.expose(),
      encoding: 'utf8',
    });
    expect([status, stdout, stderr]).toEqual([0, '', '']);
  });

  test('check metrics can parse everything', async () => {
    const shop = setUp();
    recordAll(shop);
    const { status, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: await shop.backend.expose(),
      encoding: 'utf8',
    });
    // 3 is only lint: names that are not customary.
    expect([[0, 3].includes(status ?? -1), stderr]).toEqual([true, expect.not.stringMatching(/error/i)]);
  });
});

describeWith('prometheus-pushgateway')('Pushgateway', () => {
  test('a batch job can push what it recorded', async () => {
    const shop = setUp();
    shop.metrics.incr('rows.imported', 5000);
    const address = `127.0.0.1:${await freePort()}`;
    const directory = await mkdtemp(join(tmpdir(), 'pushgateway-'));
    const child = spawn('prometheus-pushgateway', [`--web.listen-address=${address}`], {
      cwd: directory,
      stdio: 'ignore',
    });
    try {
      const isReady = () =>
        fetch(`http://${address}/-/ready`).then(
          ({ ok }) => ok,
          () => false,
        );
      await waitUntil(isReady, () => `it ended with ${child.exitCode}`, 20_000);
      const url = `http://${address}/metrics/job/nightly`;
      const response = await fetch(url, { method: 'PUT', body: await shop.backend.expose() });
      expect([response.status, await response.text()]).toEqual([200, '']);
      expect(await (await fetch(`http://${address}/metrics`)).text()).toMatch(
        /^rows_imported_total\{[^}]*job="nightly"[^}]*\} 5000$/m,
      );
    } finally {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
      await rm(directory, { recursive: true, force: true });
    }
  });
});
