// @ts-check
import { contenders } from '../contenders.mjs';
import { Worker } from '../rounds.mjs';
import { formatNumber } from '../suite.mjs';

const SERIES = 100_000;
const NAMES = [
  'facade-empty',
  'facade',
  'statsd',
  'hot-shots-aggregation',
  'dd-trace',
  'datadog-metrics',
  'prom-client',
  'opentelemetry',
];

/** @type {import('../suite.mjs').Suite} */
export const memory = {
  title: 'Memory of a series',
  about:
    'Bytes of the heap and of array buffers after a collection, for each of 100,000 series with three tags of 10, 100 and 100 values, all of them recorded and not yet flushed.',
  async run({ short, port, progress }) {
    /** @type {Record<string, number>} */
    const measurements = {};
    const rows = [];
    for (const name of short ? ['facade', 'prom-client'] : NAMES) {
      progress(contenders[name]?.title ?? name);
      const flags = ['--expose-gc'];
      const worker = await Worker.start({ contender: name, scenario: 'each-100k', port, byHand: true, flags });
      const bytes = await worker.ask('held', SERIES);
      await worker.stop();
      measurements[`memory.${name}`] = bytes;
      rows.push([contenders[name]?.title ?? name, formatNumber(bytes)]);
    }
    return { measurements, tables: [{ title: 'Bytes per series', columns: ['', 'bytes'], rows }] };
  },
};
