import fc from 'fast-check';
import { captureArrays } from 'test-kit/capture-arrays';
import { grow, Interner } from '../../src/series/interning.js';
import { RowTable } from '../../src/series/row-table.js';

it('an Interner gives equal strings one id until each reference is released', () => {
  const interner = new Interner();
  const a = interner.acquire('alpha');
  const b = interner.acquire('beta');
  expect([a, b]).toEqual([0, 1]);
  expect([interner.acquire('alpha'), interner.find('beta'), interner.find('gamma')]).toEqual([a, b, undefined]);
  interner.retain(b);
  expect([interner.release(b), interner.release(a), interner.release(a), interner.size]).toEqual([
    false,
    false,
    true,
    1,
  ]);
  expect(interner.acquire('gamma')).toBe(a);
  expect([interner.text(a), interner.text(b), interner.find('alpha')]).toEqual(['gamma', 'beta', undefined]);
});

it('a RowTable agrees with a map of written-out rows, whatever is added and removed', () => {
  const row = fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 4 });
  const operation = fc.record({ row, remove: fc.boolean() });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 400 }), (operations) => {
      const table = new RowTable();
      const model = new Map<string, number>();
      for (const { row: cells, remove } of operations) {
        const key = JSON.stringify(cells);
        const id = table.find(cells);
        expect(id).toBe(model.get(key) ?? -1);
        if (id < 0) {
          const added = table.insert(cells);
          expect([...model.values()]).not.toContain(added);
          model.set(key, added);
        } else if (remove) {
          table.remove(id);
          model.delete(key);
        }
      }
      expect(table.size).toBe(model.size);
      for (const [key, id] of model) {
        const cells = Array.from({ length: table.length(id) }, (_, index) => table.at(id, index));
        expect([JSON.stringify(cells), table.has(id)]).toEqual([key, true]);
      }
    }),
    { numRuns: 200 },
  );
});

it('a RowTable reuses ids and room: added and removed rows leave nothing', () => {
  const table = new RowTable();
  for (let round = 0; round < 50; round += 1) {
    const ids = Array.from({ length: 1000 }, (_, i) => table.insert([round, i, i % 7]));
    for (const id of ids) table.remove(id);
  }
  expect([table.size, table.bound]).toEqual([0, 1000]);
});

it('a RowTable finds each of thousands of rows of any length again, also after others were removed', () => {
  const table = new RowTable();
  const rowOf = (index: number): number[] => Array.from({ length: index % 6 }, (_, at) => index * (at + 1));
  const rows = Array.from({ length: 4000 }, (_, index) => [...rowOf(index), index]);
  const ids = rows.map((row) => table.insert(row));
  expect(ids).toEqual(rows.map((_, index) => index));
  expect(rows.map((row) => table.find(row))).toEqual(ids);
  // Only the first integers count.
  expect(table.find([...rows[7]!, 5], rows[7]!.length)).toBe(7);
  for (const id of ids) if (id % 3 === 0) table.remove(id);
  expect(rows.map((row) => table.find(row))).toEqual(ids.map((id) => (id % 3 === 0 ? -1 : id)));
  expect(ids.map((id) => table.has(id))).toEqual(ids.map((id) => id % 3 !== 0));
  expect([table.size, table.has(4000), table.has(5000)]).toEqual([2666, false, false]);
  for (const id of ids) if (id % 3 === 0) table.insert(rows[id]!);
  expect([table.size, table.bound]).toEqual([4000, 4000]);
  for (const row of rows) {
    const id = table.find(row);
    expect(Array.from({ length: table.length(id) }, (_, at) => table.at(id, at))).toEqual(row);
  }
});

it('a RowTable has a row without integers', () => {
  const table = new RowTable();
  for (let round = 0; round < 3; round += 1) {
    expect(table.find([])).toBe(-1);
    const id = table.insert([]);
    const other = table.insert([round]);
    expect([table.find([]), table.length(id), table.find([round])]).toEqual([id, 0, other]);
    table.remove(id);
  }
});

it('a column grows to twice its length, and a long one by a fifth', () => {
  expect([...grow(Int32Array.of(1, 2), -1)]).toEqual([1, 2, -1, -1]);
  expect([...grow(Float64Array.of(1, 2))]).toEqual([1, 2, 0, 0]);
  expect(grow(new Uint8Array(16_383))).toHaveLength(2 * 16_383);
  expect(grow(new Uint8Array(16_384))).toHaveLength(Math.ceil(16_384 * 1.2));
});

it('a RowTable uses the room of removed rows again', () => {
  const { arrays } = captureArrays('Int32Array', () => {
    const table = new RowTable();
    for (let round = 0; round < 200; round += 1) {
      const ids = Array.from({ length: 20 }, (_, i) =>
        table.insert(Array.from({ length: i % 4 }, () => round * 20 + i)),
      );
      for (const id of ids) table.remove(id);
    }
  });
  expect(Math.max(...arrays.map(({ length }) => length))).toBeLessThanOrEqual(128);
});
