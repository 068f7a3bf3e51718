import fc from 'fast-check';
import { TagCounts } from '../../src/series/tag-counts.js';

it('agrees with a map, whatever is counted up and down', () => {
  const operation = fc.record({ tag: fc.nat(40), up: fc.boolean() });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 300 }), (operations) => {
      const counts = new TagCounts();
      const model = new Map<number, number>();
      for (const { tag, up } of operations) {
        const count = (model.get(tag) ?? 0) + (up ? 1 : -1);
        counts.count(tag, up ? 1 : -1);
        if (count > 0) model.set(tag, count);
        else model.delete(tag);
        expect(counts.size).toBe(model.size);
        for (let each = 0; each <= 40; each += 1) expect([each, counts.has(each)]).toEqual([each, model.has(each)]);
      }
      expect(counts.examples(100).toSorted((a, b) => a - b)).toEqual([...model.keys()].toSorted((a, b) => a - b));
      expect(counts.examples(2)).toHaveLength(Math.min(2, model.size));
    }),
  );
});
