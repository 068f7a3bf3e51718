import type { MetricKind, Series } from '@metrics/core';
import { flatCopy } from '@metrics/core/backend';
import { escaped, quoted } from './format/escape.js';

/** What is the same in all lines of a series, rendered once. Its texts are escaped, so no format can let them out. */
export interface LoggedSeries {
  /** The quoted key, without the registered prefix, and a colon. */
  readonly head: string;
  /** A space and the unit, where the message has one. */
  readonly tail: string;
  /** The name with its prefix. */
  readonly metric: string;
  readonly kind: MetricKind;
  readonly unit: string | undefined;
  readonly instance: string | undefined;
  /** Frozen: all lines share it. */
  readonly tags: Readonly<Record<string, string>>;
}

export function loggedSeries({ kind, key, name, instance, tags, unit }: Series): LoggedSeries {
  const shownUnit = kind === 'timing' ? 'ms' : unit === undefined ? undefined : escaped(unit);
  const unitInMessage = shownUnit !== undefined && (kind === 'timing' || kind === 'distribution');
  return {
    // Joined strings are kept in pieces, and would be put together for each line.
    head: flatCopy(`${quoted(key)}: `),
    tail: unitInMessage ? ` ${shownUnit}` : '',
    metric: flatCopy(escaped(name)),
    kind,
    unit: shownUnit,
    instance: instance === undefined ? undefined : escaped(instance),
    tags: loggedTags(tags),
  };
}

/** A frozen copy, escaped. */
export function loggedTags(tags: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return Object.freeze(Object.fromEntries(Object.entries(tags).map(([key, value]) => [escaped(key), escaped(value)])));
}
