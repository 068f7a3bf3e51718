import { anyValue, isSameDeclaration, parseDeclaredTags, resultTag } from '../../src/series/metric-family.js';
import { INSTANCE_KEY } from '../../src/series/series-result.js';

it('a list of keys and an object of lists declare tags; the instance, and the result of a timing, need no declaration', () => {
  expect([...parseDeclaredTags(['a', 'b'], 'counter')]).toEqual([
    [INSTANCE_KEY, undefined],
    ['a', undefined],
    ['b', undefined],
  ]);
  expect([...parseDeclaredTags({ a: ['x', 200, true], b: anyValue }, 'timing')]).toEqual([
    [INSTANCE_KEY, undefined],
    ['result', new Set(['success', 'failure'])],
    ['a', new Set(['x', '200', 'true'])],
    ['b', undefined],
  ]);
  expect(parseDeclaredTags({ result: ['success'] }, 'timing').get('result')).toEqual(new Set(['success']));
});

it('declared values are normalized as those of calls are', () => {
  const declared = parseDeclaredTags({ ['k\uD800']: ['v\uD800', 'v'.repeat(300)] }, 'counter');
  expect(declared.get('k\uFFFD')).toEqual(new Set(['v\uFFFD', 'v'.repeat(200)]));
});

it('an invalid declaration declares nothing', () => {
  for (const tags of [null, 5, new Map([['a', 1]])]) expect(parseDeclaredTags(tags as never, 'counter').size).toBe(1);
});

it('declarations are equal in any order, and differ by a key or a value', () => {
  const same = (
    one: Parameters<typeof parseDeclaredTags>[0],
    other: Parameters<typeof parseDeclaredTags>[0],
  ): boolean => isSameDeclaration(parseDeclaredTags(one, 'counter'), parseDeclaredTags(other, 'counter'));
  expect(same(['a', 'b'], ['b', 'a'])).toBe(true);
  expect(same(['a'], { a: anyValue })).toBe(true);
  expect(same({ a: [1, 2], b: ['x'] }, { b: ['x'], a: ['2', '1'] })).toBe(true);
  expect(same(['a'], ['a', 'b'])).toBe(false);
  expect(same(['a'], ['b'])).toBe(false);
  expect(same({ a: [1] }, { a: [2] })).toBe(false);
  expect(same({ a: [1] }, { a: anyValue })).toBe(false);
});

it.each([
  [undefined, 'result'],
  [null, 'result'],
  [{}, 'result'],
  [{ result: undefined }, 'result'],
  [{ result: true }, 'result'],
  [{ result: '' }, 'result'],
  [{ result: 5 }, 'result'],
  [{ result: 'outcome' }, 'outcome'],
  [{ result: 'x'.repeat(300) }, 'x'.repeat(200)],
  [{ result: false }, undefined],
])('with the options %j, the tag of timers is %s', (options, tag) => {
  expect(resultTag(options)).toBe(tag);
});
