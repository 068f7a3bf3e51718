// Names and units of OpenTelemetry: https://opentelemetry.io/docs/specs/otel/metrics/api/#instrument-name-syntax
import {
  type FamilyDefinition,
  type HistogramRows,
  isInMilliseconds,
  type TotalKind,
  withoutMilliseconds,
} from '@metrics/aggregation';
import type { Series } from '@metrics/core';

const MAX_NAME_LENGTH = 255;
const MAX_UNIT_LENGTH = 63;
/** Units of UCUM by the word for them: https://ucum.org */
const UNITS: ReadonlyMap<string, string> = new Map([
  ['bit', 'bit'],
  ['byte', 'By'],
  ['bytes', 'By'],
  ['percent', '%'],
  ['second', 's'],
  ['seconds', 's'],
  ['minute', 'min'],
  ['hour', 'h'],
  ['day', 'd'],
]);

/** Returns what a metric is exported as; `undefined` if nothing is left of its name. */
export function defineFamily(
  series: Series,
  kind: TotalKind,
  rowsFor: (series: Series) => HistogramRows,
): FamilyDefinition | undefined {
  const inMilliseconds = isInMilliseconds(series);
  let name = series.name.replaceAll(/[^a-zA-Z0-9_.\-/]/gu, '_');
  if (inMilliseconds) name = withoutMilliseconds(name);
  if (name === '') return undefined;
  if (!/^[a-zA-Z]/.test(name)) name = `m_${name}`;
  name = name.slice(0, MAX_NAME_LENGTH);
  return {
    name,
    // Names that differ in case only are one.
    exportedNames: [name.toLowerCase()],
    kind,
    divisor: inMilliseconds ? 1000 : 1,
    metric: series.name,
    description: series.description,
    unit: inMilliseconds ? 's' : toUnit(series.unit),
    rows: kind === 'histogram' ? rowsFor(series) : undefined,
  };
}

function toUnit(unit: string | undefined): string | undefined {
  if (unit === undefined) return undefined;
  return UNITS.get(unit) ?? unit.replaceAll(/[^!-~]/gu, '_').slice(0, MAX_UNIT_LENGTH);
}

/** Returns keys and values of a series' attributes by turns, each a valid string. */
export function attributesOf({ tags, instance }: Series): string[] {
  const attributes = new Map(tags.map(([key, value]) => [key.toWellFormed(), value.toWellFormed()]));
  if (instance !== undefined) attributes.set('instance', instance.toWellFormed());
  return [...attributes].flat();
}
