import { CardinalityRules } from '../cardinality/cardinality-rules.js';
import { DummyMetricsBackend } from '../dummy-metrics-backend.js';
import type { MetricsBackend } from '../metrics-backend.js';
import type { NormalizedTags } from '../series/tags.js';
import type { RegisterOptions } from './registration.js';

/** A backend in use, with the options of its registration. */
export interface ActiveBackend {
  readonly backend: MetricsBackend;
  readonly options: RegisterOptions;
  readonly rules: CardinalityRules;
  readonly tags: NormalizedTags;
  /** The replaceable backend that was active before; disposing the registration restores it. */
  readonly previous?: ActiveBackend;
  /** Its stack shows the call of `register`. */
  readonly registeredAt?: Error;
  disposed?: boolean;
}

/** Active before the first `register`, and after `close`. */
export const NO_BACKEND: ActiveBackend = /* @__PURE__ */ createNoBackend();

function createNoBackend(): ActiveBackend {
  return { backend: new DummyMetricsBackend(), options: {}, rules: new CardinalityRules(), tags: new Map() };
}
