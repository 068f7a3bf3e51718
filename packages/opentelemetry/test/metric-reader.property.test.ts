import { BucketRows, type HistogramRows } from '@metrics/aggregation';
import fc from 'fast-check';
import { ExponentialRows } from '../src/exponential-rows.js';
import type { Part } from '../src/metric-reader.js';
import type { DataPoint } from '../src/metric-types.js';
import { CUMULATIVE, DELTA, pointsOf, setUpReader } from './reader-set-up.js';

const KINDS = ['counter', 'histogram', 'up-down'] as const;
const call = fc.record({
  verb: fc.constantFrom('record', 'record', 'record', 'release', 'export'),
  id: fc.nat(5),
  value: fc.integer({ min: 1, max: 30 }),
  ended: fc.boolean(),
  arrives: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
  size: fc.integer({ min: 1, max: 4 }),
});

/** Values that were recorded for a series, or that arrived of it. */
interface Tally {
  readonly sum: number;
  readonly count: number;
  readonly inBuckets: number;
}
const NOTHING: Tally = { sum: 0, count: 0, inBuckets: 0 };

test.each<[string, number, () => HistogramRows]>([
  ['totals', CUMULATIVE, () => new BucketRows([2000, 10_000])],
  ['changes', DELTA, () => new BucketRows([2000, 10_000])],
  ['totals with exponential histograms', CUMULATIVE, () => new ExponentialRows(160, 1000)],
  ['changes with exponential histograms', DELTA, () => new ExponentialRows(160, 1000)],
])(
  'what arrives is what was recorded, whatever fails, is released and is recorded meanwhile: %s',
  (_, temporality, createRows) => {
    fc.assert(
      fc.property(fc.array(call, { maxLength: 60 }), (calls) => {
        const { open, record, totals, parts, reader, stats } = setUpReader({ rows: createRows() });
        const opened = new Set<number>();
        const [recorded, arrived] = [new Map<string, Tally>(), new Map<string, Tally>()];
        let made = 0;
        const recordValue = (id: number, value: number): void => {
          const kind = KINDS[id % KINDS.length]!;
          if (!opened.has(id)) open(id, kind, kind, { id: `${id}` });
          opened.add(id);
          // Whole seconds, whose sums are exact.
          record(kind, id, value * 1000);
          made += 1;
          const isHistogram = kind === 'histogram';
          const { sum, count, inBuckets } = recorded.get(`${id}`) ?? NOTHING;
          const amount = isHistogram ? value : value * 1000;
          const one = isHistogram ? 1 : 0;
          recorded.set(`${id}`, { sum: sum + amount, count: count + one, inBuckets: inBuckets + one });
        };
        const deliver = (part: Part): void => {
          reader.confirm(part);
          for (const { attributes, value } of pointsOf(part)) {
            const id = attributes['id']!;
            arrived.set(id, add(temporality === DELTA ? arrived.get(id) : undefined, value));
          }
        };
        const exportParts = (arrives: readonly boolean[], size: number, value: number): void => {
          let number = 0;
          for (const part of parts(temporality, size)) {
            recordValue((number + value) % 6, value);
            if (arrives[number % arrives.length] === true) deliver(part);
            else reader.restore(part);
            number += 1;
          }
        };
        for (const { verb, id, value, ended, arrives, size } of calls) {
          if (verb === 'record') recordValue(id, value);
          else if (verb === 'export') exportParts(arrives, size, value);
          else {
            opened.delete(id);
            // Totals of a series that ended and comes back begin again.
            totals.release(id, ended && temporality === DELTA);
          }
          const { accepted, sent, pending, dropped } = stats();
          expect([accepted, sent + pending, dropped]).toEqual([made, made, {}]);
        }
        for (const part of parts(temporality)) deliver(part);
        expect(stats()).toMatchObject({ accepted: made, sent: made, pending: 0 });
        expect(Object.fromEntries(arrived)).toEqual(Object.fromEntries(recorded));
      }),
    );
  },
);

function add({ sum, count, inBuckets }: Tally = NOTHING, value: DataPoint['value']): Tally {
  if (typeof value === 'number') return { sum: sum + value, count, inBuckets };
  const counts =
    'buckets' in value
      ? value.buckets.counts
      : [...value.positive.bucketCounts, ...value.negative.bucketCounts, value.zeroCount];
  const added = counts.reduce((all, each) => all + each, 0);
  return { sum: sum + value.sum, count: count + value.count, inBuckets: inBuckets + added };
}
