// Families: the names that series are exported under, and the slots of each.
import { grow } from '@metrics/core/backend';
import type { HistogramRows } from './bucket-rows.js';

/** How the samples of a family add up. `up-down` is a counter that may also fall. */
export type TotalKind = 'counter' | 'up-down' | 'gauge' | 'histogram' | 'set';

/** The properties of a family, which belong to one metric. */
export interface FamilyDefinition {
  /** The name under which the samples are exported. */
  readonly name: string;
  /** All names that a receiver sees, which no other family may use. */
  readonly exportedNames: readonly string[];
  /** How the samples add up. */
  readonly kind: TotalKind;
  /** By what recorded values are divided: 1000 for milliseconds that are exported as seconds. */
  readonly divisor: number;
  /** The name of the metric, before it was made valid. */
  readonly metric: string;
  /** The description of the metric, if its declaration has one. */
  readonly description: string | undefined;
  /** The unit as exported. */
  readonly unit: string | undefined;
  /** The buckets of a histogram. */
  readonly rows: HistogramRows | undefined;
}

/** A family in use. Its id is negative, so that it differs from the other fragments of a row. */
export class Family {
  /** The properties of its first series. */
  readonly definition: FamilyDefinition;
  /** A negative integer, reused after the last reference. */
  readonly id: number;
  /** References: rows of the slots, and opened series on their way to one. */
  references = 0;
  #slots = new Int32Array(1);
  #size = 0;

  constructor(id: number, definition: FamilyDefinition) {
    this.id = id;
    this.definition = definition;
  }

  /** A copy of the slots, for a reader that yields to the event loop. */
  slots(): Int32Array {
    return this.#slots.slice(0, this.#size);
  }

  /** Adds a slot and returns its position. */
  add(slot: number): number {
    if (this.#size === this.#slots.length) this.#slots = grow(this.#slots);
    this.#slots[this.#size] = slot;
    this.#size += 1;
    return this.#size - 1;
  }

  /** Removes the slot at a position, and returns the slot that is there now. */
  removeAt(position: number): number {
    this.#size -= 1;
    const moved = this.#slots[this.#size]!;
    this.#slots[position] = moved;
    return moved;
  }
}

/** The families in use, by every name that they are exported under. A family ends with its last reference. */
export class FamilyTable implements Iterable<Family> {
  /** By the complement of the id. */
  readonly #families: (Family | undefined)[] = [];
  readonly #byName = new Map<string, Family>();
  readonly #freeIds: number[] = [];

  /** In the order of their ids. */
  *[Symbol.iterator](): Iterator<Family> {
    for (const family of this.#families) if (family !== undefined) yield family;
  }

  /** Returns the family of an id in use. */
  get(id: number): Family {
    return this.#families[~id]!;
  }

  /** Returns the family that a series belongs to; `undefined` if one of its names is in use for something else. */
  findOrAdd(definition: FamilyDefinition): Family | undefined {
    for (const name of definition.exportedNames) {
      const known = this.#byName.get(name);
      if (known !== undefined) return isSame(known.definition, definition) ? known : undefined;
    }
    const id = this.#freeIds.pop() ?? ~this.#families.length;
    const family = new Family(id, definition);
    this.#families[~id] = family;
    for (const name of definition.exportedNames) this.#byName.set(name, family);
    return family;
  }

  /** Removes a reference, and the family with its last one. */
  release(id: number): void {
    const family = this.get(id);
    family.references -= 1;
    if (family.references > 0) return;
    this.#families[~id] = undefined;
    this.#freeIds.push(id);
    for (const name of family.definition.exportedNames) this.#byName.delete(name);
  }
}

/** The bounds of a histogram are those of its first series. Metrics whose names only look alike when exported are not one. */
function isSame(one: FamilyDefinition, other: FamilyDefinition): boolean {
  return one.metric === other.metric && one.kind === other.kind && one.divisor === other.divisor;
}
