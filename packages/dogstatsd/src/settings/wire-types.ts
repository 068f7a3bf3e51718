// How timings and distributions are sent.
import type { SlotKind } from '@metrics/aggregation';
import type { Series } from '@metrics/core';
import { matchesPattern } from '@metrics/core/backend';

/** The type of single values on a line: a timing, a histogram or a distribution. */
export type WireType = 'ms' | 'h' | 'd';

/**
 * The wire types of timings and distributions. `timing` and `distribution` set the type of a kind. Every other key is the
 * name of a metric, with or without the registered prefix, in which `*` matches any characters: `legacy.*`, `*.latency`.
 * The first key that matches wins.
 */
export interface WireTypes {
  /** The type of timings. @default 'ms' */
  readonly timing?: WireType | undefined;
  /** The type of distributions. @default 'd', in the dialect `telegraf` 'h' */
  readonly distribution?: WireType | undefined;
  readonly [metric: string]: WireType | undefined;
}

export const WIRE_TYPES: readonly WireType[] = ['ms', 'h', 'd'];

const KINDS: Readonly<Record<WireType, SlotKind>> = { ms: 'timing', h: 'histogram', d: 'distribution' };

/**
 * Returns the kind under which a series is sent.
 *
 * @param defaultDistribution the wire type of distributions unless an option sets another.
 */
export function slotKindOf({ kind, key, name }: Series, types: WireTypes, defaultDistribution: WireType): SlotKind {
  if (kind !== 'timing' && kind !== 'distribution') return kind;
  for (const [pattern, type] of Object.entries(types)) {
    if (type === undefined || pattern === 'timing' || pattern === 'distribution') continue;
    if (matchesPattern(pattern, key) || matchesPattern(pattern, name)) return KINDS[type];
  }
  return KINDS[types[kind] ?? (kind === 'timing' ? 'ms' : defaultDistribution)];
}
