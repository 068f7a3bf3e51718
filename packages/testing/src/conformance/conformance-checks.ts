import { accountingChecks } from './accounting-checks.js';
import type { ConformanceCheck } from './conformance-check.js';
import { deliveryChecks } from './delivery-checks.js';
import { identityChecks } from './identity-checks.js';
import { lifecycleChecks } from './lifecycle-checks.js';
import { recordingChecks } from './recording-checks.js';
import { samplingChecks } from './sampling-checks.js';

/** The contract of a backend as a list of named checks, for any test framework. */
export const conformanceChecks: readonly ConformanceCheck[] = [
  ...recordingChecks,
  ...accountingChecks,
  ...deliveryChecks,
  ...identityChecks,
  ...samplingChecks,
  ...lifecycleChecks,
];
