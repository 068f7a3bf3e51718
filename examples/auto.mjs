// @ts-check
// An application that names no backend: the environment does, and `node --import @metrics/core/auto` registers two of them,
// StatsD and the internal time series database. Run it with `node examples/auto.mjs` after `npm run build`.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { metrics } from '@metrics/core';
import { createBackend } from '@metrics/timeseries';

const file = fileURLToPath(import.meta.url);

if (process.argv[2] === 'application') {
  // All that an application does.
  metrics.incr('jobs.started', 3);
} else {
  const server = createSocket('udp4').bind(0, '127.0.0.1');
  await once(server, 'listening');
  const arrival = once(server, 'message');
  const folder = mkdtempSync(join(tmpdir(), 'auto-'));
  const history = { include: ['*'], snapshot: { path: join(folder, 'history') } };

  const application = spawn(process.execPath, ['--import', '@metrics/core/auto', file, 'application'], {
    cwd: import.meta.dirname,
    stdio: 'inherit',
    env: {
      ...process.env,
      METRICS_BACKEND: '@metrics/statsd,@metrics/timeseries',
      METRICS_PREFIX: 'shop.',
      METRICS_OPTIONS: JSON.stringify({
        '@metrics/statsd': { host: '127.0.0.1', port: server.address().port },
        '@metrics/timeseries': history,
      }),
    },
  });
  const [code] = await once(application, 'close');
  assert.equal(code, 0);
  const [datagram] = await arrival;
  console.log(`StatsD: ${String(datagram).trim()}`);
  assert.match(String(datagram), /^shop\.jobs\.started:3\|c/);

  // The same options read what the application left. A history has the names without the prefix.
  const kept = createBackend(history);
  console.log(`history: ${await kept.sum('jobs.started')}`);
  assert.equal(await kept.sum('jobs.started'), 3);
  await kept.close({ timeout: 1000 });
  server.close();
  rmSync(folder, { recursive: true });
}
