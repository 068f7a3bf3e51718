// The shop of the demo into a real Prometheus: every sum that it recorded is there.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ChildProgram } from 'test-kit/child-program';
import { describeWith } from 'test-kit/describe-with';
import { freePort } from 'test-kit/free-port';
import { PrometheusServer } from 'test-kit/prometheus-server';
import { waitUntil } from 'test-kit/wait-until';

const JOBS = 500;
const shop = pathToFileURL(join(__dirname, '..', '..', '..', 'examples', 'shop.mjs')).href;

describeWith('prometheus')('the shop', () => {
  test('sums in Prometheus are those that were recorded', async () => {
    const port = await freePort();
    const program = new ChildProgram(
      `
      import { combine, metrics } from '@metrics/core';
      import { PrometheusBackend } from '@metrics/prometheus';
      import { RecordingBackend } from '@metrics/testing';
      import { workThrough } from '${shop}';
      const recorder = new RecordingBackend();
      metrics.register(combine(new PrometheusBackend({ port: ${port} }), recorder), { prefix: 'shop.' });
      await workThrough(${JOBS});
      console.log(JSON.stringify(recorder.recorded.samples().map(({ kind, key, value, member }) => [kind, key, value, member])));
      process.stdin.resume();
      `,
      { cwd: join(__dirname, '..') },
    );
    await using prometheus = await PrometheusServer.start(`127.0.0.1:${port}/metrics`);
    const samples = JSON.parse((await program.nextLine())!) as [string, string, number, string][];
    const sumOf = (key: string): number => samples.reduce((sum, [, of, value]) => (of === key ? sum + value : sum), 0);
    const countOf = (key: string): number => samples.filter(([, of]) => of === key).length;
    const expected: Record<string, number> = {
      shop_jobs_started_total: JOBS,
      shop_jobs_finished_total: sumOf('jobs.finished'),
      shop_bytes_sent_total: sumOf('bytes.sent'),
      shop_jobs_run_seconds_count: countOf('jobs.run'),
      shop_jobs_run_seconds_sum: sumOf('jobs.run') / 1000,
      shop_mail_size_kilobyte_count: countOf('mail.size'),
      shop_mail_size_kilobyte_sum: sumOf('mail.size'),
      shop_users_active: 17,
      shop_queue_length: 0,
      shop_temperature: -4.5,
    };
    try {
      await waitUntil(
        async () => (await prometheus.sum('shop_jobs_started_total')) === JOBS,
        () => '',
        30_000,
      );
      for (const [name, value] of Object.entries(expected))
        expect([name, await prometheus.sum(name)]).toEqual([name, expect.closeTo(value, 6)]);
      expect(await prometheus.sum('shop_jobs_finished_total{result="failure"}')).toBe(JOBS / 25);
    } finally {
      await program.kill();
    }
  });
});
