// @ts-check
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { contenders, newSeriesContenders, timeSeriesContenders } from '../contenders.mjs';
import { median, Worker } from '../rounds.mjs';
import { formatNumber } from '../suite.mjs';

const ALL = { ...contenders, ...newSeriesContenders, ...timeSeriesContenders };
const SERIES = 100_000;
const WARM_UP = 20_000;
const OURS = ['facade-empty', 'statsd-plain', 'statsd', 'facade', 'datadog', 'time-series', 'logging'];
const PEERS = [
  'prom-client',
  'hot-shots-1432',
  'hot-shots-aggregation',
  'dd-trace',
  'statsd-client',
  'datadog-metrics',
  'opentelemetry',
];
const SIZES = [10, 100, 1000, 10_000, 100_000, 1_000_000];
const PROGRAM = fileURLToPath(new URL('../short-process.mjs', import.meta.url));
const CLIENTS = ['dogstatsd', 'statsd', 'hot-shots', 'datadog-metrics', 'prom-client'];

/** @typedef {(key: string, value: number) => void} Keep */

/** @type {import('../suite.mjs').Suite} */
export const newSeries = {
  title: 'New series and short processes',
  about:
    'Three tags, one of ever new values; the guard is on, its bounds raised. Every measurement has its own process, and the processes of all contenders take turns. Cold: the first calls of the process. Warm: after 20,000 other series.',
  async run({ short, port, progress }) {
    /** @type {Record<string, number>} */
    const measurements = {};
    const keep = (/** @type {string} */ key, /** @type {number} */ value) => {
      measurements[`new-series.${key}`] = value;
    };
    const names = short ? ['prom-client', 'statsd-plain', 'facade'] : [...OURS, ...PEERS];
    const tables = [await births(names, short ? 5 : 9, port, progress, keep)];
    if (!short) tables.push(await sizes(port, progress), await bytes(names, port, progress, keep));
    tables.push(await shortProcesses(short ? 5 : 15, port, progress, keep));
    return { measurements, tables };
  },
};

/** @param {string} name */
const title = (name) => ALL[name]?.title ?? name;

/**
 * @param {readonly string[]} names
 * @param {number} rounds
 * @param {number} port
 * @param {(step: string) => void} progress
 * @param {Keep} keep
 */
async function births(names, rounds, port, progress, keep) {
  /** @type {Record<'cold' | 'warm' | 'twice', Record<string, number[]>>} */
  const costs = { cold: {}, warm: {}, twice: {} };
  for (let round = 1; round <= rounds; round += 1) {
    progress(`round ${round} of ${rounds}`);
    for (const name of names) {
      const cold = await born(name, port, [SERIES]);
      const warm = await born(name, port, [WARM_UP, SERIES]);
      (costs.cold[name] ??= []).push(cold.first);
      (costs.warm[name] ??= []).push(warm.first);
      (costs.twice[name] ??= []).push(warm.first + warm.second);
    }
  }
  /** @param {'cold' | 'warm' | 'twice'} state @param {string} name */
  const ratioOf = (state, name) => {
    const peer = costs[state]['prom-client'] ?? [];
    return median((costs[state][name] ?? []).map((cost, round) => cost / (peer[round] ?? Number.NaN)));
  };
  const rows = names.map((name) => {
    const cells = [title(name)];
    for (const state of /** @type {const} */ (['cold', 'warm', 'twice'])) {
      const ratio = ratioOf(state, name);
      keep(`${state}.${name}/prom-client`, ratio);
      cells.push(formatNumber(median(costs[state][name] ?? [])), formatNumber(ratio));
    }
    return cells;
  });
  const columns = ['', 'cold, µs', 'to prom-client', 'warm, µs', 'to prom-client', 'seen twice, µs', 'to prom-client'];
  return { title: `${SERIES.toLocaleString('en')} new series, processor time of each`, columns, rows };
}

/** @param {number} port @param {(step: string) => void} progress */
async function sizes(port, progress) {
  const names = ['statsd-plain', 'facade', 'prom-client', 'hot-shots-1432', 'opentelemetry'];
  const rows = [];
  for (const name of names) {
    progress(`10 to 1,000,000 series: ${title(name)}`);
    const cells = [];
    for (const size of SIZES) {
      const rounds = size > 100_000 ? 1 : 3;
      const costs = [];
      for (let round = 0; round < rounds; round += 1) costs.push((await born(name, port, [size])).first);
      cells.push(formatNumber(median(costs)));
    }
    rows.push([title(name), ...cells]);
  }
  const columns = ['', ...SIZES.map((size) => size.toLocaleString('en'))];
  return { title: 'Microseconds of each new series in a cold process, by their number', columns, rows };
}

/** @param {readonly string[]} names @param {number} port @param {(step: string) => void} progress @param {Keep} keep */
async function bytes(names, port, progress, keep) {
  const rows = [];
  for (const name of names) {
    progress(`bytes: ${title(name)}`);
    const worker = await Worker.start({
      contender: name,
      scenario: 'new-series',
      port,
      byHand: true,
      flags: ['--expose-gc'],
    });
    await worker.ask('births', SERIES / 50);
    const held = await worker.ask('bornBytes', SERIES);
    await worker.stop();
    keep(`bytes.${name}`, held);
    rows.push([title(name), formatNumber(held)]);
  }
  return { title: 'Bytes of a series with a unique tag value, recorded once', columns: ['', 'bytes'], rows };
}

/**
 * Returns what the last of these numbers of new series cost.
 *
 * @param {string} name
 * @param {number} port
 * @param {readonly number[]} amounts
 * @returns {Promise<{ first: number, second: number }>}
 */
async function born(name, port, amounts) {
  const worker = await Worker.start({ contender: name, scenario: 'new-series', port, byHand: true });
  let cost = { first: Number.NaN, second: Number.NaN };
  for (const amount of amounts) cost = await worker.ask('births', amount);
  await worker.stop();
  return cost;
}

/** @param {number} rounds @param {number} port @param {(step: string) => void} progress @param {Keep} keep */
async function shortProcesses(rounds, port, progress, keep) {
  progress('short processes');
  /** @type {Record<string, { cpu: number, wall: number }[]>} */
  const results = {};
  for (let round = 0; round < rounds; round += 1)
    for (const client of CLIENTS) {
      const { stdout, stderr } = spawnSync(process.execPath, [PROGRAM, client, String(port)], { encoding: 'utf8' });
      if (stdout === '') throw new Error(`the short process with ${client} failed: ${stderr}`);
      (results[client] ??= []).push(JSON.parse(stdout));
    }
  const peer = results['hot-shots'] ?? [];
  const rows = CLIENTS.map((client) => {
    const runs = results[client] ?? [];
    const ratio = median(runs.map(({ cpu }, round) => cpu / (peer[round]?.cpu ?? Number.NaN)));
    keep(`short-process.${client}/hot-shots`, ratio);
    return [
      client,
      formatNumber(median(runs.map(({ cpu }) => cpu))),
      formatNumber(median(runs.map(({ wall }) => wall))),
      formatNumber(ratio),
    ];
  });
  return {
    title: 'A short process: import, set-up, 20 new series, flush, close',
    columns: ['', 'processor time, ms', 'time, ms', 'to hot-shots, processor time'],
    rows,
    note: 'Without the start of Node.js itself. datadog-metrics and prom-client send nothing here: their part is up to the request.',
  };
}
