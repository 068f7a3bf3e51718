import type { MetricKind } from './metrics-backend.js';

/** What belongs to a metric's key, whatever its tags: the first call or the declaration decides. */
export interface Family {
  readonly id: number;
  readonly key: string;
  readonly kind: MetricKind;
  readonly unit: string | undefined;
  readonly internal: boolean;
  /** The tag keys of a declared instrument; `undefined` where calls may bring any. */
  declared: ReadonlySet<string> | undefined;
}
