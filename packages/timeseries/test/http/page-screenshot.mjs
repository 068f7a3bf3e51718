// Takes page.png, the picture in the README, from the built package with Chromium: `node test/http/page-screenshot.mjs`.
import { createServer } from 'node:http';
import { createMetrics } from '@metrics/core';
import { TimeSeriesBackend } from '@metrics/timeseries';
import { timeSeriesHandler } from '@metrics/timeseries/handler';
import { chromium } from 'playwright-core';

const end = Date.UTC(2026, 5, 1, 12, 3);
let now = end - 3_600_000;
const backend = new TimeSeriesBackend({ include: ['*'], clock: () => now });
const metrics = createMetrics();
metrics.register(backend);

let seed = 1;
/** Returns the same numbers in every run. */
const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
const tasks = [
  { task: 'send_email', rate: 9, period: 420 },
  { task: 'resize_image', rate: 5, period: 700 },
  { task: 'sync_index', rate: 3, period: 1100 },
];
for (; now < end; now += 5000) {
  for (const { task, rate, period } of tasks) {
    const started = Math.round(rate * (2 + Math.sin(now / 1000 / period)) + random() * 3);
    metrics.incr('jobs.started', started, { tags: { task, region: random() < 0.6 ? 'eu' : 'us' } });
    metrics.timing('jobs.run', rate * 12 * (1 + 4 * random() ** 4), { tags: { task } });
  }
  if (random() < 0.05) metrics.incr('jobs.failed', { tags: { task: 'sync_index' } });
  metrics.gauge('queue.length', 200 + 80 * Math.sin(now / 400_000));
  for (const name of ['db.query', 'http.request', 'http.response.bytes', 'mail.sent', 'users.seen']) metrics.incr(name);
}

const server = createServer(timeSeriesHandler(backend)).listen(0, '127.0.0.1', async () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  const page = await browser.newPage({ viewport: { width: 1180, height: 690 }, timezoneId: 'UTC', locale: 'en-GB' });
  await page.clock.setFixedTime(end);
  await page.goto(`http://127.0.0.1:${port}/#key=jobs.started&groupBy=task`);
  await page.getByRole('button', { name: 'sync_index' }).waitFor();
  await page.screenshot({ path: new URL('../../page.png', import.meta.url).pathname });
  await browser.close();
  server.close();
  server.closeAllConnections();
  await metrics.close();
});
