// @ts-check
import { contenders } from '../contenders.mjs';
import { median, Worker } from '../rounds.mjs';
import { Sink } from '../sink.mjs';
import { formatNumber } from '../suite.mjs';

const BASE = 'hot-shots-aggregation';
const SERIES = 100_000;
const FULL = ['facade', 'statsd', BASE, 'dd-trace', 'opentelemetry', 'prom-client'];
const SHORT = ['facade', BASE];

/** @type {import('../suite.mjs').Suite} */
export const flush = {
  title: 'A flush of 100,000 series',
  about:
    'Each series is recorded once, then all are flushed. The longest block is the longest time between two turns of the event loop during the flush: what a request would have to wait. For OpenTelemetry and prom-client it is the collection alone, as they send nothing here.',
  async run({ short, progress }) {
    const names = short ? SHORT : FULL;
    progress(`${names.length} contenders`);
    /** @type {Record<string, { longest: number, lost: number | undefined }[]>} */
    const results = Object.fromEntries(names.map((name) => [name, []]));
    const sink = await Sink.start();
    const workers = await Promise.all(
      names.map((contender) => Worker.start({ contender, scenario: 'each-100k', port: sink.port, byHand: true })),
    );
    for (let round = -1; round < (short ? 3 : 9); round += 1) {
      for (const [index, worker] of workers.entries()) {
        const name = names[index] ?? '';
        await sink.clear();
        const longest = await worker.ask('stall', SERIES);
        const lost = contenders[name]?.sends ? 1 - (await sink.settled(SERIES)).sum / SERIES : undefined;
        // The first round opens the series and warms.
        if (round >= 0) results[name]?.push({ longest, lost });
      }
    }
    await Promise.all(workers.map((worker) => worker.stop()));
    await sink.stop();

    /** @type {Record<string, number>} */
    const measurements = {};
    const rows = names.map((name) => {
      const rounds = results[name] ?? [];
      const longest = median(rounds.map((round) => round.longest));
      const ratio = median(
        rounds.map((round, index) => round.longest / (results[BASE]?.[index]?.longest ?? Number.NaN)),
      );
      const lost = Math.max(...rounds.map((round) => round.lost ?? Number.NaN));
      measurements[`flush.${name}.block`] = longest;
      if (!Number.isNaN(lost)) measurements[`flush.${name}.lost`] = lost;
      if (name !== BASE) measurements[`flush.${name}/${BASE}`] = ratio;
      return [
        contenders[name]?.title ?? name,
        formatNumber(longest),
        formatNumber(Math.min(...rounds.map((round) => round.longest))),
        formatNumber(ratio),
        Number.isNaN(lost) ? '–' : `${formatNumber(Math.abs(lost) < 1e-9 ? 0 : lost * 100)} %`,
      ];
    });
    const columns = ['', 'longest block, ms', 'shortest of the rounds', 'ratio', 'lost, worst'];
    return { tables: [{ title: 'Longest block of the event loop', columns, rows }], measurements };
  },
};
