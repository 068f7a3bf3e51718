import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

test.each(['index.js', 'index.cjs'])(
  'a process that has no descriptor at its start delivers when it has some (%s)',
  (file) => {
    const { stdout, stderr } = spawnSync(
      'sh',
      ['-c', 'ulimit -n 200; exec "$0" "$@"', process.execPath, '--input-type=module', '--eval', program(file)],
      { cwd: join(__dirname, '..', '..'), encoding: 'utf8', timeout: 60_000 },
    );
    expect({ stdout: stdout.trim(), stderr }).toEqual({ stdout: '{"received":1,"sent":1,"pending":0}', stderr: '' });
  },
);

/** A program that uses up its descriptors until the first request has failed. */
function program(file: string): string {
  return `
    import { closeSync, openSync } from 'node:fs';
    import { RecordingIntake } from '@metrics/testing/servers';
    import { DatadogMetricsBackend } from './dist/${file}';
    const intake = await RecordingIntake.start({ tls: false });
    const backend = new DatadogMetricsBackend({ apiKey: '${'0'.repeat(32)}', baseUrl: intake.url, random: () => 0.01 });
    const opened = [];
    try {
      for (;;) opened.push(openSync('/dev/null', 'r'));
    } catch {}
    let failed;
    const failure = new Promise((resolve) => (failed = resolve));
    backend.start({ report: failed, collect: () => {} });
    backend.open(0, { kind: 'counter', key: 'jobs', name: 'jobs', tags: [], internal: false });
    backend.incr(0, 1);
    void backend.flush();
    await failure;
    for (const descriptor of opened) closeSync(descriptor);
    for (let i = 0; i < 500 && backend.stats().pending > 0; i += 1) {
      await backend.flush();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const { sent, pending } = backend.stats();
    console.log(JSON.stringify({ received: intake.sum('jobs'), sent, pending }));
    await backend.close({ timeout: 1000 });
    await intake.stop();
  `;
}
