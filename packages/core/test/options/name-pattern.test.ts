import fc from 'fast-check';
import { matchesAny, matchesPattern } from '../../src/options/name-pattern.js';

describe('matchesPattern', () => {
  it.each([
    ['jobs.run', 'jobs.run', true],
    ['jobs.run', 'jobs.runs', false],
    ['jobs.*', 'jobs.run', true],
    ['jobs.*', 'jobs', false],
    ['*_id', 'org_id', true],
    ['*.debug.*', 'shop.debug.sql', true],
    ['*.debug.*', 'debug.sql', false],
    ['a*b*c', 'a.b.b.c', true],
    ['a*b*c', 'acb', false],
    ['ab*ba', 'aba', false],
    ['*', '', true],
    ['**', 'x', true],
    ['', '', true],
    ['', 'x', false],
    ['a.c', 'abc', false],
  ])('%j, %j: %j', (pattern, name, expected) => {
    expect(matchesPattern(pattern, name)).toBe(expected);
  });

  it('agrees with a regular expression', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), maxLength: 8 });
    fc.assert(
      fc.property(text, text, (pattern, name) => {
        const source = pattern.replaceAll('.', '\\.').replaceAll('*', '.*');
        expect(matchesPattern(pattern, name)).toBe(new RegExp(`^${source}$`, 's').test(name));
      }),
    );
  });

  it('matches any of several patterns', () => {
    expect(matchesAny(['a', 'b.*'], 'b.c')).toBe(true);
    expect(matchesAny([], 'b.c')).toBe(false);
  });
});
