import type { MetricKind } from '../metrics-backend.js';

/** What belongs to a metric's key, whatever its tags: the first call or the declaration decides. */
export interface Family {
  readonly id: number;
  readonly key: string;
  readonly kind: MetricKind;
  readonly unit: string | undefined;
  readonly internal: boolean;
  /** The tags of a declared instrument, with their values where those are listed; `undefined` where calls may bring any. */
  declared: ReadonlyMap<string, ReadonlySet<string> | undefined> | undefined;
}
