import fc from 'fast-check';
import { NOT_FOUND } from '../../src/series/series-result.js';
import { TagDraft } from '../../src/series/tag-draft.js';
import { findPath, findRawPath, insertPath, TrieNode } from '../../src/series/tag-trie.js';
import type { Tags } from '../../src/series/tags.js';

function draftOf(tags: Readonly<Record<string, unknown>>): TagDraft {
  const draft = new TagDraft();
  for (const [key, value] of Object.entries(tags)) draft.addRaw(key, value);
  return draft;
}

test('a path that continues where another one ends is found, also through the first value of its tag', () => {
  const root = new TrieNode();
  insertPath(root, draftOf({ method: 'GET' }), 1);
  insertPath(root, draftOf({ method: 'PUT' }), 2);
  expect(findPath(root, { method: 'GET', status: 200 }, undefined)).toBe(NOT_FOUND);
  insertPath(root, draftOf({ method: 'GET', status: 200 }), 3);
  expect(findPath(root, { method: 'GET', status: 200 }, undefined)).toBe(3);
  expect(findPath(root, { method: 'GET' }, undefined)).toBe(1);
  expect(findPath(root, { method: 'PUT' }, undefined)).toBe(2);
});

test('a path is found by the keys, the values and the order of a call, and by no other', () => {
  const root = new TrieNode();
  insertPath(root, draftOf({ method: 'GET', status: 200 }), 1);
  insertPath(root, draftOf({ status: '200', method: 'GET' }), 2);
  insertPath(root, draftOf({ region: 'eu' }), 3);
  insertPath(root, draftOf({}), 4);
  const found = [
    { method: 'GET', status: 200 },
    { status: '200', method: 'GET' },
    { region: 'eu' },
    {},
    { method: 'GET', status: '200' },
    { method: 'GET' },
    { status: '200' },
    { region: 'us' },
    { region: 'eu', method: 'GET' },
    { zone: 'eu' },
    { method: 'GET', zone: 200 },
  ].map((tags) => findPath(root, tags as Tags));
  expect(found).toEqual([1, 2, 3, 4, ...Array(7).fill(NOT_FOUND)]);
  expect([findPath(root, undefined), findPath(root, null)]).toEqual([4, 4]);
  // It hides its content.
  expect(findPath(root, new Map([['region', 'eu']]) as unknown as Tags)).toBe(NOT_FOUND);
});

test('an instance is the last step of a path', () => {
  const root = new TrieNode();
  insertPath(root, draftOf({ region: 'eu', '': 'worker 1' }), 1);
  insertPath(root, draftOf({ '': 'worker 1' }), 2);
  expect(findPath(root, { region: 'eu' }, 'worker 1')).toBe(1);
  expect(findPath(root, undefined, 'worker 1')).toBe(2);
  expect(findPath(root, { region: 'eu' }, 'worker 2')).toBe(NOT_FOUND);
  expect(findPath(root, { region: 'eu' })).toBe(NOT_FOUND);
  expect(findPath(new TrieNode(5), undefined, 'worker 1')).toBe(NOT_FOUND);
  insertPath(root, draftOf({ zone: 'a' }), 3);
  expect(findPath(root, { zone: 'a' })).toBe(3);
  expect(findPath(root, { zone: 'a' }, 'worker 1')).toBe(NOT_FOUND);
});

test('a value that is ignored leads anywhere, unless it is kept', () => {
  const root = new TrieNode();
  const draft = draftOf({ user: 'a', region: 'eu' });
  draft.ignore('user', new Set(['kept', 'k'.repeat(200)]));
  insertPath(root, draft, 1);
  expect(findPath(root, { user: 'b', region: 'eu' })).toBe(1);
  expect(findPath(root, { user: 7, region: 'eu' })).toBe(1);
  expect(findPath(root, { user: 'kept', region: 'eu' })).toBe(NOT_FOUND);
  expect(findPath(root, { user: 'k'.repeat(300), region: 'eu' })).toBe(NOT_FOUND);
  expect(findPath(root, { user: 'b', region: 'us' })).toBe(NOT_FOUND);
  for (const user of [undefined, null, {}, () => {}])
    expect(findPath(root, { user, region: 'eu' } as Tags)).toBe(NOT_FOUND);
  const other = draftOf({ user: 'kept', region: 'eu' });
  insertPath(root, other, 2);
  expect(findPath(root, { user: 'kept', region: 'eu' })).toBe(2);
  expect(findPath(root, { user: 'b', region: 'eu' })).toBe(1);
  const all = draftOf({ id: 5 });
  all.ignore('id', undefined);
  insertPath(root, all, 3);
  expect([findPath(root, { id: 'anything' }), findPath(root, { id: {} } as never)]).toEqual([3, NOT_FOUND]);
  // A long value of a tag that is ignored is not kept as a key.
  const long = draftOf({ hash: 'x'.repeat(1000) });
  long.ignore('hash', undefined);
  insertPath(root, long, 4);
  expect(findPath(root, { hash: 'y' })).toBe(4);
});

test('a value of up to 256 characters is cached', () => {
  const root = new TrieNode();
  for (const length of [256, 257]) insertPath(root, draftOf({ path: 'x'.repeat(length) }), length);
  expect(findPath(root, { path: 'x'.repeat(256) })).toBe(256);
  expect(findPath(root, { path: 'x'.repeat(257) })).toBe(NOT_FOUND);
});

test('the tags of a draft are found as they were written', () => {
  const root = new TrieNode();
  const draft = draftOf({ method: 'GET', status: 200 });
  expect(findRawPath(root, draft)).toBe(NOT_FOUND);
  insertPath(root, draft, 1);
  expect(findRawPath(root, draft)).toBe(1);
  expect(findRawPath(root, draftOf({ method: 'GET' }))).toBe(NOT_FOUND);
  expect(findRawPath(root, draftOf({ method: 'GET', status: 200, region: 'eu' }))).toBe(NOT_FOUND);
  insertPath(root, draftOf({}), 2);
  expect(findRawPath(root, draftOf({}))).toBe(2);
});

test('any calls are found as they were inserted, and the last insertion counts', () => {
  const value = fc.constantFrom('a', 'b', 1, true);
  const tags = fc
    .uniqueArray(fc.tuple(fc.constantFrom('k', 'l', 'm'), value), { selector: ([key]) => key })
    .map((pairs) => Object.fromEntries(pairs));
  fc.assert(
    fc.property(fc.array(tags, { maxLength: 40 }), tags, (calls, other) => {
      const root = new TrieNode();
      const model = new Map<string, number>();
      calls.forEach((call, id) => {
        insertPath(root, draftOf(call), id);
        model.set(JSON.stringify(Object.entries(call)), id);
      });
      for (const call of [...calls, other]) {
        const expected = model.get(JSON.stringify(Object.entries(call))) ?? NOT_FOUND;
        expect([findPath(root, call), findRawPath(root, draftOf(call))]).toEqual([expected, expected]);
      }
    }),
    { numRuns: 500 },
  );
});
