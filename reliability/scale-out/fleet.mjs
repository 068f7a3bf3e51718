// @ts-check
// The table of docs/reference/scaling.md: one process is really run, and a fleet is calculated and simulated from what it sends.
// `node reliability/scale-out/fleet.mjs` compares, `--update` writes. Needs a build.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createMetrics } from '@metrics/core';
import { estimateCost } from '@metrics/core/cost';
import { DogStatsdMetricsBackend } from '@metrics/dogstatsd';
import { checkBlock } from '../../scripts/generated-block.mjs';
import { SAMPLES_PER_SECOND, work } from './workload.mjs';

/** Measured by `npm run scale-out -- --part sizes`, which fails if they are wrong by more than a fifth. Bytes; see there. */
export const REDIS_SIZES = { counter: { hour: 2064, day: 304 }, timing: { hour: 50_016, day: 3792 }, commands: 5 };

const HOSTS = [1, 10, 100, 1000, 10_000];
const PROCESSES = 4;
const FLUSH_SECONDS = 2;
const HISTORY_FLUSH_SECONDS = 10;
/** An example: the numbers of your contract differ. */
const PRICE = { includedPerHost: 100, pricePer100: 5 };
/** Time in which a burst has to be taken from a socket's buffer. */
const SLOT_MILLISECONDS = 10;

if (process.argv[1] === import.meta.filename) {
  const local = await runProcess(8192);
  const remote = await runProcess(1432);
  const command = 'node reliability/scale-out/fleet.mjs --update';
  checkBlock('docs/reference/scaling.md', 'fleet', render(local, remote), command);
  checkBlock('docs/reference/scaling.md', 'redis', renderSizes(), command);
}

/** Runs a process for one flush. @param {number} maxPacketBytes */
async function runProcess(maxPacketBytes) {
  const server = createSocket({ type: 'udp4', recvBufferSize: 2 ** 20 }).bind(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  // The environment of this machine must not change the table.
  for (const name of Object.keys(process.env)) if (/^(?:DD|METRICS)_/.test(name)) delete process.env[name];
  const backend = new DogStatsdMetricsBackend({
    statsdHost: '127.0.0.1',
    statsdPort: port,
    maxPacketBytes,
    telemetry: false,
    containerId: false,
  });
  const metrics = createMetrics({ backend });
  work(metrics, FLUSH_SECONDS);
  await metrics.flush();
  const { packets, bytes } = backend.stats();
  const report = metrics.cardinality();
  await metrics.close();
  server.close();
  return { packets, bytes, report };
}

/** @param {Awaited<ReturnType<typeof runProcess>>} local @param {Awaited<ReturnType<typeof runProcess>>} remote */
function render(local, remote) {
  const { report } = local;
  const timings = report.metrics.reduce((sum, { kind, series }) => sum + (kind === 'timing' ? series : 0), 0);
  const redisBytes = (report.series - timings) * sizeOf(REDIS_SIZES.counter) + timings * sizeOf(REDIS_SIZES.timing);
  /** @param {readonly string[]} header @param {(hosts: number, processes: number) => readonly number[]} row */
  const table = (header, row) =>
    [header, header.map(() => '---:'), ...HOSTS.map((hosts) => [hosts, ...row(hosts, hosts * PROCESSES)].map(format))]
      .map((cells) => `| ${cells.join(' | ')} |`)
      .join('\n');
  const sent = table(
    [
      'hosts',
      'samples/s, and datagrams/s without aggregation',
      'packets/s to Agents',
      'kB/s to Agents',
      `most packets in ${SLOT_MILLISECONDS} ms at one central server`,
    ],
    (_hosts, processes) => [
      processes * SAMPLES_PER_SECOND,
      (processes * local.packets) / FLUSH_SECONDS,
      (processes * local.bytes) / FLUSH_SECONDS / 1000,
      peakPackets(processes, remote.packets),
    ],
  );
  const kept = table(
    [
      'hosts',
      'custom metrics by host',
      'bill a month',
      'custom metrics by process',
      'bill a month',
      'commands/s to Redis',
      'MB in Redis, shared series',
      'MB in Redis, by process',
    ],
    (hosts, processes) => {
      const byHost = estimateCost(report, { ...PRICE, hosts });
      const { customMetrics } = estimateCost(report, { ...PRICE, hosts: processes });
      // The number that is included depends on the hosts.
      const byProcess = (Math.max(0, customMetrics - PRICE.includedPerHost * hosts) / 100) * PRICE.pricePer100;
      const commands = (processes * REDIS_SIZES.commands) / HISTORY_FLUSH_SECONDS;
      const megabytes = redisBytes / 1e6;
      return [
        byHost.customMetrics,
        byHost.perMonth,
        customMetrics,
        byProcess,
        commands,
        megabytes,
        megabytes * processes,
      ];
    },
  );
  const process = `One process: ${report.series} series; ${local.packets} packets with ${format(local.bytes)} bytes every ${FLUSH_SECONDS} seconds to an Agent, or ${remote.packets} of at most 1432 bytes to another machine.`;
  return `${process}\n\n${sent}\n\n${kept}`;
}

function renderSizes() {
  const { counter, timing } = REDIS_SIZES;
  return `| | an hour, in steps of ten seconds | each further day, in hours and days |
| --- | ---: | ---: |
| counter | ${format(counter.hour)} | ${format(counter.day)} |
| timing, ten values in ten seconds | ${format(timing.hour)} | ${format(timing.day)} |`;
}

/** Bytes of a series at the end of 90 days. @param {{ hour: number, day: number }} size */
function sizeOf({ hour, day }) {
  // A day is 24 buckets of an hour, kept for a week, and one of a day, kept for 90.
  return hour + 7 * day + (83 * day) / 25;
}

/**
 * Simulates the phases of flushes, which begin when a process starts. Returns the largest number of packets in one slot.
 *
 * @param {number} processes @param {number} packets of a flush
 */
function peakPackets(processes, packets) {
  const slots = new Uint32Array((FLUSH_SECONDS * 1000) / SLOT_MILLISECONDS);
  // The same numbers in every run (Numerical Recipes' generator).
  let state = 1;
  for (let index = 0; index < processes; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const slot = Math.floor((state / 2 ** 32) * slots.length);
    slots[slot] = (slots[slot] ?? 0) + packets;
  }
  return Math.max(...slots);
}

/** @param {number} value */
function format(value) {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 1 : 0 });
}
