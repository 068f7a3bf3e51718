// @ts-check
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from '../rounds.mjs';
import { formatNumber } from '../suite.mjs';

const DIRECTORY = fileURLToPath(new URL('..', import.meta.url));
const EMPTY = 'nothing';
const MODULES = [
  EMPTY,
  '@metrics/core',
  '@metrics/statsd',
  '@metrics/dogstatsd',
  '@metrics/datadog',
  '@metrics/logging',
  '@metrics/timeseries',
  'hot-shots',
  'dd-trace/packages/dd-trace/src/dogstatsd.js',
  'statsd-client',
  'datadog-metrics',
  'prom-client',
  '@opentelemetry/sdk-metrics',
  'winston',
  'pino',
];

/** @type {import('../suite.mjs').Suite} */
export const load = {
  title: 'Cost of an import',
  about:
    'A fresh process imports one module and reports how long that took and how large it then is. Processes of all modules are started in turn.',
  async run({ short, progress }) {
    const modules = short ? [EMPTY, '@metrics/core', '@metrics/dogstatsd', 'hot-shots', '@metrics/datadog'] : MODULES;
    /** @type {Record<string, { time: number, size: number }[]>} */
    const results = Object.fromEntries(modules.map((name) => [name, []]));
    const rounds = short ? 5 : 9;
    for (let round = 0; round < rounds; round += 1) {
      progress(`round ${round + 1} of ${rounds}`);
      for (const name of modules) results[name]?.push(imported(name));
    }
    /** @type {Record<string, number>} */
    const measurements = {};
    const size = (/** @type {string} */ name) => median((results[name] ?? []).map((result) => result.size));
    const rows = modules.map((name) => {
      const time = median((results[name] ?? []).map((result) => result.time));
      const more = (size(name) - size(EMPTY)) / 2 ** 20;
      measurements[`load.${name}.milliseconds`] = time;
      measurements[`load.${name}.megabytes`] = more;
      return [name, formatNumber(time), formatNumber(more)];
    });
    const dogstatsd = results['@metrics/dogstatsd'] ?? [];
    const hotShots = results['hot-shots'] ?? [];
    measurements['load.@metrics/dogstatsd/hot-shots'] = median(
      dogstatsd.map(({ time }, round) => time / (hotShots[round]?.time ?? Number.NaN)),
    );
    return { measurements, tables: [{ title: 'Imports', columns: ['', 'ms', 'MB more than an empty process'], rows }] };
  },
};

/** @param {string} name */
function imported(name) {
  const statement = name === EMPTY ? '' : `await import(${JSON.stringify(name)});`;
  const source = `const began = performance.now(); ${statement} const time = performance.now() - began;
    process.stdout.write(JSON.stringify({ time, size: process.memoryUsage().rss }), () => process.exit());`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', source], {
    cwd: DIRECTORY,
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(`${name} cannot be imported: ${stderr}`);
  return /** @type {{ time: number, size: number }} */ (JSON.parse(stdout));
}
