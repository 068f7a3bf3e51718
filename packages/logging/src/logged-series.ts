import type { MetricKind, Series, TagPairs } from '@metrics/core';
import { flatCopy } from '@metrics/core/backend';
import { escape, quote } from './format/escape.js';

/** The parts that all lines of a series share, rendered once. Its strings are escaped, so no format can break a line. */
export interface LoggedSeries {
  /** The quoted key, without the registered prefix, and a colon with a space. */
  readonly messagePrefix: string;
  /** A space and the unit; empty if the message has none. */
  readonly unitSuffix: string;
  /** The name, with the registered prefix. */
  readonly metric: string;
  readonly kind: MetricKind;
  readonly unit: string | undefined;
  readonly instance: string | undefined;
  /** Frozen, because all lines share it. */
  readonly tags: Readonly<Record<string, string>>;
}

export function loggedSeries({ kind, key, name, instance, tags, unit }: Series): LoggedSeries {
  const loggedUnit = kind === 'timing' ? 'ms' : unit === undefined ? undefined : escape(unit);
  const messageHasUnit = loggedUnit !== undefined && (kind === 'timing' || kind === 'distribution');
  return {
    // V8 keeps a joined string in pieces, and would flatten it for each line.
    messagePrefix: flatCopy(`${quote(key)}: `),
    unitSuffix: messageHasUnit ? ` ${loggedUnit}` : '',
    metric: flatCopy(escape(name)),
    kind,
    unit: loggedUnit,
    instance: instance === undefined ? undefined : escape(instance),
    tags: loggedTags(tags),
  };
}

/** Returns a frozen object with escaped keys and values. */
export function loggedTags(tags: TagPairs = []): Readonly<Record<string, string>> {
  return Object.freeze(Object.fromEntries(tags.map(([key, value]) => [escape(key), escape(value)])));
}
