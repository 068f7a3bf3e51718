import type { RegisterOptions } from '../engine/registration.js';
import type { MetricsBackend } from '../metrics-backend.js';
import type { Metrics } from './metrics.js';
import { MetricsFacade } from './metrics-facade.js';

/** Where all copies of this package in a process meet; the number is that of the contract, not of the package. */
const KEY: unique symbol = Symbol.for('@metrics/core/v1');

type Process = typeof globalThis & { [KEY]?: Metrics };

/** The facade of this process. The first copy of the package that loads makes it, all others use it. */
export const metrics: Metrics = /* @__PURE__ */ shared();

function shared(): Metrics {
  const process: Process = globalThis;
  process[KEY] ??= new MetricsFacade();
  return process[KEY];
}

/** An instance of its own, with its own backend, series and accounts: for libraries, dependency injection, parallel tests. */
export function createMetrics(
  options: RegisterOptions & { readonly backend?: MetricsBackend | undefined } = {},
): Metrics {
  const { backend, ...registered } = options;
  const created = new MetricsFacade();
  if (backend !== undefined) created.register(backend, registered);
  return created;
}
