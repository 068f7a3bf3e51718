// @ts-check
// `npm run soak`: records for minutes with all that a long life brings, and compares what the process holds at the end with
// what it held after the first quarter. See --help.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { metrics } from '@metrics/core';
import { DogStatsdMetricsBackend } from '@metrics/dogstatsd';
import { StatsdMetricsBackend } from '@metrics/statsd';
import { TimeSeriesBackend } from '@metrics/timeseries';

const HELP = `Usage: npm run soak -- [options]

Records 200,000 samples a second over series that come and go, replaces the backend every two seconds, and closes and
registers again every ten. Memory, descriptors and listeners must end as they began, and no sample may be unaccounted for.

Options:
  --seconds N    how long, at least 20 (600 by default)
  --help
`;

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '600' }, help: { type: 'boolean', default: false } },
});
const seconds = Number(values.seconds);
if (values.help || !(seconds >= 20)) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}
if (globalThis.gc === undefined) {
  const child = fork(fileURLToPath(import.meta.url), process.argv.slice(2), { execArgv: ['--expose-gc'] });
  const [code] = await once(child, 'exit');
  process.exit(code ?? 1);
}

const SAMPLES_PER_SECOND = 200_000;
const TICK_MILLISECONDS = 10;
/** How much more the process may hold at the end: what the collector leaves varies by as much. */
const MAX_GROWTH_MB = 12;

const peer = fork(path.join(path.dirname(fileURLToPath(import.meta.url)), 'sink.mjs'));
const [{ port }] = /** @type {[{ port: number }]} */ (await once(peer, 'message'));
const idleAfter = 5000;
const cardinality = { idleAfter, maxSeriesPerMetric: 50_000, maxValuesPerTag: 20_000 };
/** @type {readonly (() => import('@metrics/core').MetricsBackend)[]} */
const makers = [
  () => new StatsdMetricsBackend({ host: '127.0.0.1', port, tagFormat: 'datadog', flushInterval: 500 }),
  () => new DogStatsdMetricsBackend({ statsdHost: '127.0.0.1', statsdPort: port, flushInterval: 500 }),
  () => new TimeSeriesBackend({ include: ['*'], flushInterval: 500 }),
];
let registrations = 0;
let made = 0;
/** @type {Set<string>} */
const problems = new Set();
register();

/** @type {{ second: number, heap: number, rss: number, descriptors: number, listeners: number }[]} */
const readings = [];
const began = performance.now();
let nextSwap = 2000;
let nextReading = (seconds * 1000) / 4;
const step = (seconds * 1000 - nextReading) / 6;
for (let elapsed = 0; elapsed < seconds * 1000; elapsed = performance.now() - began) {
  const due = Math.min((elapsed / 1000) * SAMPLES_PER_SECOND - made, SAMPLES_PER_SECOND / 4);
  record(Math.max(0, Math.floor(due)), elapsed);
  if (elapsed > nextSwap) {
    nextSwap += 2000;
    if (registrations % 5 === 4) await metrics.close();
    register();
  }
  if (elapsed >= nextReading) {
    nextReading += step;
    await takeReading(elapsed);
  }
  await new Promise((resolve) => setTimeout(resolve, TICK_MILLISECONDS));
}
await metrics.close();
await takeReading(seconds * 1000);
peer.disconnect();

const { backend, dropped, discarded } = metrics.stats();
const lost = Object.values(dropped).reduce((total, count) => total + count, 0) + discarded;
const first = readings[0];
const last = readings.at(-1);
console.table(readings);
console.log(
  `${made} samples, ${registrations} backends, sent ${backend.sent}, dropped ${JSON.stringify(backend.dropped)}`,
);
/** @type {string[]} */
const broken = [];
if (first === undefined || last === undefined) broken.push('no reading');
else {
  if (last.heap - first.heap > MAX_GROWTH_MB) broken.push(`the heap grew from ${first.heap} to ${last.heap} MB`);
  if (last.rss - first.rss > 3 * MAX_GROWTH_MB) broken.push(`the process grew from ${first.rss} to ${last.rss} MB`);
  if (last.descriptors > first.descriptors + 2)
    broken.push(`descriptors: ${first.descriptors}, then ${last.descriptors}`);
  if (last.listeners > first.listeners) broken.push(`listeners: ${first.listeners}, then ${last.listeners}`);
}
if (made !== backend.accepted + lost) broken.push(`made ${made}, but the stats have ${backend.accepted + lost}`);
if (backend.pending !== 0) broken.push(`${backend.pending} samples are pending after close()`);
for (const line of broken) console.error(`BROKEN ${line}`);
console.log(broken.length === 0 ? 'the soak holds' : `reported: ${[...problems].join(', ')}`);
process.exitCode = broken.length === 0 ? 0 : 1;

function register() {
  const make = makers[registrations % makers.length];
  if (make === undefined) return;
  registrations += 1;
  metrics.register(make(), { replace: true, cardinality, onError: ({ code }) => problems.add(code) });
}

/** @param {number} count @param {number} elapsed */
function record(count, elapsed) {
  // New series all the time, and each of them for seconds only.
  const generation = Math.floor(elapsed / 1000);
  for (let i = 0; i < count; i += 1) {
    const shard = `${generation}-${i % 300}`;
    if (i % 10 === 0) metrics.timing('run', i % 100, { tags: { queue: 'mail' } });
    else metrics.incr('done', 1, { tags: { queue: 'mail', shard } });
  }
  made += count;
}

/** @param {number} elapsed */
async function takeReading(elapsed) {
  for (let pass = 0; pass < 3; pass += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  const listeners = process.eventNames().reduce((total, name) => total + process.listenerCount(name), 0);
  readings.push({
    second: Math.round(elapsed / 1000),
    heap: Math.round((heapUsed + external) / 2 ** 20),
    rss: Math.round(rss / 2 ** 20),
    descriptors: readdirSync('/proc/self/fd').length,
    listeners,
  });
}
