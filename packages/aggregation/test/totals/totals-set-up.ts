import type { Problem, Series } from '@metrics/core';
import { Interner } from '@metrics/core/backend';
import {
  BackendReporter,
  type BucketRows,
  type FamilyDefinition,
  SampleAccounting,
  type TotalKind,
  Totals,
  type TotalsConfiguration,
} from '../../src/index.js';
import { BucketRows as Rows } from '../../src/totals/bucket-rows.js';

export const BOUNDS = [1, 10, 100];

/** Totals with what they report to, and definitions of families by name and kind. */
export function setUpTotals(options: Partial<TotalsConfiguration> = {}) {
  const labels = new Interner();
  const problems: Problem[] = [];
  const reporter = new BackendReporter();
  reporter.start({ report: (problem) => problems.push(problem), collect: () => {} });
  const accounting = new SampleAccounting(reporter);
  const totals = new Totals({
    labels,
    accounting,
    reporter,
    maxReleased: 100,
    setWindow: 60_000,
    ...options,
  });
  const rows: BucketRows = new Rows(BOUNDS);
  const open = (id: number, name: string, kind: TotalKind, texts: readonly string[] = []): void =>
    totals.open(
      id,
      define(name, kind, rows),
      texts.map((text) => labels.acquire(text)),
    );
  /** Everything that can be read, by family and labels. */
  const read = (): Record<string, unknown> => {
    const all: Record<string, unknown> = {};
    for (const family of totals.families)
      for (const slot of family.slots()) {
        const texts: string[] = [];
        for (let index = 1; index < totals.slots.fragmentCount(slot); index += 1)
          texts.push(labels.text(totals.slots.fragment(slot, index)));
        const { kind, name } = family.definition;
        const total = totals.total(slot);
        all[`${kind} ${name} ${texts.join()}`] =
          kind === 'histogram' ? [total, ...rows.counts(totals.row(slot))] : total;
      }
    return all;
  };
  return { totals, labels, accounting, problems, open, read };
}

function define(name: string, kind: TotalKind, rows: BucketRows): FamilyDefinition {
  return {
    name,
    exportedNames: kind === 'counter' ? [`${name}_total`, name] : [name],
    kind,
    divisor: 1,
    metric: name,
    description: undefined,
    unit: undefined,
    rows: kind === 'histogram' ? rows : undefined,
  };
}

export function seriesOf(series: Partial<Series>): Series {
  return {
    kind: 'timing',
    key: 'db.query',
    name: 'db.query',
    tags: [],
    instance: undefined,
    unit: undefined,
    internal: false,
    description: undefined,
    buckets: undefined,
    ...series,
  };
}
