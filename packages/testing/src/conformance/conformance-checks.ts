import { accountingChecks } from './accounting-checks.js';
import type { ConformanceCheck } from './conformance-check.js';
import { deliveryChecks } from './delivery-checks.js';
import { identityChecks } from './identity-checks.js';
import { lifecycleChecks } from './lifecycle-checks.js';
import { recordingChecks } from './recording-checks.js';
import { samplingChecks } from './sampling-checks.js';

/**
 * The contract of a backend as a list of named checks, for any test framework.
 *
 * @example
 * ```ts
 * import { DummyMetricsBackend } from '@metrics/core';
 * import { type BackendUnderTest, conformanceChecks } from '@metrics/testing/conformance';
 *
 * const backend: BackendUnderTest = {
 *   create: () => ({ backend: new DummyMetricsBackend() }),
 *   capabilities: {
 *     kinds: {},
 *     tags: 'dropped',
 *     instance: 'dropped',
 *     sampled: [],
 *     timestamps: true,
 *     events: true,
 *     serviceChecks: true,
 *     discards: true,
 *   },
 * };
 * for (const { name, run } of conformanceChecks) {
 *   await run(backend);
 *   console.log(name);
 * }
 * ```
 */
export const conformanceChecks: readonly ConformanceCheck[] = [
  ...recordingChecks,
  ...accountingChecks,
  ...deliveryChecks,
  ...identityChecks,
  ...samplingChecks,
  ...lifecycleChecks,
];
