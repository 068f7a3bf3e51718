import fc from 'fast-check';
import { encodeUtf8, Fragments } from '../../src/line/fragments.js';

function read(fragments: Fragments, fragment: number): string {
  const target = new Uint8Array(fragments.length(fragment) + 2).fill(255);
  expect(fragments.write(fragment, target, 1)).toBe(target.length - 1);
  expect([target[0], target.at(-1)]).toEqual([255, 255]);
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

test('each of thousands of strings is found again, also after others were released', () => {
  const fragments = new Fragments();
  // One of them is empty.
  const textOf = (index: number): string => (index === 1 ? '' : `${'long '.repeat(index % 9)}string ${index}`);
  const acquire = (): number[] => Array.from({ length: 5000 }, (_, index) => fragments.acquire(textOf(index)));
  const first = acquire();
  expect(acquire()).toEqual(first);
  for (let index = 0; index < 5000; index += 3)
    for (let reference = 0; reference < 2; reference += 1) fragments.release(first[index]!);
  expect(fragments.size).toBe(3333);
  first.forEach((fragment, index) => {
    if (index % 3 !== 0) expect(read(fragments, fragment)).toBe(textOf(index));
    if (index % 3 !== 0) expect(fragments.acquire(textOf(index))).toBe(fragment);
  });
  acquire();
  expect([fragments.size, fragments.bound]).toEqual([5000, 5000]);
});

test('strings with one hash are two fragments', () => {
  const fragments = new Fragments();
  const [one, other] = ['xvqbtoxv', 'idqknirz'].map((text) => fragments.acquire(text)) as [number, number];
  expect(other).not.toBe(one);
  expect([read(fragments, one), read(fragments, other)]).toEqual(['xvqbtoxv', 'idqknirz']);
});

test('bytes of released strings are reclaimed', () => {
  const allocated: number[] = [];
  const fragments = new Fragments();
  const subarray = jest.spyOn(Uint8Array.prototype, 'subarray').mockImplementation(function (
    this: Uint8Array,
    start = 0,
    end = this.length,
  ) {
    allocated.push(this.byteLength);
    return new Uint8Array(this.buffer, this.byteOffset + start, end - start);
  });
  for (let index = 0; index < 20_000; index += 1) fragments.release(fragments.acquire(`${'x'.repeat(40)}${index}`));
  const last = fragments.acquire('é');
  subarray.mockRestore();
  // The array is passed on for the string that is not ASCII.
  expect(allocated.at(-1)).toBeLessThan(40_000);
  expect(read(fragments, last)).toBe('é');
});

test.each(['', 'ascii', 'größe', '\u{1F600}', 'a\ud800b'])('%j is encoded as UTF-8', (text) => {
  expect([...encodeUtf8(text)]).toEqual([...Buffer.from(text)]);
});
