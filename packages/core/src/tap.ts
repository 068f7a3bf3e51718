import { CombinedBackend } from './combine.js';
import type { Interceptable } from './engine/interceptor.js';
import type { Metrics } from './facade/metrics.js';
import type { MetricKind, MetricsBackend } from './metrics-backend.js';
import type { ProblemHandler } from './problems/problem-reporter.js';

/** A test tool that receives every sample as the backend does, in the caller's async context. */
export interface MetricsTap {
  /**
   * Gets `open` for every series that is open already, then the same calls as the real backend. After another `register` it
   * gets `open` again for the same ids, without `release`.
   */
  readonly backend: MetricsBackend;
  /** Called synchronously with every single problem, before equal ones are merged. */
  readonly onProblem?: ProblemHandler | undefined;
}

/**
 * Passes every sample of `metrics` to a test tool as well, whatever backend is registered, until the result is disposed.
 *
 * @throws {TypeError} if `metrics` is not a facade of this package.
 * @throws {Error} if the backend of the test tool is closed.
 */
export function tap(
  metrics: Metrics,
  { backend: receiver, onProblem }: MetricsTap,
): {
  /** Removes the test tool. */
  [Symbol.dispose](): void;
} {
  // The interface of applications does not show this method.
  const facade = metrics as Metrics & Partial<Interceptable>;
  if (typeof facade?.intercept !== 'function')
    throw new TypeError('tap() takes `metrics`, one of its children, or the result of createMetrics().');
  if (receiver.closed) throw new Error('tap() cannot open a closed backend again: create another one.');
  const kinds: MetricKind[] = [];
  const remove = facade.intercept({
    open: (id, series) => {
      kinds[id] = series.kind;
      receiver.open(id, series);
    },
    wrap: (backend, host) => new CombinedBackend([{ backend }, { backend: receiver }], host, kinds),
    onProblem,
  });
  return { [Symbol.dispose]: remove };
}
