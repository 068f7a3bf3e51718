import type { Series, SeriesId } from '../metrics-backend.js';
import { matchesAny } from '../options/name-pattern.js';
import { CardinalityError } from '../problems/metrics-error.js';
import type { Problem, ProblemCode } from '../problems/problem.js';
import type { Family } from '../series/metric-family.js';
import type { SeriesRegistry } from '../series/series-registry.js';
import { type Held, INSTANCE, NOT_FOUND, WOULD_MERGE } from '../series/tag-trie.js';
import type { CardinalityLimit, CardinalityMode, CardinalityOptions } from './cardinality-options.js';
import { tagSeverity } from './tag-severity.js';

/** What a value becomes that finds no place. */
export const OTHER = '__other__';

/** Values kept of a tag that is an identifier, such as `org_id`: enough for a beta feature with a few users. */
const AVOIDED_VALUES = 20;
/** Tag keys a metric may have; more of them are keys made of data. */
const MAX_TAG_KEYS = 64;
/** Distinct values that look like identifiers before a tag is suspected: one may be a version. */
const SUSPICIOUS = 3;
/** Values shown in a report or a problem. */
const SAMPLES = 5;

/** UUID, ULID, long hexadecimal, e-mail, IPv4, IPv6, milliseconds since the epoch. */
const IDENTIFIER =
  /^(?:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|[0-7][\da-hjkmnp-tv-z]{25}|[\da-f]{16,}|\S+@\S+\.\S+|\d{1,3}(?:\.\d{1,3}){3}|(?:[\da-f]{0,4}:){3,}[\da-f.]*|1[5-9]\d{11})$/i;

/** What one tag of one metric may have, and what it has. */
export interface TagUsage {
  /** The number of series that hold each value; a value without series has given its place back. */
  readonly places: Map<string, number>;
  /** The most values. */
  readonly limit: number;
  readonly leftOut: boolean;
  readonly warnAt: number;
  /** The values of a declared tag; nothing else has a place. */
  readonly declared: ReadonlySet<string> | undefined;
  /** Some of the values that found no place, or came with a tag that is left out. */
  readonly refused: Set<string>;
  suspicious: number;
}

export interface MetricUsage {
  series: number;
  readonly tags: Map<string, TagUsage>;
}

/** Where the guard tells problems. */
type Tell = (code: ProblemCode, metric: string, message: string, detail: { tag?: string; value?: string }) => Problem;

/**
 * Decides, where a series is about to be born, whether it may be: a known series pays nothing for it. Cost follows the
 * number of series, so tags that are identifiers are left out or get few values, values beyond a limit share
 * `__other__`, and at a bound of series the tag with most values is given up first. Totals stay right.
 */
export class CardinalityGuard {
  readonly metrics: Map<Family, MetricUsage> = new Map();
  readonly #mode: CardinalityMode;
  readonly #options: CardinalityOptions;
  readonly #registry: SeriesRegistry;
  readonly #tell: Tell;
  #refusedMetrics = 0;
  readonly #maxMetrics: number;
  readonly #maxSeriesPerMetric: number;
  /** Beyond it only the last resorts of a metric are opened: all values `__other__`, and no tags at all. */
  readonly #maxSeries: number;

  constructor(mode: CardinalityMode, options: CardinalityOptions, registry: SeriesRegistry, tell: Tell) {
    const { maxSeries = 100_000, maxSeriesPerMetric = 10_000, maxMetrics = 5000 } = options;
    this.#mode = mode;
    this.#options = options;
    this.#registry = registry;
    this.#tell = tell;
    // Each metric may have two last resorts, for which there must be room.
    this.#maxMetrics = Math.min(maxMetrics, Math.floor(maxSeries / 4));
    this.#maxSeries = maxSeries - 2 * this.#maxMetrics;
    this.#maxSeriesPerMetric = maxSeriesPerMetric - 2;
  }

  /**
   * The series these tags may have: an open one, {@link NOT_FOUND} where `tags`, as they are afterwards, may be opened, or
   * {@link WOULD_MERGE}. `held` gets the tags whose value does not matter, for the tries.
   */
  place(family: Family, tags: Map<string, string>, held: Held): SeriesId {
    if (this.#mode !== 'report') return this.#place(family, tags, held);
    this.#place(family, new Map(tags), new Map());
    return this.#registry.find(family, tags);
  }

  #place(family: Family, tags: Map<string, string>, held: Held): SeriesId {
    const metric = this.#metric(family);
    let merged = false;
    for (const [tag, value] of tags) {
      const usage = this.#usage(family, metric, tag);
      const { places, limit, leftOut, declared } = usage;
      if (leftOut) {
        tags.delete(tag);
        held.set(tag, undefined);
        if (metric.tags.has(tag)) this.#refuse(usage, 'high_cardinality_tag', family, tag, value);
      } else if (value === OTHER || places.has(value) || declared?.has(value)) {
        // It has its place.
      } else if (declared !== undefined || places.size >= limit) {
        tags.set(tag, OTHER);
        held.set(tag, declared ?? places);
        merged = true;
        this.#refuse(usage, declared === undefined ? 'too_many_values' : 'undeclared_value', family, tag, value);
      } else this.#notice(usage, family, tag, value);
    }
    const registry = this.#registry;
    let id = registry.find(family, tags);
    if (id < 0 && (metric.series >= this.#maxSeriesPerMetric || registry.size >= this.#maxSeries)) {
      merged = true;
      id = this.#fit(family, metric, tags);
    }
    if (!merged || family.kind !== 'gauge') return id;
    this.#say('gauge_would_merge', family, {});
    return WOULD_MERGE;
  }

  /** Gives up one tag's value after the other, those with most values first, then all tags. */
  #fit(family: Family, metric: MetricUsage, tags: Map<string, string>): SeriesId {
    this.#say('too_many_series', family, {});
    const places = (tag: string): number => metric.tags.get(tag)!.places.size;
    for (const tag of [...tags.keys()].sort((one, other) => places(other) - places(one))) {
      tags.set(tag, OTHER);
      const id = this.#registry.find(family, tags);
      if (id >= 0) return id;
    }
    if (metric.series <= this.#maxSeriesPerMetric) return NOT_FOUND;
    tags.clear();
    return this.#registry.find(family, tags);
  }

  /** A series was opened: its values take their places. */
  opened(family: Family, tags: ReadonlyMap<string, string>): void {
    const metric = this.#metric(family);
    metric.series += 1;
    for (const [tag, value] of tags) {
      const { places } = this.#usage(family, metric, tag);
      if (value !== OTHER) places.set(value, (places.get(value) ?? 0) + 1);
    }
  }

  /** A series was released: values no other series holds give their places back. */
  released(family: Family, series: Series): void {
    const metric = this.#metric(family);
    metric.series -= 1;
    const release = (tag: string, value: string): void => {
      const places = metric.tags.get(tag)?.places;
      const left = (places?.get(value) ?? 1) - 1;
      if (left > 0) places?.set(value, left);
      else places?.delete(value);
    };
    for (const [tag, value] of Object.entries(series.tags)) release(tag, value);
    if (series.instance !== undefined) release(INSTANCE, series.instance);
  }

  /** Whether a metric has series; one that has none is forgotten. */
  isInUse(family: Family): boolean {
    const inUse = (this.metrics.get(family)?.series ?? 0) > 0;
    if (!inUse) this.metrics.delete(family);
    return inUse;
  }

  /** Whether there may be one more metric than `count`. One problem stands for many names: they are the attack. */
  admitsMetric(count: number): boolean {
    if (count < this.#maxMetrics) return true;
    if ((this.#refusedMetrics & 4095) === 0) this.#problem('too_many_metrics', undefined, {});
    this.#refusedMetrics += 1;
    return this.#mode === 'report';
  }

  #metric(family: Family): MetricUsage {
    let metric = this.metrics.get(family);
    if (metric === undefined) this.metrics.set(family, (metric = { series: 0, tags: new Map() }));
    return metric;
  }

  #usage(family: Family, metric: MetricUsage, tag: string): TagUsage {
    let usage = metric.tags.get(tag);
    if (usage !== undefined) return usage;
    const declared = family.declared?.get(tag);
    const severity = this.#severity(family, tag);
    const surplus = metric.tags.size >= MAX_TAG_KEYS;
    const most = limitOf(this.#options.maxValuesPerTag, family.key, tag, 500);
    const leftOut = severity === 'never' || surplus;
    const limit = leftOut ? 0 : severity === 'avoid' ? Math.min(AVOIDED_VALUES, most) : most;
    const warnAt = limitOf(this.#options.warnAt, family.key, tag, 100);
    usage = { places: new Map(), limit, leftOut, warnAt, declared, refused: new Set(), suspicious: 0 };
    // Before the tag becomes known, so that a strict guard throws at each call.
    if (surplus) this.#say('too_many_tag_keys', family, { tag });
    else if (severity === 'avoid') this.#say('identifier_tag', family, { tag });
    if (!surplus) metric.tags.set(tag, usage);
    return usage;
  }

  #severity(family: Family, tag: string): 'never' | 'avoid' | undefined {
    const { never = [], avoid = [], allow = {} } = this.#options;
    if (
      tag === INSTANCE ||
      family.declared?.has(tag) ||
      [family.key, '*'].some((metric) => allow[metric]?.includes(tag))
    )
      return undefined;
    const own = tagSeverity(tag);
    if (own === 'never' || matchesAny(never, tag)) return 'never';
    return own === 'avoid' || matchesAny(avoid, tag) ? 'avoid' : undefined;
  }

  /** Looks at a value that gets a place. */
  #notice(usage: TagUsage, family: Family, tag: string, value: string): void {
    const { places, warnAt } = usage;
    if (IDENTIFIER.test(value) && (usage.suspicious += 1) === SUSPICIOUS)
      this.#say('suspicious_values', family, { tag, value: samplesOf(places, value) });
    if (places.size + 1 === warnAt) this.#say('many_values', family, { tag, value: samplesOf(places, value) });
  }

  #refuse(usage: TagUsage, code: keyof typeof MESSAGES, family: Family, tag: string, value: string): void {
    if (usage.refused.size < SAMPLES) usage.refused.add(value);
    this.#say(code, family, { tag, value });
  }

  #say(code: keyof typeof MESSAGES, family: Family, detail: { tag?: string; value?: string }): void {
    const { tag } = detail;
    this.#problem(code, family.key, tag === INSTANCE ? { ...detail, tag: 'instance' } : detail);
  }

  #problem(code: keyof typeof MESSAGES, metric: string | undefined, detail: { tag?: string; value?: string }): void {
    const problem = this.#tell(code, metric ?? '', MESSAGES[code], detail);
    if (this.#mode === 'strict') throw new CardinalityError(problem);
  }
}

const MESSAGES = {
  high_cardinality_tag: 'This tag has one value per operation and is left out: remove it, or list it in `allow`.',
  identifier_tag:
    'An identifier as a tag costs a series per value: 20 values are kept. Remove it, or list it in `allow`.',
  too_many_values: 'The tag has too many values: new ones become __other__. Use a template or a class of values.',
  undeclared_value: 'The tag was declared without this value, which becomes __other__.',
  too_many_tag_keys: 'The metric has 64 tag keys, and more are left out. Are keys made of data?',
  many_values: 'The tag has many values. Is it an identifier, a path, a message?',
  suspicious_values: 'These values look like identifiers: use a template or a class of values.',
  too_many_series: 'The metric, or the process, is at its bound of series: tags with most values become __other__.',
  gauge_would_merge: 'Gauges of several series cannot be merged: samples without a place are dropped.',
  too_many_metrics: 'Too many metrics: samples of new ones are dropped. Are names made of data? Use tags.',
} as const;

function samplesOf(places: ReadonlyMap<string, number>, value: string): string {
  return [...[...places.keys()].slice(0, SAMPLES - 1), value].join(', ');
}

function limitOf(option: CardinalityLimit | undefined, metric: string, tag: string, otherwise: number): number {
  if (typeof option !== 'object') return option ?? otherwise;
  const limit = option[metric] ?? option['*'];
  return (typeof limit === 'object' ? limit[tag] : limit) ?? otherwise;
}
