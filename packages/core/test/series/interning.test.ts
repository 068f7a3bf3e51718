import fc from 'fast-check';
import { Interner } from '../../src/series/interning.js';
import { RowTable } from '../../src/series/row-table.js';

it('an Interner gives equal strings one id until each reference is released', () => {
  const interner = new Interner();
  const a = interner.acquire('alpha');
  const b = interner.acquire('beta');
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
