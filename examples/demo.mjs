// @ts-check
// Starts a real StatsD daemon on this machine, runs a small application against it, and compares what the application
// recorded with what the daemon counted. `npm run demo` in the root does all the set-up.
import { combine, metrics } from '@metrics/core';
import { StatsdMetricsBackend } from '@metrics/statsd';
import { RecordingBackend } from '@metrics/testing';
import { startEtsyStatsd } from 'test-kit/etsy-statsd';
import { workThrough } from './shop.mjs';

const JOBS = 1000;

console.log('Starting the StatsD daemon (npm package "statsd") on free loopback ports …');
const daemon = await startEtsyStatsd();
const recorder = new RecordingBackend();
const statsd = new StatsdMetricsBackend({ port: daemon.port });

// The one line that decides where metrics go. The recorder is here for the comparison below.
metrics.register(combine(statsd, recorder), { prefix: 'shop.' });

console.log(`Working through ${JOBS} jobs …`);
const failed = await workThrough(JOBS);
await metrics.close();
console.log(`${JOBS - failed} jobs succeeded and ${failed} failed. Sent and received:\n`);

const received = await read();
/** @type {{ metric: string, kind: string, sent: string, received: string }[]} */
const rows = [];
for (const [name, { kind, values }] of sentSeries()) rows.push(row(name, kind, values));
rows.sort((one, other) => one.metric.localeCompare(other.metric));
table(rows);

const wrong = rows.filter((each) => each.sent !== each.received);
const { bytes, packets } = statsd.stats();
const { metrics_received: readLines, bad_lines_seen: bad } = received.own;
console.log(
  `\n${recorder.stats().accepted} samples left in ${packets} packets of ${bytes} bytes in all; the daemon read`,
);
console.log(
  `${readLines} lines, ${bad} of them bad. StatsD has no tags, so series that differ by tags are one name there.`,
);
if (wrong.length > 0 || bad !== 0) {
  console.error(`\n${wrong.length} metrics differ: ${wrong.map(({ metric }) => metric).join(', ')}`);
  process.exitCode = 1;
} else {
  console.log(`\nAll ${rows.length} metrics arrived exactly.`);
}

async function read() {
  const [counters, gauges, timers] = [await daemon.counters(), await daemon.gauges(), await daemon.timers()];
  const { sets } = await daemon.stop();
  return {
    counters,
    gauges,
    timers,
    sets,
    own: { metrics_received: counters['statsd.metrics_received'], bad_lines_seen: counters['statsd.bad_lines_seen'] },
  };
}

/** Returns the recorded values by the name of their StatsD lines. */
function sentSeries() {
  /** @type {Map<string, { kind: string, values: (number | string)[] }>} */
  const series = new Map();
  for (const sample of recorder.recorded.samples()) {
    const name = sample.instance === undefined ? sample.name : `${sample.name}.${sample.instance}`;
    const known = series.get(name) ?? { kind: sample.kind, values: [] };
    known.values.push(sample.kind === 'set' ? sample.member : sample.value);
    series.set(name, known);
  }
  return series;
}

/**
 * @param {string} name
 * @param {string} kind
 * @param {(number | string)[]} values
 */
function row(name, kind, values) {
  const numbers = values.map(Number);
  const sum = (/** @type {number[]} */ list) => list.reduce((total, value) => total + value, 0);
  switch (kind) {
    case 'counter':
      return { metric: name, kind, sent: String(sum(numbers)), received: String(received.counters[name]) };
    case 'gauge':
      return { metric: name, kind, sent: String(numbers.at(-1)), received: String(received.gauges[name]) };
    case 'set':
      return {
        metric: name,
        kind,
        sent: `${new Set(values).size} members`,
        received: `${received.sets[name]?.length} members`,
      };
    default:
      return {
        metric: name,
        kind,
        sent: `${values.length} values`,
        received: `${received.timers[name]?.count} values`,
      };
  }
}

/** @param {{ metric: string, kind: string, sent: string, received: string }[]} lines */
function table(lines) {
  const headings = { metric: 'metric', kind: 'kind', sent: 'sent', received: 'received' };
  for (const { metric, kind, sent, received: arrived } of [headings, ...lines]) {
    console.log(`  ${metric.padEnd(24)}${kind.padEnd(14)}${sent.padStart(12)}${arrived.padStart(14)}`);
  }
}
