// @ts-check
import { availableParallelism } from 'node:os';
import { compare, median, Worker } from '../rounds.mjs';
import { Sink } from '../sink.mjs';
import { formatNumber } from '../suite.mjs';

const SIZES = ['10', '100', '1k', '10k', '100k', '1m'];
const NAMES = ['facade', 'instrument', 'bound', 'facade-empty'];
const CALLS_PER_WORKER = 2_000_000;

/** @type {import('../suite.mjs').Suite} */
export const growth = {
  title: 'How costs grow',
  about:
    'Series are visited at random, so with many of them most calls miss the caches of the processor. The guard is on, its bounds raised. Worker processes all send to one server.',
  async run({ short, port, progress }) {
    /** @type {Record<string, number>} */
    const measurements = {};
    const sizes = short ? ['10', '100k'] : SIZES;
    /** @type {Map<string, number[]>} */
    const rows = new Map(NAMES.map((name) => [name, []]));
    for (const size of sizes) {
      progress(`${size} series`);
      const results = await compare({
        contenders: NAMES,
        scenario: `contexts-${size}`,
        rounds: short ? 3 : 9,
        port,
        // A round that meets a good part of the series.
        milliseconds: 150,
      });
      for (const name of NAMES) {
        const time = median((results[name] ?? []).map(({ nanoseconds }) => nanoseconds));
        rows.get(name)?.push(time);
        measurements[`growth.${name}.${size}`] = time;
      }
    }
    const bySize = {
      title: 'Nanoseconds per call, by live series',
      columns: ['', ...sizes],
      rows: [...rows].map(([name, times]) => [name, ...times.map(formatNumber)]),
    };
    return { measurements, tables: [bySize, await workers(short ? [1, 2] : [1, 2, 4, 8], measurements, progress)] };
  },
};

/**
 * @param {readonly number[]} counts
 * @param {Record<string, number>} measurements
 * @param {(step: string) => void} progress
 */
async function workers(counts, measurements, progress) {
  const rows = [];
  const sink = await Sink.start();
  for (const count of counts) {
    progress(`${count} worker processes`);
    const processes = await Promise.all(
      Array.from({ length: count }, () =>
        Worker.start({ contender: 'facade', scenario: 'v3', port: sink.port, flags: [] }),
      ),
    );
    await Promise.all(processes.map((worker) => worker.ask('deliver', CALLS_PER_WORKER / 10)));
    await sink.settled(Number.POSITIVE_INFINITY);
    await sink.clear();
    const began = performance.now();
    const replies = await Promise.all(processes.map((worker) => worker.ask('deliver', CALLS_PER_WORKER)));
    const seconds = (performance.now() - began) / 1000;
    const recorded = replies.reduce((total, reply) => total + reply.recorded, 0);
    const cpu = replies.reduce((total, reply) => total + reply.cpu, 0);
    const { sum } = await sink.settled(recorded);
    await Promise.all(processes.map((worker) => worker.stop()));
    measurements[`growth.workers.${count}.lost`] = 1 - sum / recorded;
    rows.push([
      String(count),
      formatNumber((cpu / recorded) * 1e9),
      formatNumber(recorded / seconds / 1e6),
      sum === recorded ? '0 %' : `${formatNumber((1 - sum / recorded) * 100)} %`,
    ]);
  }
  await sink.stop();
  return {
    title: 'Worker processes into one server',
    columns: ['processes', 'CPU ns per increment', 'million increments a second, all', 'lost'],
    rows,
    note: `The machine runs ${availableParallelism()} of them at a time.`,
  };
}
