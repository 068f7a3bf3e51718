import fc from 'fast-check';
import { TagDraft, tagPairs } from '../../src/series/tag-draft.js';
import { TagTable } from '../../src/series/tag-table.js';

test('tags are in the order of their keys, normalized, and the last value of a key counts', () => {
  const table = new TagTable();
  const known = table.acquire('b', '2');
  const draft = new TagDraft();
  draft.add('b', 2, table);
  draft.add('c', true, table);
  draft.add('a', 'x'.repeat(300), table);
  draft.add('c', 'half \uD800', table);
  expect(tagPairs(draft)).toEqual([
    ['a', 'x'.repeat(200)],
    ['b', '2'],
    ['c', 'half \uFFFD'],
  ]);
  expect([draft.count, draft.tags.slice(0, 3)]).toEqual([3, [-1, known, -1]]);
  expect([draft.rawCount, draft.rawKeys, draft.rawValues]).toEqual([
    4,
    ['b', 'c', 'a', 'c'],
    [2, true, 'x'.repeat(300), 'half \uD800'],
  ]);
});

test('a tag that some series has is found in any spelling', () => {
  const table = new TagTable();
  const long = table.acquire('k'.repeat(200), 'v'.repeat(200));
  const broken = table.acquire('a\uFFFD', 'b\uFFFD');
  const draft = new TagDraft();
  draft.add('k'.repeat(200), 'v'.repeat(200), table);
  draft.add('a\uD800', 'b\uD800', table);
  expect(draft.tags.slice(0, 2)).toEqual([broken, long]);
  draft.clear();
  draft.add('k'.repeat(201), 'v'.repeat(201), table);
  draft.set('a\uFFFD', 'b\uFFFD', table);
  expect(draft.tags.slice(0, 2)).toEqual([broken, long]);
  for (const [key, value, tag] of [
    ['k'.repeat(201), 'v'.repeat(200), long],
    ['k'.repeat(200), 'v'.repeat(201), long],
    ['a\uD800', 'b\uFFFD', broken],
    ['a\uFFFD', 'b\uD800', broken],
  ] as const) {
    const other = new TagDraft();
    other.add(key, value, table);
    expect(other.tags[0]).toBe(tag);
  }
  draft.replace(0, 'other', table);
  expect([draft.values[0], draft.tags[0]]).toEqual(['other', -1]);
  draft.replace(0, 'b\uFFFD', table);
  expect(draft.tags[0]).toBe(broken);
});

test('pairs are without the instance, which has the empty key', () => {
  const draft = new TagDraft();
  const table = new TagTable();
  expect(tagPairs(draft)).toEqual([]);
  draft.set('a', '1', table);
  expect(tagPairs(draft)).toEqual([['a', '1']]);
  draft.set('', 'worker', table);
  expect([draft.keys.slice(0, 2), tagPairs(draft)]).toEqual([['', 'a'], [['a', '1']]]);
});

test('a draft agrees with a map, whatever is set and removed', () => {
  const table = new TagTable();
  for (const key of ['', 'a', 'b', 'c', 'd']) for (const value of ['1', '3']) table.acquire(key, value);
  const operation = fc.record({ key: fc.constantFrom('', 'a', 'b', 'c', 'd'), value: fc.nat(3), remove: fc.boolean() });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 30 }), (operations) => {
      const draft = new TagDraft();
      const model = new Map<string, string>();
      for (const { key, value, remove } of operations) {
        const at = draft.keys.slice(0, draft.count).indexOf(key);
        if (!remove) {
          draft.set(key, `${value}`, table);
          model.set(key, `${value}`);
        } else if (at >= 0) {
          draft.remove(at);
          model.delete(key);
        }
      }
      const { keys, values, tags, count } = draft;
      expect(tags.slice(0, count)).toEqual(keys.slice(0, count).map((key, index) => table.find(key, values[index]!)));
      expect(keys.slice(0, count).map((key, index) => [key, values[index]])).toEqual(
        [...model].sort(([one], [other]) => (one < other ? -1 : 1)),
      );
    }),
  );
});

test('tags as written can be sorted, and nothing of the caller stays after a draft is cleared', () => {
  const draft = new TagDraft();
  const value = {};
  draft.addRaw('b', value);
  draft.addRaw('c', 2);
  draft.addRaw('a', 1);
  draft.ignore('b', undefined);
  draft.ignore('c', new Set(['2']));
  expect([...draft.ignored!]).toEqual([
    ['b', undefined],
    ['c', new Set(['2'])],
  ]);
  draft.sortRaw();
  expect([draft.rawKeys, draft.rawValues]).toEqual([
    ['a', 'b', 'c'],
    [1, value, 2],
  ]);
  draft.clear();
  expect(draft.rawValues).toEqual([undefined, undefined, undefined]);
  expect([draft.rawCount, draft.count, draft.ignored]).toEqual([0, 0, undefined]);
  // Tags of an earlier call are not sorted with those of this one.
  draft.addRaw('z', 26);
  draft.sortRaw();
  expect([draft.rawKeys[0], draft.rawValues[0]]).toEqual(['z', 26]);
});
