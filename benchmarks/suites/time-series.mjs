// @ts-check
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createMetrics } from '@metrics/core';
import { TimeSeriesBackend } from '@metrics/timeseries';
import { compare, median } from '../rounds.mjs';
import { formatNumber } from '../suite.mjs';

const HOUR = 3_600_000;

/** @type {import('../suite.mjs').Suite} */
export const timeSeries = {
  title: 'The internal time series database',
  about:
    'Recording against the same call into a backend that does nothing; reading an hour of one metric; and the memory of a series with the default rollups.',
  async run({ short, port, progress }) {
    /** @type {Record<string, number>} */
    const measurements = {};
    progress('recording');
    const tables = [await recording(short, port, measurements)];
    progress('reading');
    tables.push(await reading(measurements));
    if (!short) {
      progress('memory');
      tables.push(memory(measurements));
    }
    return { tables, measurements };
  },
};

/** @param {boolean} short @param {number} port @param {Record<string, number>} measurements */
async function recording(short, port, measurements) {
  const rows = [];
  const pairs = [
    ['time-series', 'facade-empty', ['v3', 'gauge-v3', 'timing-v3']],
    ['time-series-bound', 'bound-empty', ['v3']],
  ];
  for (const [ours = '', empty = '', scenarios = []] of /** @type {[string, string, string[]][]} */ (pairs)) {
    for (const scenario of scenarios) {
      const results = await compare({ contenders: [empty, ours], scenario, rounds: short ? 5 : 15, port });
      const times = (results[ours] ?? []).map(({ nanoseconds }) => nanoseconds);
      const base = (results[empty] ?? []).map(({ nanoseconds }) => nanoseconds);
      const ratio = median(times.map((time, round) => time / (base[round] ?? Number.NaN)));
      measurements[`time-series.${scenario}.${ours}/${empty}`] = ratio;
      rows.push([`${ours}, ${scenario}`, formatNumber(median(times)), formatNumber(median(base)), formatNumber(ratio)]);
    }
  }
  return { title: 'Recording', columns: ['', 'ns', 'empty backend, ns', 'ratio'], rows };
}

/** @param {Record<string, number>} measurements */
async function reading(measurements) {
  const until = Date.now();
  let now = until - HOUR;
  const backend = new TimeSeriesBackend({ include: ['*'], clock: () => now });
  const metrics = createMetrics({ backend });
  for (; now < until; now += 10_000) {
    metrics.incr('counter');
    metrics.gauge('gauge', now % 7);
    for (let value = 0; value < 20; value += 1) metrics.timing('timing', Math.exp(3 + Math.random()));
    for (let queue = 0; queue < 50; queue += 1) metrics.incr('fifty series', 1, { tags: { queue } });
  }
  /** @type {[name: string, read: () => Promise<unknown>][]} */
  const reads = [
    ['range, counter', () => backend.range('counter')],
    ['range, gauge', () => backend.range('gauge')],
    ['range, timing, mean', () => backend.range('timing')],
    ['range, timing, p99', () => backend.range('timing', { statistic: 'p99' })],
    ['range, counter of fifty series', () => backend.range('fifty series')],
    ['top ten of fifty series', () => backend.top('fifty series', 'queue', 10)],
  ];
  const rows = [];
  for (const [name, read] of reads) {
    const times = [];
    for (let round = 0; round < 15; round += 1) {
      const began = performance.now();
      for (let call = 0; call < 50; call += 1) await read();
      times.push(((performance.now() - began) / 50) * 1000);
    }
    measurements[`time-series.read.${name}`] = median(times);
    rows.push([name, formatNumber(median(times))]);
  }
  await metrics.close();
  return { title: 'Reading one hour', columns: ['', 'µs'], rows };
}

/** Measures each kind in its own process, so that no other's garbage is counted. @param {Record<string, number>} measurements */
function memory(measurements) {
  const program = fileURLToPath(new URL('../time-series-memory.mjs', import.meta.url));
  const rows = ['counter', 'gauge', 'timing'].map((kind) => {
    const bytes = Number(execFileSync(process.execPath, ['--expose-gc', program, kind], { encoding: 'utf8' }));
    measurements[`time-series.memory.${kind}`] = bytes;
    return [kind, formatNumber(bytes)];
  });
  const note =
    'Counters and gauges were recorded in every bucket of an hour, the gauges at one value; timings in one bucket.';
  return { title: 'Bytes of a series, of 10,000', columns: ['', 'bytes'], rows, note };
}
