// Takes page.png, the picture in the README, from the built package with Chromium: `node test/http/page-screenshot.mjs`.
import { createServer } from 'node:http';
import { createMetrics } from '@metrics/core';
import { TimeSeriesBackend } from '@metrics/timeseries';
import { timeSeriesHandler } from '@metrics/timeseries/handler';
import { chromium } from 'playwright-core';

const end = Date.UTC(2026, 5, 1, 12, 3, 8);
let now = end - 3_600_000;
const backend = new TimeSeriesBackend({ include: ['*'], clock: () => now });
const metrics = createMetrics();
metrics.register(backend);

const memory = metrics.defineGauge('process.memory.usage', { unit: 'byte' });
const bytes = metrics.defineDistribution('http.response.bytes', { unit: 'byte' });
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
    for (let job = 0; job < 8; job += 1)
      metrics.timing('jobs.run', rate * 12 * (1 + 4 * random() ** 6 + Math.sin(now / 900_000) / 3), { tags: { task } });
  }
  if (random() < 0.05) metrics.incr('jobs.failed', { tags: { task: 'sync_index' } });
  metrics.gauge('queue.length', 200 + 80 * Math.sin(now / 400_000) + 9 * random());
  memory.set(92e6 + 14e6 * ((now / 600_000) % 1) + 2e6 * random());
  metrics.gauge('nodejs.eventloop.utilization', 0.35 + 0.15 * Math.sin(now / 500_000) + 0.04 * random());
  metrics.incr('mail.sent', Math.round(6 + 5 * Math.sin(now / 700_000) + 3 * random()));
  for (let count = 0; count < 9; count += 1) bytes.record(900 * (1 + 9 * random() ** 3));
  for (let visit = 0; visit < 5; visit += 1)
    metrics.set('users.seen', Math.floor(random() * (30 + 20 * Math.sin(now / 500_000))));
}

const server = createServer(timeSeriesHandler(backend)).listen(0, '127.0.0.1', async () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  const page = await browser.newPage({ viewport: { width: 1180, height: 640 }, timezoneId: 'UTC', locale: 'en-GB' });
  await page.clock.setFixedTime(end);
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.locator('.cards li:nth-child(9) path').first().waitFor();
  await page.screenshot({ path: new URL('../../page.png', import.meta.url).pathname });
  await browser.close();
  server.close();
  server.closeAllConnections();
  await metrics.close();
});
