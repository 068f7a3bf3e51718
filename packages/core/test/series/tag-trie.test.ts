import { findPath, insertPath, NOT_FOUND, TrieNode } from '../../src/series/tag-trie.js';

const held = new Map();

test('a path that goes on where another one ends is found, also through the first value of its tag', () => {
  const root = new TrieNode();
  insertPath(root, new Map([['method', 'GET']]), 1, held);
  insertPath(root, new Map([['method', 'PUT']]), 2, held);
  expect(findPath(root, { method: 'GET', status: 200 }, undefined)).toBe(NOT_FOUND);
  insertPath(
    root,
    new Map<string, string | number>([
      ['method', 'GET'],
      ['status', 200],
    ]),
    3,
    held,
  );
  expect(findPath(root, { method: 'GET', status: 200 }, undefined)).toBe(3);
  expect(findPath(root, { method: 'GET' }, undefined)).toBe(1);
  expect(findPath(root, { method: 'PUT' }, undefined)).toBe(2);
});
