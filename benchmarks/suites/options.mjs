// @ts-check
import { compare, median } from '../rounds.mjs';
import { formatNumber } from '../suite.mjs';
import { attacks, gauges, options, timers } from '../variants.mjs';

/** @type {import('../suite.mjs').Suite} */
export const optionCosts = {
  title: 'Cost of the options',
  about:
    'The facade alone, over a backend that only adds up, with one thing changed each time; tags as v3. A ratio is to the first row.',
  async run({ short, port, progress }) {
    /** @type {import('../suite.mjs').Table[]} */
    const tables = [];
    /** @type {Record<string, number>} */
    const measurements = {};
    /** @type {[string, Readonly<Record<string, import('../contenders.mjs').Contender>>][]} */
    const groups = [
      ['Options of the facade', options],
      ['Timers and scopes', timers],
      ['Gauges that move', gauges],
      ['Under attack, with the bounds of the guard', attacks],
    ];
    for (const [title, variants] of groups) {
      progress(title);
      const names = Object.keys(variants);
      const results = await compare({ contenders: names, scenario: 'v3', rounds: short ? 3 : 15, port });
      const first = results[names[0] ?? ''] ?? [];
      const rows = names.map((name) => {
        const rounds = results[name] ?? [];
        const ratio = median(
          rounds.map(({ nanoseconds }, round) => nanoseconds / (first[round]?.nanoseconds ?? Number.NaN)),
        );
        measurements[`options.${name}`] = ratio;
        return [
          variants[name]?.title ?? name,
          formatNumber(median(rounds.map(({ nanoseconds }) => nanoseconds))),
          formatNumber(ratio),
        ];
      });
      tables.push({ title, columns: ['', 'ns per call', 'ratio'], rows });
    }
    return { tables, measurements };
  },
};
