// Cumulative columns, for backends whose values only ever grow and are read by others: scraped, or exported. Long, because all that
// opens, records, reads and forgets a slot has to agree about its columns.
import type { MetricKind, SeriesId } from '@metrics/core';
import { describeValue, grow, type Interner, now } from '@metrics/core/backend';
import type { BackendReporter } from '../backend-reporter.js';
import type { SampleAccounting } from '../sample-accounting.js';
import { SlotTable } from '../slot-table.js';
import { type Family, type FamilyDefinition, FamilyTable, type TotalKind } from './family-table.js';
import { hashMember } from './hash-member.js';
import { SetWindow } from './set-window.js';
import { SlotQueue } from './slot-queue.js';

const KINDS: readonly TotalKind[] = ['counter', 'up-down', 'gauge', 'histogram', 'set'];
const [COUNTER, UP_DOWN, GAUGE, HISTOGRAM, SET] = [0, 1, 2, 3, 4] as const;
const SLOT_KINDS: readonly MetricKind[] = ['counter', 'counter', 'gauge', 'distribution', 'set'];

/** Options of {@link Totals}. */
export interface TotalsConfiguration {
  /** The strings of labels: the fragments of a row after its family. */
  readonly labels: Interner;
  /** Counts dropped samples. Those that are recorded are the backend's to count: it knows when they are sent. */
  readonly accounting: SampleAccounting;
  /** Reports names that two metrics would share, and samples that fit no total. */
  readonly reporter: BackendReporter;
  /** Released series that keep their totals. Beyond it, the one that was released first is forgotten. */
  readonly maxReleased: number;
  /** Milliseconds in which distinct members of sets are counted. */
  readonly setWindow: number;
  /** True if a slot has samples that were not read yet, so that a series that ended is kept until {@link Totals.settle}. */
  readonly isUnread?: (slot: number) => boolean;
  /** Called before a slot is forgotten with its totals. */
  readonly onForget?: (slot: number) => void;
}

/**
 * The totals of series since they began, in columns indexed by slot. Reading never resets them, so that any number of
 * readers see the same. A released series keeps its totals, because one that comes back with smaller ones would be read as
 * growth that never was, or hide growth; a series that has ended is forgotten.
 *
 * A recording method returns the slot of the sample, or -1 if it dropped the sample and counted that.
 */
export class Totals {
  /** The families that are in use. */
  readonly families: FamilyTable = new FamilyTable();
  /** The slots of series with totals, released ones included. */
  readonly slots: SlotTable;
  readonly #options: TotalsConfiguration;
  #kinds = new Uint8Array(16);
  /** A counter's sum, a gauge's last value (NaN if it has none), the sum of a histogram's values. */
  #values = new Float64Array(16);
  /** Milliseconds since the epoch at which the total began. */
  #starts = new Float64Array(16);
  /** Position of the slot in its family. */
  #positions = new Int32Array(16);
  /** Row of a histogram in its family's rows. No longer than the greatest slot of one. */
  #rows = new Int32Array(0);
  readonly #sets = new Map<number, SetWindow>();
  readonly #released = new SlotQueue();
  /** Slots whose series has ended, and whose last samples are unread or that a reader holds. */
  readonly #ended = new Set<number>();
  readonly #rejected = new Map<SeriesId, string>();
  readonly #began = now();
  #closed = false;

  constructor(options: TotalsConfiguration) {
    this.#options = options;
    this.slots = new SlotTable((fragment) => {
      if (fragment < 0) this.families.release(fragment);
      else options.labels.release(fragment);
    });
  }

  /** True since `close` was called: no series opens. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Number of series with totals, released ones included. */
  get size(): number {
    return this.slots.size;
  }

  /**
   * Opens an id as a series of a family. Takes over one reference to each label. A family with a name of another one is
   * rejected and reported, because a receiver would take their samples for each other, or refuse all of them.
   */
  open(id: SeriesId, definition: FamilyDefinition, labels: readonly number[]): void {
    this.release(id, false);
    const family = this.#closed ? undefined : this.families.findOrAdd(definition);
    if (family === undefined) {
      for (const label of labels) this.#options.labels.release(label);
      if (!this.#closed) this.#rejectConflict(id, definition);
      return;
    }
    const kind = KINDS.indexOf(definition.kind);
    const { size } = this.slots;
    family.references += 1;
    const slot = this.slots.attach(id, SLOT_KINDS[kind]!, [family.id, ...labels]);
    if (this.slots.size > size) return this.#begin(slot, kind, family);
    this.#released.delete(slot);
    this.#ended.delete(slot);
  }

  /** Opens an id whose series cannot be exported: its samples are dropped under `reason`. */
  reject(id: SeriesId, reason: string): void {
    this.release(id, false);
    this.#rejected.set(id, reason);
  }

  /** Closes the id. A series that has ended is forgotten; one that is only idle keeps its totals. */
  release(id: SeriesId, ended: boolean): void {
    if (this.#rejected.size > 0) this.#rejected.delete(id);
    const slot = this.slots.detach(id);
    if (slot < 0) return;
    if (ended) this.#ended.add(slot);
    else this.#ended.delete(slot);
    // If another id or a reader holds it, the last one decides.
    if (!this.slots.isUnused(slot)) return;
    if (ended && this.#options.isUnread?.(slot) !== true) this.#forget(slot);
    else this.#keep(slot);
  }

  /**
   * Forgets a slot whose samples were all read, if its series ended; also if it is only released, for readers to whom an old
   * total means nothing. To be called by a reader that held the slot.
   */
  settle(slot: number, forgetsReleased = false): void {
    if (!this.slots.isUnused(slot)) return;
    const isForgotten = forgetsReleased || this.#ended.has(slot);
    if (isForgotten && this.#options.isUnread?.(slot) !== true) this.#forget(slot);
    // Released while the reader held it. After `close` all are, and none must make way for them.
    else if (!this.#closed && !this.#released.has(slot)) this.#keep(slot);
  }

  /** Adds to a counter. */
  incr(id: SeriesId, amount: number): number {
    const slot = this.slots.slotForId(id);
    if (slot < 0) return this.#dropUnknown(id);
    const kind = this.#kinds[slot];
    const sum = this.#values[slot]! + amount;
    if (kind !== COUNTER && kind !== UP_DOWN) return this.#drop('wrong_kind');
    if (kind === COUNTER && amount < 0) return this.#dropNegative(slot);
    if (!Number.isFinite(sum)) return this.#drop('not_finite');
    this.#values[slot] = sum;
    return slot;
  }

  /** Sets a gauge. */
  gauge(id: SeriesId, value: number): number {
    const slot = this.slots.slotForId(id);
    if (slot < 0) return this.#dropUnknown(id);
    if (this.#kinds[slot] !== GAUGE) return this.#drop('wrong_kind');
    if (!Number.isFinite(value)) return this.#drop('not_finite');
    this.#values[slot] = value;
    return slot;
  }

  /** Records a value of a histogram. */
  value(id: SeriesId, value: number): number {
    const slot = this.slots.slotForId(id);
    if (slot < 0) return this.#dropUnknown(id);
    if (this.#kinds[slot] !== HISTOGRAM) return this.#drop('wrong_kind');
    const sum = this.#values[slot]! + value;
    if (!Number.isFinite(sum)) return this.#drop('not_finite');
    this.#values[slot] = sum;
    this.family(slot).definition.rows!.record(this.#rows[slot]!, value);
    return slot;
  }

  /** Adds a member to a set. */
  set(id: SeriesId, member: string): number {
    const slot = this.slots.slotForId(id);
    if (slot < 0) return this.#dropUnknown(id);
    if (this.#kinds[slot] !== SET) return this.#drop('wrong_kind');
    this.#sets.get(slot)!.record(hashMember(member), this.#window());
    return slot;
  }

  /** Returns the family of a slot in use. */
  family(slot: number): Family {
    return this.families.get(this.slots.fragment(slot, 0));
  }

  /** The total of a slot in the unit that was recorded. NaN if a gauge has none yet. */
  total(slot: number): number {
    return this.#kinds[slot] === SET ? this.#sets.get(slot)!.count(this.#window()) : this.#values[slot]!;
  }

  /** Milliseconds since the epoch at which the total of a slot began. */
  startedAt(slot: number): number {
    return this.#starts[slot]!;
  }

  /** Has the total of a slot begin at another time. */
  restartAt(slot: number, milliseconds: number): void {
    this.#starts[slot] = milliseconds;
  }

  /** The row of a slot in the {@link HistogramRows} of its family. */
  row(slot: number): number {
    return this.#rows[slot]!;
  }

  /** Adds to the sum of a slot, for a reader that takes sums away and returns those it could not deliver. */
  addTo(slot: number, sum: number): void {
    this.#values[slot]! += sum;
  }

  /** Ends recording: later samples are dropped under `closed`. Totals can still be read. */
  close(): void {
    this.#closed = true;
    this.slots.detachAll();
    this.#rejected.clear();
  }

  #rejectConflict(id: SeriesId, { metric, exportedNames }: FamilyDefinition): void {
    this.reject(id, 'name_conflict');
    this.#options.reporter.report(
      'name_conflict',
      `Another metric is exported as ${exportedNames.map(describeValue).join(', ')}, so samples of this one are dropped. Rename one of them.`,
      { metric },
    );
  }

  #begin(slot: number, kind: number, family: Family): void {
    if (slot >= this.#kinds.length) {
      this.#kinds = grow(this.#kinds);
      this.#values = grow(this.#values);
      this.#starts = grow(this.#starts);
      this.#positions = grow(this.#positions);
    }
    this.#kinds[slot] = kind;
    this.#values[slot] = kind === GAUGE ? Number.NaN : 0;
    this.#starts[slot] = Date.now();
    this.#positions[slot] = family.add(slot);
    if (kind === SET) this.#sets.set(slot, new SetWindow(this.#window()));
    if (kind !== HISTOGRAM) return;
    if (this.#rows.length === 0) this.#rows = new Int32Array(16);
    while (slot >= this.#rows.length) this.#rows = grow(this.#rows);
    this.#rows[slot] = family.definition.rows!.acquire();
  }

  /** Keeps the total of a released slot, as long as not too many others are released later. */
  #keep(slot: number): void {
    this.#released.push(slot);
    if (this.#released.size <= this.#options.maxReleased) return;
    const first = this.#released.shift();
    if (this.slots.isUnused(first)) this.#forget(first);
    // A reader holds it.
    else this.#released.push(first);
  }

  #forget(slot: number): void {
    this.#options.onForget?.(slot);
    this.#released.delete(slot);
    this.#ended.delete(slot);
    const family = this.family(slot);
    const position = this.#positions[slot]!;
    this.#positions[family.removeAt(position)] = position;
    if (this.#kinds[slot] === HISTOGRAM) family.definition.rows!.release(this.#rows[slot]!);
    this.#sets.delete(slot);
    this.slots.free(slot);
  }

  #window(): number {
    return Math.floor((now() - this.#began) / this.#options.setWindow);
  }

  #dropUnknown(id: SeriesId): number {
    return this.#drop(this.#closed ? 'closed' : (this.#rejected.get(id) ?? 'unknown_series'));
  }

  #dropNegative(slot: number): number {
    const { metric } = this.family(slot).definition;
    this.#options.reporter.report(
      'negative_increment',
      'A counter only grows here, so its negative amount is dropped. Name the counter in the option `upDown`, or record a gauge.',
      { metric },
    );
    return this.#drop('negative_increment');
  }

  #drop(reason: string): number {
    this.#options.accounting.drop(1, reason);
    return -1;
  }
}
