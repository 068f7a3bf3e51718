// Checks the `cardinality` options and derives the limits of each tag.
import { matchesAny } from '../options/name-pattern.js';
import { checkNumber, checkOneOf, checkOptionTypes, type OptionTypes } from '../options/option-checks.js';
import type { MetricFamily } from '../series/metric-family.js';
import { INSTANCE_KEY } from '../series/series-result.js';
import type { CardinalityLimit, CardinalityMode, CardinalityOptions } from './cardinality-options.js';
import { type TagSeverity, tagSeverity } from './tag-severity.js';

const MODES: readonly CardinalityMode[] = ['report', 'guard', 'strict', 'off'];

/** Distinct values kept of a tag that is an identifier, such as `org_id`: enough for a beta feature with a few users. */
const MAX_IDENTIFIER_VALUES = 20;

/** The limits of one tag of one metric. */
export interface TagRule {
  /** *never* if the tag is dropped. */
  readonly severity: TagSeverity | undefined;
  /** Maximum number of distinct values; 0 if the tag is dropped. */
  readonly limit: number;
  /** Number of distinct values that triggers a warning. */
  readonly warnAt: number;
  /** The values that a declaration lists; all others are rejected. */
  readonly declaredValues: ReadonlySet<string> | undefined;
}

/** The `cardinality` options of one registration, checked, with their defaults. */
export class CardinalityRules {
  readonly mode: CardinalityMode;
  readonly maxMetrics: number;
  /** Maximum number of series without the last resorts of each metric: all values `__other__`, and no tags at all. */
  readonly maxSeries: number;
  /** The same for each metric. */
  readonly maxSeriesPerMetric: number;
  /** Milliseconds without a sample until a series is released; 0 keeps every series. */
  readonly idleAfter: number;
  /** A message if `METRICS_CARDINALITY_MODE` is invalid and ignored: a bad environment must not prevent a start. */
  readonly invalidMode: string | undefined;
  readonly #options: CardinalityOptions;

  /**
   * @param isStrict makes `strict` the default mode.
   * @throws {TypeError | RangeError} if an option is unknown, the mode is, or a bound is not a number from 0.
   */
  constructor(options: CardinalityOptions = {}, isStrict = false) {
    checkOptionTypes('cardinality', options, OPTION_TYPES);
    const { maxMetrics = 5000, maxSeries = 100_000, maxSeriesPerMetric = 10_000, idleAfter = 600_000 } = options;
    const { warnAt, maxValuesPerTag, allow } = options;
    for (const [name, limit] of Object.entries({
      warnAt,
      maxValuesPerTag,
      maxMetrics,
      maxSeries,
      maxSeriesPerMetric,
      idleAfter,
    }))
      checkLimit(`cardinality.${name}`, limit);
    for (const [metric, tags] of Object.entries(allow ?? {}))
      if (!Array.isArray(tags)) throw new TypeError(`cardinality.allow: the tags of ${metric} must be a list.`);
    let mode = options.mode ?? (isStrict ? 'strict' : 'guard');
    checkOneOf('cardinality.mode', mode, MODES);
    const fromEnvironment = globalThis.process?.env?.['METRICS_CARDINALITY_MODE']?.trim();
    if (MODES.includes(fromEnvironment as CardinalityMode)) mode = fromEnvironment as CardinalityMode;
    else if (fromEnvironment) this.invalidMode = `METRICS_CARDINALITY_MODE is ignored: use ${MODES.join(', ')}.`;
    this.mode = mode;
    this.maxMetrics = Math.min(maxMetrics, Math.floor(maxSeries / 4));
    this.maxSeries = maxSeries - 2 * this.maxMetrics;
    this.maxSeriesPerMetric = maxSeriesPerMetric - 2;
    this.idleAfter = idleAfter;
    this.#options = options;
  }

  /** Returns the limits of a tag of a metric. They follow from the tag's key, its declaration and the options. */
  ruleFor(family: MetricFamily, tag: string): TagRule {
    const { maxValuesPerTag, warnAt } = this.#options;
    const severity = this.#severityOf(family, tag);
    const maxValues = limitOf(maxValuesPerTag, family.key, tag, 500);
    const limit =
      severity === 'never' ? 0 : severity === 'avoid' ? Math.min(MAX_IDENTIFIER_VALUES, maxValues) : maxValues;
    const declaredValues = family.declaredTags?.get(tag);
    return { severity, limit, warnAt: limitOf(warnAt, family.key, tag, 100), declaredValues };
  }

  #severityOf({ key, declaredTags }: MetricFamily, tag: string): TagSeverity | undefined {
    const { never = [], avoid = [], allow } = this.#options;
    const isAllowed = (metric: string): boolean | undefined => ownValue(allow, metric)?.includes(tag);
    if (tag === INSTANCE_KEY || declaredTags?.has(tag) || isAllowed(key) || isAllowed('*')) return undefined;
    const byKey = tagSeverity(tag);
    if (byKey === 'never' || matchesAny(never, tag)) return 'never';
    return byKey === 'avoid' || matchesAny(avoid, tag) ? 'avoid' : undefined;
  }
}

const OPTION_TYPES: OptionTypes<CardinalityOptions> = {
  mode: 'string',
  never: 'array',
  avoid: 'array',
  allow: 'object',
  warnAt: undefined,
  maxValuesPerTag: undefined,
  maxSeriesPerMetric: 'number',
  maxSeries: 'number',
  maxMetrics: 'number',
  idleAfter: 'number',
};

/** Checks a limit, or one for each metric and tag. */
function checkLimit(name: string, limit: unknown): void {
  if (typeof limit !== 'object' || limit === null) return checkNumber(name, limit, 0, Infinity);
  for (const [part, value] of Object.entries(limit)) checkLimit(`${name}.${part}`, value);
}

function limitOf(option: CardinalityLimit | undefined, metric: string, tag: string, otherwise: number): number {
  if (typeof option !== 'object') return option ?? otherwise;
  const limit = ownValue(option, metric) ?? option['*'];
  return (typeof limit === 'object' ? ownValue(limit, tag) : limit) ?? otherwise;
}

/** Returns the value of a name in an option. The names are data: `constructor` is one that every object inherits. */
function ownValue<Value>(option: { readonly [name: string]: Value } | undefined, name: string): Value | undefined {
  return option && Object.hasOwn(option, name) ? option[name] : undefined;
}
