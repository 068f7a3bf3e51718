// @metrics/testing/conformance in browsers and edge runtimes.
import { unavailable } from '@metrics/core/backend';
import type { ConformanceCheck } from './conformance/conformance-check.js';

/** One check that fails, since an empty list would pass. */
export const conformanceChecks: readonly ConformanceCheck[] = [
  {
    name: 'the conformance suite runs in Node.js',
    run: async () => unavailable<() => never>('@metrics/testing/conformance')(),
  },
];
