// Names and labels as Prometheus accepts them: https://prometheus.io/docs/concepts/data_model
import {
  type BucketRows,
  type FamilyDefinition,
  isInMilliseconds,
  type TotalKind,
  withoutMilliseconds,
} from '@metrics/aggregation';
import type { Series } from '@metrics/core';

/** Labels that have a meaning in Prometheus: of the target, and of a histogram's buckets. */
const RESERVED: ReadonlySet<string> = new Set(['instance', 'job', 'le']);
/** Units whose plural is the custom. Others are a suffix as they are. */
const PLURALS: Readonly<Record<string, string>> = { bit: 'bits', byte: 'bytes', second: 'seconds', s: 'seconds' };

/** Returns what a metric is exported as; `undefined` if nothing is left of its name. */
export function defineFamily(
  series: Series,
  kind: TotalKind,
  bucketsFor: (series: Series) => BucketRows,
): FamilyDefinition | undefined {
  const inMilliseconds = isInMilliseconds(series);
  const unit = inMilliseconds ? 'seconds' : toUnit(series.unit);
  let name = toValidName(series.name);
  if (name === '') return undefined;
  if (kind === 'counter') name = withoutSuffix(name, '_total');
  if (inMilliseconds) name = withoutMilliseconds(name);
  if (unit !== undefined && name !== unit && !name.endsWith(`_${unit}`)) name += `_${unit}`;
  return {
    name,
    exportedNames: exportedNamesOf(name, kind),
    kind,
    divisor: inMilliseconds ? 1000 : 1,
    metric: series.name,
    description: series.description,
    unit,
    rows: kind === 'histogram' ? bucketsFor(series) : undefined,
  };
}

/**
 * Returns the labels of a series as they are written, in one order whatever their names were. Without those that are empty,
 * which is the same as none in Prometheus, and each under its own name: a repeated label costs the whole scrape.
 */
export function labelsOf({ tags, instance }: Series, instanceLabel: string): string[] {
  const names: string[] = [];
  const texts: string[] = [];
  const add = (label: string, value: string): void => {
    if (value === '') return;
    let name = label;
    while (names.includes(name)) name += '_';
    names.push(name);
    texts.push(`${name}="${escapeLabelValue(value)}"`);
  };
  for (const [key, value] of tags) add(toLabelName(key), value);
  if (instance !== undefined) add(instanceLabel, instance);
  return texts.sort();
}

/** Returns a valid label name that is not reserved. */
export function toLabelName(key: string): string {
  const name = toValidName(key).replace(/^__+/, '_');
  // Nothing is left of it, and underscores alone are reserved once there are two.
  if (name === '' || name === '_') return 'label';
  return RESERVED.has(name) ? `exported_${name}` : name;
}

export function escapeHelp(text: string): string {
  return wellFormed(text).replaceAll('\\', String.raw`\\`).replaceAll('\n', String.raw`\n`);
}

function escapeLabelValue(value: string): string {
  return escapeHelp(value).replaceAll('"', String.raw`\"`);
}

/** Two strings that would be equal as UTF-8 are equal here. A NUL ends a string for the parser of Prometheus. */
function wellFormed(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}

/** Colons are for recording rules. */
function toValidName(text: string): string {
  const name = text.replaceAll(/[^a-zA-Z0-9_]/gu, '_');
  return /^\d/.test(name) ? `_${name}` : name;
}

function toUnit(unit: string | undefined): string | undefined {
  if (unit === undefined) return undefined;
  const text = unit.replaceAll(/[^a-zA-Z0-9_]/gu, '_');
  return (Object.hasOwn(PLURALS, text) ? PLURALS[text] : text) || undefined;
}

function exportedNamesOf(name: string, kind: TotalKind): string[] {
  if (kind === 'counter') return [`${name}_total`, name];
  if (kind === 'histogram') return [name, `${name}_bucket`, `${name}_sum`, `${name}_count`];
  return [name];
}

function withoutSuffix(text: string, suffix: string): string {
  return text.endsWith(suffix) && text.length > suffix.length ? text.slice(0, -suffix.length) : text;
}
