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

it('finds each of thousands of tags again, also after others were released', () => {
  const table = new TagTable();
  const of = (index: number): [string, string] => [`key ${index % 50}`, `value ${index}`];
  const tags = Array.from({ length: 4000 }, (_, index) => table.acquire(...of(index)));
  const find = (): number[] => tags.map((_, index) => table.find(...of(index)));
  expect(find()).toEqual(tags);
  for (const tag of tags) table.retain(tag);
  for (const tag of tags) table.release(tag);
  expect(find()).toEqual(tags);
  for (const tag of tags) if (tag % 3 === 0) table.release(tag);
  expect(find()).toEqual(tags.map((tag) => (tag % 3 === 0 ? -1 : tag)));
  expect(tags.map((tag) => table.has(tag))).toEqual(tags.map((tag) => tag % 3 !== 0));
  // A value of another key, and a key without that value.
  expect([table.find('key 1', 'value 2'), table.find('key 1', ''), table.find('key', 'value 1')]).toEqual([-1, -1, -1]);
  const again = tags.map((_, index) => table.acquire(...of(index)));
  expect([new Set(again).size, table.size, table.bound]).toEqual([4000, 4000, 4000]);
  again.forEach((tag, index) => expect([table.key(tag), table.value(tag)]).toEqual(of(index)));
});

it('values with one hash are two tags', () => {
  const table = new TagTable();
  const [one, other] = ['pyrverze', 'ugenbjvr'].map((value) => table.acquire('key', value));
  expect(other).not.toBe(one);
  expect([table.find('key', 'pyrverze'), table.find('key', 'ugenbjvr')]).toEqual([one, other]);
});

it('a key that no tag has any more is another one when it comes back', () => {
  const table = new TagTable();
  const first = table.acquire('a', 'x');
  const second = table.acquire('b', 'x');
  table.release(first);
  expect([table.find('a', 'x'), table.find('b', 'x')]).toEqual([-1, second]);
  const third = table.acquire('c', 'x');
  expect([table.key(third), table.key(second), table.find('a', 'x'), table.find('c', 'x')]).toEqual([
    'c',
    'b',
    -1,
    third,
  ]);
});
