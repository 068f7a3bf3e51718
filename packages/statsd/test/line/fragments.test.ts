import fc from 'fast-check';
import { Fragments } from '../../src/line/fragments.js';

function read(fragments: Fragments, fragment: number): string {
  const target = new Uint8Array(fragments.length(fragment) + 2);
  expect(fragments.write(fragment, target, 1)).toBe(target.length - 1);
  return Buffer.from(target.subarray(1, -1)).toString();
}

test('every string is kept byte for byte, once, until its last release', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.string({ unit: fc.constantFrom('a', 'é', '\u{1F600}'), maxLength: 4 }),
  );
  const operation = fc.record({ text, release: fc.boolean() });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
      const fragments = new Fragments();
      const model = new Map<string, { fragment: number; references: number }>();
      for (const { text: written, release } of operations) {
        const known = model.get(written);
        if (!release) {
          const fragment = fragments.acquire(written);
          if (known !== undefined) expect(fragment).toBe(known.fragment);
          model.set(written, { fragment, references: (known?.references ?? 0) + 1 });
        } else if (known !== undefined) {
          fragments.release(known.fragment);
          known.references -= 1;
          if (known.references === 0) model.delete(written);
        }
      }
      expect(fragments.size).toBe(model.size);
      for (const [written, { fragment }] of model) expect(read(fragments, fragment)).toBe(written.toWellFormed());
    }),
    { numRuns: 200 },
  );
});

test('strings that come and go leave no bytes', () => {
  const fragments = new Fragments();
  const kept = fragments.acquire('kept');
  for (let round = 0; round < 100; round += 1) {
    const all = Array.from({ length: 500 }, (_, index) => fragments.acquire(`round ${round}, string ${index}`));
    expect(read(fragments, all[250]!)).toBe(`round ${round}, string 250`);
    for (const fragment of all) fragments.release(fragment);
  }
  expect([fragments.size, fragments.bound, read(fragments, kept)]).toEqual([1, 501, 'kept']);
});
