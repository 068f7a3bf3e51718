// @ts-check
import { compare, median } from '../rounds.mjs';
import { formatNumber } from '../suite.mjs';
import { logged } from '../variants.mjs';

/** @type {import('../suite.mjs').Suite} */
export const logging = {
  title: 'Cost of a logged metric',
  about:
    'A metric through @metrics/logging against winston called by hand with the same fields, into a stream that throws everything away.',
  async run({ short, port, progress }) {
    /** @type {Record<string, number>} */
    const measurements = {};
    progress(`${Object.keys(logged).length} contenders`);
    const names = Object.keys(logged);
    const results = await compare({ contenders: names, scenario: 'c3', rounds: short ? 5 : 25, port });
    const rows = names.map((name) => {
      const { title, against } = logged[name] ?? { title: name };
      const rounds = results[name] ?? [];
      const base = results[against ?? name] ?? [];
      const ratio = median(
        rounds.map(({ nanoseconds }, round) => nanoseconds / (base[round]?.nanoseconds ?? Number.NaN)),
      );
      if (against !== undefined) measurements[`logging.${name}/${against}`] = ratio;
      return [title, formatNumber(median(rounds.map(({ nanoseconds }) => nanoseconds))), formatNumber(ratio)];
    });
    return {
      measurements,
      tables: [{ title: 'A line, or none', columns: ['', 'ns per call', 'ratio to winston by hand'], rows }],
    };
  },
};
