import fc from 'fast-check';
import { BucketRows } from '../../src/index.js';

const value = fc.oneof(fc.integer({ min: -5, max: 50 }), fc.double({ noNaN: true, min: -1e9, max: 1e9 }));

test('rows count as a naive histogram does, whatever is acquired, released, recorded and taken back', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: -5, max: 50 }), { maxLength: 8 }),
      fc.array(
        fc.record({
          verb: fc.constantFrom('acquire', 'release', 'record', 'record', 'record', 'clear', 'take back'),
          row: fc.nat(),
          value,
        }),
        { maxLength: 120 },
      ),
      (unsorted, calls) => {
        const bounds = unsorted.toSorted((one, other) => one - other);
        const rows = new BucketRows(bounds);
        const model = new Map<number, number[]>();
        for (const { verb, row: choice, value: recorded } of calls) {
          const row = [...model.keys()][choice % model.size];
          if (verb === 'acquire' || row === undefined) {
            const acquired = rows.acquire();
            expect(model.has(acquired)).toBe(false);
            model.set(acquired, bounds.concat(0).fill(0));
          } else if (verb === 'release') {
            rows.release(row);
            model.delete(row);
          } else if (verb === 'record') {
            rows.record(row, recorded);
            const index = bounds.findIndex((bound) => recorded <= bound);
            model.get(row)![index === -1 ? bounds.length : index]! += 1;
          } else {
            const taken = rows.counts(row).slice();
            rows.clear(row);
            if (verb === 'clear') model.get(row)!.fill(0);
            else rows.add(row, taken);
          }
          for (const [each, counts] of model) expect([...rows.counts(each)]).toEqual(counts);
        }
      },
    ),
  );
});

test('a thousand rows keep their counts, and a released row is used again', () => {
  const rows = new BucketRows([1, 10]);
  const all = Array.from({ length: 1000 }, () => rows.acquire());
  expect(new Set(all).size).toBe(1000);
  for (const row of all) for (let call = 0; call <= row % 7; call += 1) rows.record(row, 5);
  for (const row of all) expect([...rows.counts(row)]).toEqual([0, 1 + (row % 7), 0]);
  rows.release(700);
  rows.release(3);
  expect([rows.acquire(), rows.acquire(), rows.acquire()]).toEqual([3, 700, 1000]);
});
