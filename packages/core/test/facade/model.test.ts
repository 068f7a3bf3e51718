import fc from 'fast-check';
import { createMetrics, type TagValue } from '../../src/index.js';
import { JournalBackend } from '../journal-backend.js';

const value = fc.oneof(
  fc.constantFrom<TagValue | undefined | null>('a', 'b', '1', 1, true, 'true', undefined, null),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
const tags = fc.dictionary(
  fc.oneof(fc.constantFrom('k', 'l', 'm', '__proto__', 'constructor'), fc.string({ minLength: 1, maxLength: 3 })),
  value,
  { maxKeys: 4 },
);
const call = fc.record({
  key: fc.constantFrom('x', 'y', 'z'),
  tags,
  instance: fc.constantFrom(undefined, 'i', 'j'),
  amount: fc.integer({ min: -5, max: 5 }),
  child: fc.boolean(),
  context: fc.boolean(),
});

/** Returns the line that a call must produce, by the plainest possible means. */
function expectation({
  key,
  tags: own,
  instance,
  child,
  context,
}: typeof call extends fc.Arbitrary<infer C> ? C : never): string {
  const merged = new Map([['r', '0']]);
  if (child) merged.set('k', 'child');
  if (context) merged.set('l', 'context');
  for (const [name, given] of Object.entries(own))
    if (given !== undefined && given !== null) merged.set(name, String(given));
  const text = [...merged.keys()].sort().map((name) => `${name}=${merged.get(name)!}`);
  return `counter ${child ? 'c.' : ''}${key}{${text.join(',')}}${instance === undefined ? '' : `#${instance}`}`;
}

it('records every call under the series of a plain model, in any spelling', () => {
  fc.assert(
    fc.property(fc.array(call, { maxLength: 60 }), (calls) => {
      const backend = new JournalBackend();
      const metrics = createMetrics({ backend, tags: { r: 0 }, cardinality: { mode: 'off' } });
      const child = metrics.child({ prefix: 'c.', tags: { k: 'child' } });
      for (const one of calls) {
        const record = (): void =>
          (one.child ? child : metrics).incr(one.key, one.amount, { tags: one.tags, instance: one.instance });
        if (one.context) metrics.withTags({ l: 'context' }, record);
        else record();
      }
      expect(backend.lines).toEqual(calls.map((one) => `${expectation(one)} ${one.amount}`));
      expect(new Set(backend.opened.map((series) => JSON.stringify(series))).size).toBe(backend.opened.length);
    }),
    { numRuns: 300 },
  );
});
