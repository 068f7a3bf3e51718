import { DummyMetricsBackend } from '../dummy-metrics-backend.js';
import type { MetricsBackend } from '../metrics-backend.js';
import type { CanonicalTags } from '../series/tags.js';
import type { RegisterOptions } from './registration.js';

/** A backend and how it is used, from its `register` on. */
export interface Use {
  readonly backend: MetricsBackend;
  readonly options: RegisterOptions;
  readonly tags: CanonicalTags;
  /** What was in use before, and comes back where it may. */
  readonly previous?: Use;
  /** Where `register` was called. */
  readonly where?: Error;
  disposed?: boolean;
}

/** What is in use before the first `register`, and after `close`. */
export const NOTHING: Use = /* @__PURE__ */ nothing();

function nothing(): Use {
  return { backend: new DummyMetricsBackend(), options: {}, tags: new Map() };
}
