// Creates the facade of the process and separate ones.
import { REGISTER_OPTIONS, type RegisterOptions } from '../engine/registration.js';
import type { MetricsBackend } from '../metrics-backend.js';
import { checkKnownOptions } from '../options/option-checks.js';
import type { Metrics } from './metrics.js';
import { MetricsFacade } from './metrics-facade.js';
import { addMissingMethods } from './missing-methods.js';

/** Under this key all copies of this package in a process share one facade. Its number is the version of the contract. */
const KEY: unique symbol = Symbol.for('@metrics/core/v1');

type Process = typeof globalThis & { [KEY]?: MetricsFacade };

/**
 * The facade of this process. The first copy of the package to load creates it; all others use it.
 *
 * @example
 * ```ts
 * import { metrics } from '@metrics/core';
 *
 * metrics.incr('orders.placed', { tags: { method: 'card' } });
 * ```
 */
export const metrics: Metrics = /* @__PURE__ */ getShared();

function getShared(): Metrics {
  const process: Process = globalThis;
  process[KEY] ??= new MetricsFacade();
  return addMissingMethods(process[KEY]);
}

/**
 * Returns a facade with its own backend, series and counts: for libraries, dependency injection, parallel tests.
 *
 * @throws {TypeError | RangeError} if `backend` or an option is invalid.
 *
 * @example
 * ```ts
 * import { createMetrics } from '@metrics/core';
 * import { RecordingBackend } from '@metrics/testing';
 *
 * const backend = new RecordingBackend();
 * const metrics = createMetrics({ backend, prefix: 'library.' });
 * metrics.incr('calls');
 * console.log(backend.recorded.counter('calls'));
 * await metrics.close();
 * ```
 */
export function createMetrics(
  options: RegisterOptions & { readonly backend?: MetricsBackend | undefined } = {},
): Metrics {
  checkKnownOptions('createMetrics()', options, ['backend', ...Object.keys(REGISTER_OPTIONS)]);
  const { backend, ...registerOptions } = options;
  const facade = new MetricsFacade();
  if (backend !== undefined) facade.register(backend, registerOptions);
  return facade;
}
