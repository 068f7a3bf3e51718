// @ts-check
import { execFileSync } from 'node:child_process';
import { contenders } from '../contenders.mjs';
import { compare, median, quartiles, Worker } from '../rounds.mjs';
import { scenarios } from '../scenarios.mjs';
import { formatNumber } from '../suite.mjs';

const BASE = 'hot-shots-1432';
const ALL = Object.keys(contenders);
const WITHOUT_LOGGERS = ALL.filter((name) => name !== 'winston' && name !== 'pino');
/** Bound handles for a hundred thousand series are an array of the benchmark's own, and no peer but prom-client has any. */
const COUNTERS = WITHOUT_LOGGERS.filter((name) => contenders[name]?.side !== 'measure' && name !== 'dummy');
const SHORT = [
  'empty-method',
  'literals',
  'dummy',
  'facade-empty',
  'instrument-empty',
  'bound-empty',
  'facade',
  BASE,
  'dd-trace',
  'prom-client',
];

/** @type {Readonly<Record<string, readonly string[]>>} */
const FULL_PROGRAM = {
  none: ALL.filter((name) => name !== 'prom-client-bound'),
  c3: ALL,
  v3: ALL,
  f3: WITHOUT_LOGGERS.filter((name) => !name.includes('bound')),
  mega: ALL,
  'gauge-v3': COUNTERS,
  'distribution-v3': COUNTERS,
  'timing-v3': COUNTERS,
  'contexts-50': COUNTERS,
  'contexts-1k': COUNTERS,
  'contexts-100k': COUNTERS,
};
const SHORT_PROGRAM = { v3: SHORT, mega: SHORT, 'distribution-v3': ['facade', 'instrument', 'bound', BASE] };

/** @type {import('../suite.mjs').Suite} */
export const hotPath = {
  title: 'Cost of a call',
  about:
    'CPU time of the process for each call, user and system, garbage collection and what the client sends by itself included. Each contender runs in its own warm process; rounds are interleaved, and a ratio is the median of the ratios of single rounds. The peer that ratios refer to is hot-shots with a buffer of 1432 bytes.',
  async run({ short, port, progress, otherNode }) {
    const program = short ? SHORT_PROGRAM : FULL_PROGRAM;
    /** @type {import('../suite.mjs').Table[]} */
    const tables = [];
    /** @type {Record<string, number>} */
    const measurements = {};
    for (const [scenario, names] of Object.entries(program)) {
      progress(`${scenario}, ${names.length} contenders`);
      const results = await compare({ contenders: names, scenario, rounds: short ? 5 : 15, port });
      tables.push(table(scenario, names, results));
      Object.assign(measurements, ratios(scenario, names, results));
    }
    if (!short) {
      const allocated = await allocation(port, progress);
      tables.push(allocated.table);
      Object.assign(measurements, allocated.measurements);
    }
    if (otherNode !== undefined) tables.push(await otherVersion(otherNode, port, progress));
    return { tables, measurements };
  },
};

/** @param {string} scenario @param {readonly string[]} names @param {import('../rounds.mjs').Rounds} results */
function table(scenario, names, results) {
  const rows = names.map((name) => {
    const times = (results[name] ?? []).map(({ nanoseconds }) => nanoseconds);
    const [first, third] = quartiles(times);
    return [
      contenders[name]?.title ?? name,
      formatNumber(median(times)),
      `${formatNumber(first ?? Number.NaN)}–${formatNumber(third ?? Number.NaN)}`,
      formatNumber(ratio(results, name, BASE)),
      formatNumber(median((results[name] ?? []).map(({ pause }) => pause))),
    ];
  });
  const title = scenarios[scenario]?.().title ?? '';
  return {
    title: `${scenario}: ${title}`,
    columns: ['', 'ns per call', 'half of the rounds', 'ratio', 'of it collection, ns'],
    rows,
  };
}

/** Ratios of each of ours to each other. @param {string} scenario @param {readonly string[]} names @param {import('../rounds.mjs').Rounds} results */
function ratios(scenario, names, results) {
  /** @type {Record<string, number>} */
  const measurements = {};
  for (const one of names.filter((name) => contenders[name]?.side === 'ours')) {
    for (const other of names.filter((name) => contenders[name]?.side !== 'ours')) {
      measurements[`hot-path.${scenario}.${one}/${other}`] = ratio(results, one, other);
    }
  }
  return measurements;
}

/** @param {import('../rounds.mjs').Rounds} results @param {string} one @param {string} other */
function ratio(results, one, other) {
  const others = results[other] ?? [];
  return median(
    (results[one] ?? []).map(({ nanoseconds }, round) => nanoseconds / (others[round]?.nanoseconds ?? Number.NaN)),
  );
}

/**
 * Bytes of garbage of a call, the caller's own literals included, measured in a young generation in which all of
 * them fit. Ratios of bytes are exact on any machine.
 *
 * @param {number} port
 * @param {(step: string) => void} progress
 */
async function allocation(port, progress) {
  /** @type {Record<string, number>} */
  const measurements = {};
  const columns = ['none', 'v3', 'mega', 'gauge-v3', 'distribution-v3'];
  const rows = [];
  for (const [name, { title, slow }] of Object.entries(contenders)) {
    progress(`bytes per call: ${title}`);
    const row = [title];
    for (const scenario of columns) {
      const worker = await Worker.start({
        contender: name,
        scenario,
        port,
        flags: ['--expose-gc', '--max-semi-space-size=256', '--min-semi-space-size=256'],
      });
      await worker.ask('warm', 20);
      const bytes = await worker.ask('bytes', slow ? 5000 : 500_000);
      await worker.stop();
      row.push(formatNumber(bytes));
      measurements[`bytes.${scenario}.${name}`] = bytes;
    }
    rows.push(row);
  }
  for (const scenario of columns) {
    const beyond =
      (measurements[`bytes.${scenario}.facade`] ?? Number.NaN) - (measurements[`bytes.${scenario}.literals`] ?? 0);
    measurements[`bytes.${scenario}.facade-beyond-literals`] = Math.max(0, beyond);
  }
  return { measurements, table: { title: 'Bytes allocated per call', columns: ['', ...columns], rows } };
}

/** @param {string} node @param {number} port @param {(step: string) => void} progress */
async function otherVersion(node, port, progress) {
  const names = ['facade', 'instrument', 'bound', BASE, 'dd-trace', 'prom-client'];
  const rows = [];
  for (const scenario of ['v3', 'mega']) {
    progress(`${scenario} under another Node.js`);
    const here = await compare({ contenders: names, scenario, rounds: 9, port });
    const there = await compare({ contenders: names, scenario, rounds: 9, port, node });
    for (const name of names) {
      const [one, other] = [here, there].map((results) =>
        median((results[name] ?? []).map((round) => round.nanoseconds)),
      );
      rows.push([
        `${scenario}: ${contenders[name]?.title}`,
        formatNumber(one ?? Number.NaN),
        formatNumber(other ?? Number.NaN),
        formatNumber(ratio(here, name, BASE)),
        formatNumber(ratio(there, name, BASE)),
      ]);
    }
  }
  return {
    title: 'Node.js of this run against another',
    columns: ['', 'ns here', 'ns there', 'ratio here', 'ratio there'],
    rows,
    note: `The other is Node.js ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}.`,
  };
}
