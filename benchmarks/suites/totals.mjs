// @ts-check
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { contenders, totalsContenders } from '../contenders.mjs';
import { compare, median, Worker } from '../rounds.mjs';
import { formatNumber } from '../suite.mjs';

const ALL = { ...contenders, ...totalsContenders };
const SERIES = 100_000;
const CALLS = ['prom-client', 'prometheus', 'prom-client-bound', 'prometheus-bound', 'opentelemetry', 'otlp'];
/** Each of ours, and its peer. */
const PAIRS = /** @type {const} */ ([
  ['prometheus', 'prom-client'],
  ['prometheus-bound', 'prom-client-bound'],
  ['otlp', 'opentelemetry'],
]);

/** @typedef {Record<string, number>} Measurements */

/** @type {import('../suite.mjs').Suite} */
export const totals = {
  title: 'Prometheus and OpenTelemetry',
  about:
    'Against prom-client, and against the SDK of OpenTelemetry with the same exporter. A scrape is read in the process and not compressed, which prom-client does not do; an export goes to a server in another process, over OTLP and HTTP. A turn is what the event loop is held for at a time, in processor time of the thread.',
  async run({ short, port, progress }) {
    const server = fork(fileURLToPath(new URL('../otlp-sink.mjs', import.meta.url)));
    const [{ port: otlpPort }] = await once(server, 'message');
    /** @type {Measurements} */
    const measurements = {};
    try {
      progress('calls');
      const tables = [await calls(short, port, measurements)];
      progress('scrapes');
      tables.push(await reads(short, port, 'scrape', ['prometheus', 'prom-client'], measurements));
      progress('exports');
      tables.push(await reads(short, otlpPort, 'export', ['otlp', 'opentelemetry-otlp'], measurements));
      progress('bytes');
      tables.push(await bytes(short, otlpPort, measurements));
      return { tables, measurements };
    } finally {
      server.disconnect();
    }
  },
};

/** @param {string} name */
const title = (name) => ALL[name]?.title ?? name;

/** @param {boolean} short @param {number} port @param {Measurements} measurements */
async function calls(short, port, measurements) {
  const rows = [];
  for (const scenario of short ? ['v3'] : ['v3', 'timing-v3']) {
    const results = await compare({ contenders: CALLS, scenario, rounds: short ? 5 : 9, port });
    const times = (/** @type {string} */ name) => (results[name] ?? []).map(({ nanoseconds }) => nanoseconds);
    for (const [ours, peer] of PAIRS) {
      const others = times(peer);
      const ratio = median(times(ours).map((time, round) => time / (others[round] ?? Number.NaN)));
      measurements[`totals.${scenario}.${ours}/${peer}`] = ratio;
      const nanoseconds = [median(times(ours)), median(others)].map(formatNumber);
      rows.push([`${title(ours)}, ${scenario}`, ...nanoseconds, formatNumber(ratio), title(peer)]);
    }
  }
  return { title: 'Calls with three tags', columns: ['', 'ns', 'peer, ns', 'ratio', 'peer'], rows };
}

/**
 * @param {boolean} short
 * @param {number} port
 * @param {'scrape' | 'export'} kind
 * @param {readonly [ours: string, peer: string]} names
 * @param {Measurements} measurements
 */
async function reads(short, port, kind, names, measurements) {
  const options = { scenario: 'each-100k', port, byHand: true };
  const workers = await Promise.all(names.map((contender) => Worker.start({ contender, ...options })));
  /** @type {{ cpu: number, wall: number, total: number }[][]} */
  const rounds = [[], []];
  // The first ones open the series and warm.
  for (let round = short ? -2 : -3; round < (short ? 3 : 9); round += 1)
    for (const [index, worker] of workers.entries()) {
      const turn = await worker.ask('read', SERIES);
      if (round >= 0) rounds[index]?.push(turn);
    }
  await Promise.all(workers.map((worker) => worker.stop()));
  const [ours = [], peer = []] = rounds;
  const ratio = (/** @type {'cpu' | 'total'} */ key) =>
    median(ours.map((turn, round) => turn[key] / (peer[round]?.[key] ?? Number.NaN)));
  measurements[`totals.${kind}.turn`] = ratio('cpu');
  measurements[`totals.${kind}.time`] = ratio('total');
  const row = (/** @type {string} */ name, /** @type {'cpu' | 'total' | 'wall'} */ key) => [
    name,
    ...[ours, peer].map((turns) => formatNumber(median(turns.map((turn) => turn[key])))),
  ];
  return {
    title: kind === 'scrape' ? 'A scrape of 100,000 counters' : 'An export of 100,000 counters',
    columns: ['', ...names.map(title), 'ratio'],
    rows: [
      [...row('processor time of the thread, ms', 'total'), formatNumber(ratio('total'))],
      [...row('longest turn, processor time, ms', 'cpu'), formatNumber(ratio('cpu'))],
      [...row('longest turn, clock, ms', 'wall'), ''],
    ],
  };
}

/** @param {boolean} short @param {number} port @param {Measurements} measurements */
async function bytes(short, port, measurements) {
  /** @type {[name: string, scenario: string, amount: number, key: string][]} */
  const kinds = [
    ['a counter, three tags of 10, 100 and 100 values', 'each-100k', SERIES, 'counter'],
    ['a histogram of 11 buckets, the same tags', 'each-20k-timing', 20_000, 'histogram'],
  ];
  if (!short) kinds.push(['a counter, three tags, one of ever new values', 'new-series', SERIES, 'unique']);
  const names = ['prometheus', 'prom-client', ...(short ? [] : ['otlp', 'opentelemetry'])];
  const rows = [];
  for (const [name, scenario, amount, key] of kinds) {
    const held = [];
    for (const contender of names) held.push(await bytesOf(contender, scenario, amount, port));
    const [ours = Number.NaN, promClient = Number.NaN, otlp = Number.NaN, sdk = Number.NaN] = held;
    const ratios = [ours / promClient, ...(short ? [] : [otlp / sdk])];
    measurements[`totals.bytes.${key}`] = ours / promClient;
    if (!short) measurements[`totals.bytes.otlp-${key}`] = otlp / sdk;
    rows.push([name, ...held.map(formatNumber), ...ratios.map(formatNumber)]);
  }
  return {
    title: 'Bytes of a series, the facade’s included',
    columns: ['', ...names.map(title), 'to prom-client', ...(short ? [] : ['to the SDK'])],
    rows,
    note: 'A value that only one series has is there twice: as the application passed it, and as the label that is shown. That and columns which grow by doubling, half of the bytes, are more than prom-client’s object of such a series.',
  };
}

/** @param {string} contender @param {string} scenario @param {number} amount @param {number} port */
async function bytesOf(contender, scenario, amount, port) {
  const worker = await Worker.start({ contender, scenario, port, byHand: true, flags: ['--expose-gc'] });
  // Every call of `new-series` is a new one, as long as its start advances.
  if (scenario === 'new-series') await worker.ask('births', amount / 50);
  const held = await worker.ask(scenario === 'new-series' ? 'bornBytes' : 'held', amount);
  await worker.stop();
  return held;
}
