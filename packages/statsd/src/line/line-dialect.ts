import type { SlotKind } from '@metrics/aggregation';

/** What a kind of server understands of a line, beside where its tags stand. */
export interface LineDialect {
  /** What stands for a kind behind the value. */
  readonly types: Readonly<Record<SlotKind, string>>;
  /** The kinds of which one line may carry several values: `name:1:2:3|d`. Their values may be negative. */
  readonly packedKinds: readonly SlotKind[];
  /** Whether a sign makes a gauge's value a change, so that a zero has to come before a negative value. */
  readonly signedGaugeIsDelta: boolean;
  /** Whether timings and distributions may be negative. Otherwise such a value is dropped. */
  readonly acceptsNegativeValues: boolean;
  /** Ends every line, before its newline. */
  readonly lineSuffix: string;
}

/** StatsD as Etsy defines it. A distribution is a timing there: `h` and `d` would be counted as counters. */
export const etsyDialect: LineDialect = {
  types: { counter: 'c', gauge: 'g', timing: 'ms', distribution: 'ms', histogram: 'ms', set: 's' },
  packedKinds: [],
  signedGaugeIsDelta: true,
  acceptsNegativeValues: false,
  lineSuffix: '',
};
