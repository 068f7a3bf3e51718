// @ts-check
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createMetrics } from '@metrics/core';
import { MemoryStore, TimeSeriesBackend } from '@metrics/timeseries';
import { compare, median } from '../rounds.mjs';
import { figure } from '../suite.mjs';

const SERIES = 10_000;
const HOUR = 3_600_000;

/** @type {import('../suite.mjs').Suite} */
export const timeSeries = {
  title: 'The internal time series database',
  about:
    'Recording against the same call into a backend that does nothing; reading an hour of one metric; and the memory of a series with the default rollups.',
  async run({ short, port, progress }) {
    /** @type {Record<string, number>} */
    const figures = {};
    progress('recording');
    const tables = [await recording(short, port, figures)];
    progress('reading');
    tables.push(await reading(figures));
    if (!short) {
      progress('memory');
      tables.push(await memory(figures));
    }
    return { tables, figures };
  },
};

/** @param {boolean} short @param {number} port @param {Record<string, number>} figures */
async function recording(short, port, figures) {
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
      figures[`time-series.${scenario}.${ours}/${empty}`] = ratio;
      rows.push([`${ours}, ${scenario}`, figure(median(times)), figure(median(base)), figure(ratio)]);
    }
  }
  return { title: 'Recording', columns: ['', 'ns', 'empty backend, ns', 'ratio'], rows };
}

/** @param {Record<string, number>} figures */
async function reading(figures) {
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
    figures[`time-series.read.${name}`] = median(times);
    rows.push([name, figure(median(times))]);
  }
  await metrics.close();
  return { title: 'Reading one hour', columns: ['', 'µs'], rows };
}

/** @param {Record<string, number>} figures */
async function memory(figures) {
  const rows = [];
  for (const kind of /** @type {const} */ (['counter', 'gauge', 'timing'])) {
    let now = Date.UTC(2026, 0, 1);
    const before = used();
    const store = new MemoryStore({ maxBytes: 2 ** 31 });
    const backend = new TimeSeriesBackend({ store, clock: () => now, flushInterval: 1e9 });
    for (let id = 0; id < SERIES; id += 1) {
      const tags = { method: 'GET', route: `/api/route/${id}`, status: '200' };
      const name = { key: 'requests', name: 'requests', instance: undefined };
      backend.open(id, { ...name, kind, tags, unit: undefined, internal: true });
    }
    // A timing's values take most of the time to record.
    const hours = kind === 'timing' ? 0 : 1;
    for (let step = 0; step <= hours * 360; step += 1) {
      for (let id = 0; id < SERIES; id += 1) {
        if (kind === 'counter') backend.incr(id, 1);
        else if (kind === 'gauge') backend.gauge(id, id % 7);
        else backend.timing(id, id % 1000);
      }
      now += 10_000;
    }
    await backend.flush();
    const bytes = (used() - before) / SERIES;
    figures[`time-series.memory.${kind}`] = bytes;
    rows.push([hours > 0 ? `${kind}, an hour of buckets` : `${kind}, one bucket`, figure(bytes)]);
    await backend.close({ timeout: 0 });
  }
  return { title: `Bytes of a series, of ${SERIES.toLocaleString('en')}`, columns: ['', 'bytes'], rows };
}

function used() {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
