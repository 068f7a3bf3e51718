import { NOT_FOUND } from '../../src/series/series-result.js';
import { TagDraft } from '../../src/series/tag-draft.js';
import { findPath, insertPath, TrieNode } from '../../src/series/tag-trie.js';

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
