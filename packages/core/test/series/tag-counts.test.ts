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

it('counts thousands of tags of any distance, and forgets each', () => {
  for (const distance of [1, 7, 64, 1024]) {
    const counts = new TagCounts();
    const tags = Array.from({ length: 2000 }, (_, index) => index * distance);
    for (const tag of tags) for (let time = 0; time <= tag % 3; time += 1) counts.count(tag, 1);
    expect([counts.size, tags.every((tag) => counts.has(tag)), counts.has(distance * 2000)]).toEqual([
      2000,
      true,
      false,
    ]);
    for (const tag of tags) counts.count(tag, -1);
    expect(tags.map((tag) => counts.has(tag))).toEqual(tags.map((tag) => tag % 3 !== 0));
    for (const tag of tags) for (let time = 0; time < 2; time += 1) counts.count(tag, -1);
    expect([counts.size, counts.examples(1), tags.some((tag) => counts.has(tag))]).toEqual([0, [], false]);
  }
});
