// @ts-check
// An operator asks a running system what it did, without any metrics vendor: the internal time series database next to
// another backend, and its history across a restart. Run it with `node examples/timeseries.mjs` after `npm run build`.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { combine, createMetrics, DummyMetricsBackend } from '@metrics/core';
import { MemoryStore, TimeSeriesBackend } from '@metrics/timeseries';

const folder = mkdtempSync(join(tmpdir(), 'timeseries-'));
const snapshot = { path: join(folder, 'history') };

// Jobs are kept; everything else goes to the other backend alone. In an application that would be StatsD or Datadog.
const history = new TimeSeriesBackend({ store: new MemoryStore({ snapshot }), include: ['jobs.*'] });
const metrics = createMetrics({ backend: combine(new DummyMetricsBackend(), history) });

for (let job = 1; job <= 500; job += 1) {
  const queue = job % 5 === 0 ? 'reports' : 'mail';
  metrics.incr('jobs.started', { tags: { queue } });
  metrics.timing('jobs.run', 20 + (job % 80), { tags: { queue } });
  metrics.set('jobs.customers', `customer ${job % 70}`);
  if (job % 25 === 0) metrics.incr('jobs.failed', { tags: { queue } });
  metrics.incr('mail.sent');
}
metrics.gauge('queue.length', 12, { internal: true });

console.log('kept:', (await history.keys()).join(', '));
console.log('jobs that failed in the last hour:', await history.sum('jobs.failed'));
console.log('by queue:', await history.top('jobs.started', 'queue', 2));
console.log('95 of 100 jobs ran within ms:', (await history.value('jobs.run', { statistic: 'p95' }))?.toFixed(0));
console.log('customers:', await history.value('jobs.customers'));
console.log('queue length now:', (await history.latest('queue.length'))?.[1]);
console.log('points of the last hour:', (await history.range('jobs.failed')).length);
await metrics.close();

// The process starts again.
const restarted = new TimeSeriesBackend({ store: new MemoryStore({ snapshot }) });
console.log('after a restart:', await restarted.sum('jobs.failed'), 'failed');
assert.equal(await restarted.sum('jobs.failed'), 20);
await restarted.close({ timeout: 1000 });
rmSync(folder, { recursive: true });
