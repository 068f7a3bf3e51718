import { NOT_FOUND } from '../../src/series/series-result.js';
import { findPath, insertPath, TrieNode } from '../../src/series/tag-trie.js';

const noIgnoredTags = new Map();

test('a path that continues at the end of another is found, also through the first value of its tag', () => {
  const root = new TrieNode();
  insertPath(root, new Map([['method', 'GET']]), 1, noIgnoredTags);
  insertPath(root, new Map([['method', 'PUT']]), 2, noIgnoredTags);
  expect(findPath(root, { method: 'GET', status: 200 }, undefined)).toBe(NOT_FOUND);
  insertPath(
    root,
    new Map<string, string | number>([
      ['method', 'GET'],
      ['status', 200],
    ]),
    3,
    noIgnoredTags,
  );
  expect(findPath(root, { method: 'GET', status: 200 }, undefined)).toBe(3);
  expect(findPath(root, { method: 'GET' }, undefined)).toBe(1);
  expect(findPath(root, { method: 'PUT' }, undefined)).toBe(2);
});
