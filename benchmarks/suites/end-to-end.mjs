// @ts-check
import { contenders } from '../contenders.mjs';
import { median, Worker } from '../rounds.mjs';
import { Sink } from '../sink.mjs';
import { formatNumber } from '../suite.mjs';

const BASE = 'hot-shots-1432';
const SENDERS = Object.keys(contenders).filter((name) => contenders[name]?.sends);
const SHORT = ['facade', BASE];
/** @type {Readonly<Record<string, string>>} */
const TITLES = {
  v3: 'Increments, tags as v3',
  'distribution-v3': 'Samples of a distribution, tags as v3',
  'timer-v3': 'Timers stopped and started, tags as v3',
};
/** Calls of a round: a tenth of a second for each, or what an unbuffered client sends in a third. */
const CALLS = { slow: 50_000, quick: 2_000_000 };

/** @type {import('../suite.mjs').Suite} */
export const endToEnd = {
  title: 'Cost of a delivered sample',
  about:
    'CPU time of the sender from the first call to the end of its flush, one for each half million calls, for each sample, with a server in another process that adds up what arrives, at the default receive buffer. A thousand calls, or twenty thousand of a client that takes nanoseconds, are made between two turns of the event loop.',
  async run({ short, progress }) {
    /** @type {Record<string, number>} */
    const measurements = {};
    const tables = [];
    const sink = await Sink.start();
    try {
      for (const [scenario, title] of Object.entries(TITLES)) {
        const names =
          short || scenario === 'timer-v3'
            ? SHORT
            : SENDERS.filter((name) => scenario === 'v3' || name !== 'statsd-client');
        progress(`${scenario}, ${names.length} senders`);
        const results = await deliveries(names, scenario, short ? 3 : 7, sink);
        const rows = names.map((name) => {
          const rounds = results[name] ?? [];
          const bases = results[BASE] ?? [];
          const ratio = median(rounds.map(({ cpu }, round) => cpu / (bases[round]?.cpu ?? Number.NaN)));
          const losses = rounds.map(({ lost }) => lost);
          if (name !== BASE) measurements[`end-to-end.${scenario}.${name}/${BASE}`] = ratio;
          measurements[`end-to-end.${scenario}.${name}.lost`] = Math.max(...losses);
          return [
            contenders[name]?.title ?? name,
            formatNumber(median(rounds.map(({ cpu }) => cpu * 1e6))),
            formatNumber(ratio),
            percent(median(losses)),
            percent(Math.max(...losses)),
            formatNumber(median(rounds.map(({ packets }) => packets * 1e6))),
          ];
        });
        tables.push({
          title,
          columns: ['', 'CPU s per million', 'ratio', 'lost, median', 'lost, worst', 'packets per million'],
          rows,
        });
      }
    } finally {
      await sink.stop();
    }
    return { tables, measurements };
  },
};

/**
 * @typedef {{ cpu: number, lost: number, packets: number }} Delivered seconds and packets for each call, and the lost share
 *
 * @param {readonly string[]} names
 * @param {string} scenario
 * @param {number} rounds
 * @param {Sink} sink
 */
async function deliveries(names, scenario, rounds, sink) {
  const workers = await Promise.all(names.map((contender) => Worker.start({ contender, scenario, port: sink.port })));
  /** @type {Record<string, Delivered[]>} */
  const results = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const [index, worker] of workers.entries()) {
      const name = names[index] ?? '';
      await sink.clear();
      const { cpu, recorded } = await worker.ask('deliver', contenders[name]?.slow ? CALLS.slow : CALLS.quick);
      const { samples, sum, packets } = await sink.settled(recorded);
      const arrived = scenario === 'v3' ? sum : samples;
      // The first round warms.
      if (round >= 0) {
        results[name]?.push({ cpu: cpu / recorded, lost: 1 - arrived / recorded, packets: packets / recorded });
      }
    }
  }
  await Promise.all(workers.map((worker) => worker.stop()));
  return results;
}

/** @param {number} share */
function percent(share) {
  return Math.abs(share) < 5e-7 ? '0 %' : `${formatNumber(share * 100)} %`;
}
