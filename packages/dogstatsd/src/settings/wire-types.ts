import type { SlotKind } from '@metrics/aggregation';
import type { Series } from '@metrics/core';

/** How the server sees single values: as a timing, as a histogram, as a distribution. */
export type WireType = 'ms' | 'h' | 'd';

/**
 * `timing` and `distribution` say how these kinds are sent. Every other key is a metric: its name, with or without the
 * registered prefix, the beginning of it (`legacy.*`) or the end (`*.latency`). The first key that fits wins.
 */
export interface WireTypes {
  /** @default 'ms' */
  readonly timing?: WireType | undefined;
  /** @default 'd', in the dialect `telegraf` 'h' */
  readonly distribution?: WireType | undefined;
  readonly [metric: string]: WireType | undefined;
}

export const wireTypes: readonly WireType[] = ['ms', 'h', 'd'];

const KINDS: Readonly<Record<WireType, SlotKind>> = { ms: 'timing', h: 'histogram', d: 'distribution' };

/** What the lines of a series say it is. */
export function wireKind({ kind, key, name }: Series, types: WireTypes, distribution: WireType): SlotKind {
  if (kind !== 'timing' && kind !== 'distribution') return kind;
  for (const [pattern, type] of Object.entries(types)) {
    if (type === undefined || pattern === 'timing' || pattern === 'distribution') continue;
    if (fits(pattern, key) || fits(pattern, name)) return KINDS[type];
  }
  return KINDS[types[kind] ?? (kind === 'timing' ? 'ms' : distribution)];
}

function fits(pattern: string, name: string): boolean {
  if (pattern.endsWith('*')) return name.startsWith(pattern.slice(0, -1));
  return pattern.startsWith('*') ? name.endsWith(pattern.slice(1)) : name === pattern;
}
