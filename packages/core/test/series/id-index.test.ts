import fc from 'fast-check';
import { IdIndex, type IndexedIds } from '../../src/series/id-index.js';

/** Strings by id, with an index over them. */
class Texts implements IndexedIds {
  readonly texts: (string | undefined)[] = [];
  readonly index = new IdIndex(this);
  size = 0;
  readonly #hash: (text: string) => number;

  constructor(hash: (text: string) => number) {
    this.#hash = hash;
  }

  get bound(): number {
    return this.texts.length;
  }

  has(id: number): boolean {
    return this.texts[id] !== undefined;
  }

  hashOf(id: number): number {
    return this.#hash(this.texts[id]!);
  }

  find(text: string): number {
    const hash = this.#hash(text);
    for (let id = this.index.first(hash); id >= 0; id = this.index.next(hash)) if (this.texts[id] === text) return id;
    return -1;
  }

  /** Returns the number of ids that a search for a string compares. */
  compared(text: string): number {
    const hash = this.#hash(text);
    let count = 0;
    for (let id = this.index.first(hash); id >= 0; id = this.index.next(hash)) count += 1;
    return count;
  }

  add(text: string, id: number = this.texts.length): number {
    this.texts[id] = text;
    this.size += 1;
    this.index.add(id, this.#hash(text));
    return id;
  }

  remove(id: number): void {
    this.texts[id] = undefined;
    this.size -= 1;
  }
}

function spread(text: string): number {
  let hash = text.length;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x9e3779b1);
  return hash ^ (hash >>> 15);
}

test.each<[string, (text: string) => number]>([
  ['that are spread', spread],
  ['of which a few are shared by all', (text) => text.length % 3],
  ['that end the index', (text) => -1 - (text.length % 2)],
  ['that differ in their high bits only', (text) => text.charCodeAt(0) << 28],
])('ids with hashes %s are found until they are removed, whatever is added meanwhile', (_which, hash) => {
  const operation = fc.record({ text: fc.string({ maxLength: 3 }), remove: fc.boolean() });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 300 }), (operations) => {
      const texts = new Texts(hash);
      const model = new Map<string, number>();
      const free: number[] = [];
      for (const { text, remove } of operations) {
        const known = texts.find(text);
        expect(known).toBe(model.get(text) ?? -1);
        if (known < 0) model.set(text, texts.add(text, free.pop()));
        else if (remove) {
          texts.remove(known);
          free.push(known);
          model.delete(text);
        }
      }
      for (const [text, id] of model) expect(texts.find(text)).toBe(id);
    }),
    { numRuns: 200 },
  );
});

test('thousands of ids are found, and a search compares hardly any other', () => {
  const texts = new Texts(spread);
  for (let id = 0; id < 5000; id += 1) texts.add(`text ${id}`);
  let compared = 0;
  for (let id = 0; id < 5000; id += 1) {
    if (texts.find(`text ${id}`) !== id) throw new Error(`${id} is lost`);
    compared += texts.compared(`text ${id}`);
  }
  expect(compared).toBeLessThan(5000 * 1.1);
  for (let id = 0; id < 5000; id += 1) if (texts.find(`other ${id}`) !== -1) throw new Error(`${id} is found`);
});

test('ids that are never used again are found, however large they become', () => {
  const strings = new Texts(spread);
  const kept = strings.add('kept');
  for (let id = 1; id < 3000; id += 1) {
    expect([strings.add(`string ${id}`), strings.find(`string ${id}`), strings.find('kept')]).toEqual([id, id, kept]);
    if (id > 10) strings.remove(id);
  }
});

test('ids that come and go need no more room', () => {
  const texts = new Texts(spread);
  const kept = texts.add('kept');
  for (let round = 0; round < 3000; round += 1) {
    const id = texts.add(`text ${round}`, 1);
    expect(texts.find(`text ${round}`)).toBe(id);
    texts.remove(id);
    expect(texts.find(`text ${round}`)).toBe(-1);
  }
  expect(texts.find('kept')).toBe(kept);
  expect(texts.compared('kept')).toBeLessThan(40);
});
