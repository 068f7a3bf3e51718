// The text that a server reads: https://prometheus.io/docs/instrumenting/exposition_formats
import type { BucketRows, Family, Totals } from '@metrics/aggregation';
import { type Interner, nextRound } from '@metrics/core/backend';
import { escapeHelp } from './exposition-names.js';

/** Milliseconds of work before other work of the process gets its turn. */
const SLICE_MS = 1;
const SLOTS_PER_CLOCK_CHECK = 16;
const TYPES = { counter: 'counter', 'up-down': 'gauge', gauge: 'gauge', set: 'gauge', histogram: 'histogram' } as const;

/** Totals as text, a series after the other. */
export class Exposition {
  readonly #totals: Totals;
  readonly #labels: Interner;

  constructor(totals: Totals, labels: Interner) {
    this.#totals = totals;
    this.#labels = labels;
  }

  /**
   * Yields the text in parts, each of which takes about a millisecond, and leaves the event loop free in between. A series is
   * in one part, so that its buckets, its sum and its count agree. Those that are opened meanwhile are left for the next one.
   */
  async *parts(isOpenMetrics: boolean): AsyncGenerator<string, void> {
    let text = '';
    let rendered = 0;
    let sliceEnds = performance.now() + SLICE_MS;
    // A family that is freed and begins again meanwhile must not come twice.
    const families = [...this.#totals.families];
    for (const family of families) {
      const write = this.#writerOf(family, isOpenMetrics);
      let isFirst = true;
      for (const slot of family.slots()) {
        // A slot that was freed meanwhile may belong to another family.
        if (!this.#totals.slots.isUsed(slot) || this.#totals.family(slot) !== family) continue;
        const lines = write(slot);
        if (lines !== '' && isFirst) text += headerOf(family, isOpenMetrics);
        if (lines !== '') isFirst = false;
        text += lines;
        rendered += 1;
        if (rendered % SLOTS_PER_CLOCK_CHECK !== 0 || performance.now() < sliceEnds) continue;
        yield text;
        text = '';
        await nextRound();
        sliceEnds = performance.now() + SLICE_MS;
      }
    }
    yield isOpenMetrics ? `${text}# EOF\n` : text;
  }

  /** Returns a function that renders a slot of the family. */
  #writerOf({ definition: { kind, name, divisor, rows } }: Family, isOpenMetrics: boolean): (slot: number) => string {
    const totals = this.#totals;
    if (rows === undefined) {
      const sample = kind === 'counter' ? `${name}_total` : name;
      return (slot) => {
        const total = totals.total(slot);
        // A gauge that was opened and has no value yet.
        if (Number.isNaN(total)) return '';
        const labels = this.#labelsOf(slot);
        return labels === '' ? `${sample} ${total / divisor}\n` : `${sample}{${labels}} ${total / divisor}\n`;
      };
    }
    const { bounds } = rows as BucketRows;
    const ends = Array.from(bounds, (bound) => `le="${formatBound(bound / divisor, isOpenMetrics)}"} `);
    ends.push('le="+Inf"} ');
    return (slot) => {
      const counts = (rows as BucketRows).counts(totals.row(slot));
      const labels = this.#labelsOf(slot);
      const start = labels === '' ? `${name}_bucket{` : `${name}_bucket{${labels},`;
      let text = '';
      let count = 0;
      for (let index = 0; index < ends.length; index += 1) {
        count += counts[index]!;
        text += start + ends[index]! + count + '\n';
      }
      const tail = labels === '' ? ' ' : `{${labels}} `;
      return `${text}${name}_sum${tail}${totals.total(slot) / divisor}\n${name}_count${tail}${count}\n`;
    };
  }

  #labelsOf(slot: number): string {
    const { slots } = this.#totals;
    const count = slots.fragmentCount(slot);
    if (count === 1) return '';
    let text = this.#labels.text(slots.fragment(slot, 1));
    for (let index = 2; index < count; index += 1) text += `,${this.#labels.text(slots.fragment(slot, index))}`;
    return text;
  }
}

function headerOf({ definition }: Family, isOpenMetrics: boolean): string {
  const { kind, name, metric, description, unit } = definition;
  const family = kind === 'counter' && !isOpenMetrics ? `${name}_total` : name;
  const help = escapeHelp(description ?? metric);
  const unitLine = isOpenMetrics && unit !== undefined && name.endsWith(`_${unit}`) ? `# UNIT ${family} ${unit}\n` : '';
  const helpText = isOpenMetrics ? help.replaceAll('"', String.raw`\"`) : help;
  return `# HELP ${family} ${helpText}\n# TYPE ${family} ${TYPES[kind]}\n${unitLine}`;
}

/** OpenMetrics wants a bound to look like a floating point number. */
function formatBound(bound: number, isOpenMetrics: boolean): string {
  return isOpenMetrics && Number.isInteger(bound) && Math.abs(bound) < 1e21 ? `${bound}.0` : `${bound}`;
}
