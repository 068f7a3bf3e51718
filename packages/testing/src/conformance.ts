/**
 * The contract of a backend as runnable checks.
 *
 * @module @metrics/testing/conformance
 */
export type {
  BackendProgram,
  BackendUnderTest,
  Capabilities,
  Delivered,
  DeliveredSample,
  Fixture,
} from './conformance/backend-under-test.js';
export type { ConformanceCheck } from './conformance/conformance-check.js';
export { conformanceChecks } from './conformance/conformance-checks.js';
