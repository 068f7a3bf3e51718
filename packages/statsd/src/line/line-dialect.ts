// The syntax of types and values, by kind of server.
import type { SlotKind } from '@metrics/aggregation';

/** The syntax of lines that a kind of server understands, except for names and tags, which a {@link TagEncoder} renders. */
export interface LineDialect {
  /** The type that follows the value, by kind. */
  readonly types: Readonly<Record<SlotKind, string>>;
  /** The kinds of which one line may carry several values: `name:1:2:3|d`. Their values may be negative. */
  readonly packedKinds: readonly SlotKind[];
  /** Whether a server adds a signed value to a gauge, so that a zero has to precede a negative value. */
  readonly signedGaugeIsDelta: boolean;
  /** Whether a server reads whole numbers only as counters, so that a fraction has to wait until it is part of one. */
  readonly integerCounters: boolean;
  /** Whether timings and distributions may be negative. Otherwise such a value is dropped. */
  readonly acceptsNegativeValues: boolean;
  /** The end of every line, before its newline. */
  readonly lineSuffix: string;
}

/** StatsD as Etsy defines it. A distribution is sent as a timing, because `h` and `d` would be read as counters. */
export const etsyDialect: LineDialect = {
  types: { counter: 'c', gauge: 'g', timing: 'ms', distribution: 'ms', histogram: 'ms', set: 's' },
  packedKinds: [],
  signedGaugeIsDelta: true,
  integerCounters: false,
  acceptsNegativeValues: false,
  lineSuffix: '',
};
