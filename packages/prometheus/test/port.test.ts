import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from 'test-kit/free-port';
import { runProgram } from 'test-kit/run-program';
import { waitUntil } from 'test-kit/wait-until';
import { PrometheusBackend } from '../src/index.js';
import { serve } from './serve.js';
import { setUp } from './set-up.js';

const cwd = join(__dirname, '..');

test('the own port serves one path until close', async () => {
  const { backend, metrics } = setUp({ port: 0, path: '/internal' });
  await waitUntil(() => backend.stats().port !== undefined);
  const origin = `http://127.0.0.1:${backend.stats().port}`;
  metrics.incr('jobs', 2);
  expect(await (await fetch(`${origin}/internal?x=1`)).text()).toMatch(/^jobs_total 2$/m);
  expect((await fetch(`${origin}/metrics`)).status).toBe(404);
  await metrics.close();
  await expect(fetch(origin)).rejects.toThrow('fetch failed');
});

test('a port that is taken is reported, and metrics are kept all the same', async () => {
  await using taken = await serve(() => {});
  const port = Number(new URL(taken.origin).port);
  const { backend, metrics, problems } = setUp({ port });
  await waitUntil(() => problems.length > 0);
  expect(problems).toMatchObject([{ code: 'listen_failed', message: expect.stringContaining(`127.0.0.1:${port}`) }]);
  metrics.incr('jobs');
  expect(backend.stats()).toMatchObject({ sent: 1 });
  await metrics.close();
});

test('a port that is free later is listened to then, and close ends the attempts', async () => {
  const taken = await serve(() => {});
  const port = Number(new URL(taken.origin).port);
  const [waiting, closed] = [setUp({ port }), setUp({ port })];
  await waitUntil(() => waiting.problems.length > 0 && closed.problems.length > 0);
  await closed.metrics.close();
  await taken[Symbol.asyncDispose]();
  waiting.metrics.incr('jobs', 3);
  await waitUntil(() => waiting.backend.stats().port === port);
  expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toMatch(/^jobs_total 3$/m);
  expect(closed.backend.stats().port).toBeUndefined();
  expect(waiting.problems).toHaveLength(1);
  await waiting.metrics.close();
});

test('workers of a cluster that share a port: the second one is refused and says so', async () => {
  const port = await freePort();
  const program = join(__dirname, 'cluster-program.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [program, `${port}`], { timeout: 20_000 });
  expect(stdout.split('\n')).toEqual(expect.arrayContaining(['listen_failed', 'listens']));
});

test('by name it is scraped from its own port, next to another backend, and the process ends by itself', async () => {
  const port = await freePort();
  const { output, code } = await runProgram(
    `
    import { configure, metrics } from '@metrics/core';
    configure();
    metrics.incr('jobs', 3, { internal: true });
    const scrape = async () => {
      for (;;) try { return await (await fetch('http://127.0.0.1:${port}/metrics')).text(); } catch {}
    };
    console.log((await scrape()).includes('shop_jobs_total 3'));
    console.log(JSON.stringify(metrics.stats().backend ?? metrics.stats()));
    `,
    {
      cwd,
      timeout: 20_000,
      env: {
        METRICS_BACKEND: '@metrics/prometheus,@metrics/timeseries',
        METRICS_OPTIONS: JSON.stringify({ '@metrics/prometheus': { port } }),
        METRICS_PREFIX: 'shop.',
      },
    },
  );
  expect([output.split('\n')[0], code]).toEqual(['true', 0]);
});

test.each<[object, RegExp]>([
  [{ bucket: {} }, /PrometheusBackend: unknown option "bucket"; did you mean "buckets"/],
  [{ port: 70_000 }, /port must be an integer from 0 to 65535/],
  [{ path: '/x' }, /host and path have no effect without port/],
  [{ port: 1, path: 'x' }, /path must be a path/],
  [{ port: 1, host: '' }, /host must be an address/],
  [{ instanceLabel: 'instance' }, /instanceLabel must be a label such as 'worker'/],
  [{ instanceLabel: 'a b' }, /instanceLabel/],
  [{ format: 'json' }, /format must be one of "text", "auto"/],
])('an invalid option is an error that shows it: %j', (options, message) => {
  expect(() => new PrometheusBackend(options as never)).toThrow(message);
});
