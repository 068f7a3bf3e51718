import fc from 'fast-check';
import { TagTable } from '../../src/series/tag-table.js';

it('agrees with a map of written-out tags, whatever is acquired and released', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '', '\u{1F600}'), maxLength: 4 });
  const operation = fc.record({ key: text, value: text, release: fc.boolean() });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 300 }), (operations) => {
      const table = new TagTable();
      const model = new Map<string, { tag: number; references: number }>();
      for (const { key, value, release } of operations) {
        const name = JSON.stringify([key, value]);
        const known = model.get(name);
        expect(table.find(key, value)).toBe(known?.tag ?? -1);
        if (!release) {
          const tag = table.acquire(key, value);
          if (known === undefined) {
            expect([...model.values()].map((each) => each.tag)).not.toContain(tag);
            model.set(name, { tag, references: 1 });
          } else {
            expect(tag).toBe(known.tag);
            known.references += 1;
          }
        } else if (known !== undefined) {
          table.release(known.tag);
          known.references -= 1;
          if (known.references === 0) model.delete(name);
        }
        expect(table.size).toBe(model.size);
      }
      for (const [name, { tag }] of model) expect(JSON.stringify([table.key(tag), table.value(tag)])).toBe(name);
    }),
    { numRuns: 200 },
  );
});

it('reuses tags and keys that come and go', () => {
  const table = new TagTable();
  for (let round = 0; round < 50; round += 1) {
    const tags = Array.from({ length: 1000 }, (_, index) =>
      table.acquire(`key ${round} ${index % 7}`, `value ${index}`),
    );
    expect(new Set(tags).size).toBe(1000);
    for (const tag of tags) table.release(tag);
  }
  expect([table.size, table.bound]).toEqual([0, 1000]);
});
