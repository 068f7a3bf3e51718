// Limits the series that applications open.
import type { SeriesId } from '../metrics-backend.js';
import { CardinalityError } from '../problems/metrics-error.js';
import type { Problem, ProblemCode } from '../problems/problem.js';
import type { MetricFamily } from '../series/metric-family.js';
import type { SeriesRegistry } from '../series/series-registry.js';
import { INSTANCE_KEY, NOT_FOUND, WOULD_MERGE } from '../series/series-result.js';
import { TagCounts } from '../series/tag-counts.js';
import { type DraftedTags, type KeptValues, TagDraft } from '../series/tag-draft.js';
import type { TagTable } from '../series/tag-table.js';
import type { CardinalityRules, TagRule } from './cardinality-rules.js';

/** The value that all values beyond a limit become. */
export const OVERFLOW_VALUE = '__other__';

/** Tag keys of a metric. A metric with more has keys made of data. */
const MAX_TAG_KEYS = 64;
/** Distinct values that look like identifiers until a tag is reported: a single one may be a version. */
const SUSPICIOUS_VALUES = 3;
/** Values shown in a report or a problem. */
const MAX_EXAMPLES = 5;

/** UUID, ULID, long hexadecimal, e-mail, IPv4, IPv6, milliseconds since the epoch. */
const IDENTIFIER =
  /^(?:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|[0-7][\da-hjkmnp-tv-z]{25}|[\da-f]{16,}|\S+@\S+\.\S+|\d{1,3}(?:\.\d{1,3}){3}|(?:[\da-f]{0,4}:){3,}[\da-f.]*|1[5-9]\d{11})$/i;

/** The limits of one tag of one metric, and its values. */
export interface TagUsage extends TagRule, KeptValues {
  /** The number of open series of each value. A value without open series has no count, which makes room for another. */
  readonly seriesByValue: TagCounts;
  /** Returns some of the values that have series. */
  examples(): string[];
  /** Some of the values beyond the limit, or of a dropped tag. */
  readonly rejectedValues: Set<string>;
  suspicious: number;
}

export interface MetricUsage {
  series: number;
  readonly tags: Map<string, TagUsage>;
}

/** Takes the guard's reports. */
interface Reporter {
  /** True while a strict guard only reports. */
  readonly isLenient: boolean;
  report(
    code: ProblemCode,
    metric: string | undefined,
    message: string,
    details: { tag?: string; value?: string },
  ): Problem;
}

/**
 * Decides whether a new series may be opened; samples of an open series never pass it. Cost follows the number of series, so
 * tags that are identifiers are dropped or limited to few values, and values beyond a limit become `__other__`. At a bound of
 * series, the tag with most values is collapsed first. Totals stay right.
 */
export class CardinalityGuard {
  /** By the id of the family; a family that was never seen, or was forgotten, has none. */
  readonly metrics: (MetricUsage | undefined)[] = [];
  readonly #rules: CardinalityRules;
  readonly #registry: SeriesRegistry;
  readonly #reporter: Reporter;
  #rejectedMetrics = 0;

  constructor(rules: CardinalityRules, registry: SeriesRegistry, reporter: Reporter) {
    this.#rules = rules;
    this.#registry = registry;
    this.#reporter = reporter;
  }

  /**
   * Changes the tags of a draft to those that the limits allow, and adds those whose value does not matter to `ignored`.
   *
   * @returns the open series with the resulting tags, {@link NOT_FOUND} if it is yet to be opened, or {@link WOULD_MERGE}.
   */
  applyLimits(family: MetricFamily, given: TagDraft): SeriesId {
    const registry = this.#registry;
    const isReport = this.#rules.mode === 'report';
    const draft = isReport ? copyDraft(given, registry.tags) : given;
    const metric = (this.metrics[family.id] ??= { series: 0, tags: new Map() });
    let isMerged = false;
    // Backwards, because a tag that is dropped moves those after it.
    for (let i = draft.count - 1; i >= 0; i -= 1) {
      const tag = draft.keys[i]!;
      const value = draft.values[i]!;
      const usage = this.#tagUsage(family, metric, tag);
      const { severity, seriesByValue, limit, declaredValues } = usage;
      if (severity === 'never') {
        draft.remove(i);
        draft.ignore(tag, undefined);
        if (metric.tags.has(tag)) this.#rejectValue(usage, 'high_cardinality_tag', family, tag, value);
      } else if (value === OVERFLOW_VALUE || seriesByValue.has(draft.tags[i]!) || declaredValues?.has(value)) {
        // The value is within the limits.
      } else if (declaredValues !== undefined || seriesByValue.size >= limit) {
        draft.replace(i, OVERFLOW_VALUE, registry.tags);
        draft.ignore(tag, declaredValues ?? usage);
        isMerged = true;
        this.#rejectValue(usage, declaredValues ? 'undeclared_value' : 'too_many_values', family, tag, value);
      } else this.#checkNewValue(usage, family, tag, value);
    }
    const { maxSeries, maxSeriesPerMetric } = this.#rules;
    let id = registry.find(family, draft);
    if (id < 0 && (metric.series >= maxSeriesPerMetric || registry.rows.size >= maxSeries)) {
      isMerged = true;
      id = this.#collapseTags(family, metric, draft);
    }
    if (isMerged && family.kind === 'gauge') {
      this.#report('gauge_would_merge', family);
      id = WOULD_MERGE;
    }
    return isReport ? registry.find(family, given) : id;
  }

  /** Replaces the values of one tag after the other, those of the tag with most values first, then removes all tags. */
  #collapseTags(family: MetricFamily, metric: MetricUsage, draft: TagDraft): SeriesId {
    this.#report('too_many_series', family);
    const values = (index: number): number => metric.tags.get(draft.keys[index]!)!.seriesByValue.size;
    const order = Array.from({ length: draft.count }, (_, index) => index);
    for (const index of order.sort((one, other) => values(other) - values(one))) {
      draft.replace(index, OVERFLOW_VALUE, this.#registry.tags);
      const id = this.#registry.find(family, draft);
      if (id >= 0) return id;
    }
    if (metric.series <= this.#rules.maxSeriesPerMetric) return NOT_FOUND;
    draft.count = 0;
    return this.#registry.find(family, draft);
  }

  /** Counts a series that was opened (1) or is about to be released (-1). */
  countSeries(family: MetricFamily, { keys, values, tags, count }: DraftedTags, change: 1 | -1): void {
    const metric = this.metrics[family.id]!;
    metric.series += change;
    for (let i = 0; i < count; i += 1)
      if (values[i] !== OVERFLOW_VALUE) metric.tags.get(keys[i]!)?.seriesByValue.count(tags[i]!, change);
  }

  /** Applies the declaration of a metric to the tags that it has had before. */
  applyDeclaration(family: MetricFamily): void {
    for (const [tag, usage] of this.metrics[family.id]?.tags ?? [])
      Object.assign(usage, this.#rules.ruleFor(family, tag));
  }

  /** Returns true if the metric has open series, otherwise forgets it. */
  isInUse(family: MetricFamily): boolean {
    const inUse = (this.metrics[family.id]?.series ?? 0) > 0;
    if (!inUse) this.metrics[family.id] = undefined;
    return inUse;
  }

  /** Returns true if a metric may be added to `count`. Thousands of rejected names are one problem: an attack makes new ones. */
  hasRoomForMetric(count: number): boolean {
    if (count < this.#rules.maxMetrics) return true;
    if ((this.#rejectedMetrics & 4095) === 0) this.#report('too_many_metrics');
    this.#rejectedMetrics += 1;
    return this.#rules.mode === 'report';
  }

  #tagUsage(family: MetricFamily, metric: MetricUsage, tag: string): TagUsage {
    const known = metric.tags.get(tag);
    if (known !== undefined) return known;
    const rule = this.#rules.ruleFor(family, tag);
    const isSurplus = metric.tags.size >= MAX_TAG_KEYS;
    const severity = isSurplus ? 'never' : rule.severity;
    const seriesByValue = new TagCounts();
    const registry = this.#registry;
    const usage: TagUsage = {
      ...rule,
      severity,
      seriesByValue,
      has: (value) => seriesByValue.has(registry.tags.find(tag, value)),
      examples: () => seriesByValue.examples(MAX_EXAMPLES).map((example) => registry.tags.value(example)),
      rejectedValues: new Set(),
      suspicious: 0,
    };
    // Reports before it adds the tag, so that a strict guard throws at each call.
    if (isSurplus) this.#report('too_many_tag_keys', family, { tag });
    else if (severity === 'avoid') this.#report('identifier_tag', family, { tag });
    if (!isSurplus) metric.tags.set(tag, usage);
    return usage;
  }

  /** Warns about a value that is within the limits. */
  #checkNewValue(usage: TagUsage, family: MetricFamily, tag: string, value: string): void {
    const { seriesByValue, warnAt } = usage;
    if (IDENTIFIER.test(value) && (usage.suspicious += 1) === SUSPICIOUS_VALUES)
      this.#report('suspicious_values', family, { tag, value: withExamples(usage, value) });
    if (seriesByValue.size + 1 === warnAt)
      this.#report('many_values', family, { tag, value: withExamples(usage, value) });
  }

  #rejectValue(usage: TagUsage, code: GuardCode, family: MetricFamily, tag: string, value: string): void {
    if (usage.rejectedValues.size < MAX_EXAMPLES) usage.rejectedValues.add(value);
    this.#report(code, family, { tag, value });
  }

  #report(code: GuardCode, family?: MetricFamily, details: { tag?: string; value?: string } = {}): void {
    const shown = details.tag === INSTANCE_KEY ? { ...details, tag: 'instance' } : details;
    const problem = this.#reporter.report(code, family?.key, MESSAGES[code], shown);
    if (this.#rules.mode === 'strict' && !this.#reporter.isLenient) throw new CardinalityError(problem);
  }
}

/** Returns a draft with the normalized tags of another. */
function copyDraft({ keys, values, count }: TagDraft, table: TagTable): TagDraft {
  const copy = new TagDraft();
  for (let i = 0; i < count; i += 1) copy.set(keys[i]!, values[i]!, table);
  return copy;
}

type GuardCode = keyof typeof MESSAGES;

const MESSAGES = {
  high_cardinality_tag:
    'This tag has one value per operation and is dropped: remove it, or list it in `cardinality.allow` of register().',
  identifier_tag:
    'This tag costs a series per value: 20 values are kept. Remove it, or list it in `cardinality.allow` of register().',
  too_many_values: 'The tag has too many values: new ones become __other__. Use a template or a class of values.',
  undeclared_value: 'The tag was declared without this value, which becomes __other__.',
  too_many_tag_keys: 'Too many tag keys: more are dropped. Are keys made of data?',
  many_values: 'The tag has many values: use a template or a class of values.',
  suspicious_values: 'These values look like identifiers: use a template or a class of values.',
  too_many_series: 'Too many series: tags with most values become __other__.',
  gauge_would_merge: 'Gauges of several series cannot be merged: samples beyond a limit are dropped.',
  too_many_metrics: 'Too many metrics: more are dropped. Are names made of data? Use tags.',
} as const;

function withExamples(usage: TagUsage, value: string): string {
  return [...usage.examples().slice(0, MAX_EXAMPLES - 1), value].join(', ');
}
