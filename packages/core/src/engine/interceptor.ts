import type { BackendHost, MetricsBackend, Series, SeriesId } from '../metrics-backend.js';
import type { ProblemHandler } from '../problems/problem-reporter.js';

/** Receives every sample, whatever backend is active: the engine's seam for test tools, see `tap`. */
export interface Interceptor {
  /** Called for each series that is open when the interceptor is added. */
  open(id: SeriesId, series: Series): void;
  /** Returns the backend that recorders call instead of `backend`. Its open series stay open. */
  wrap(backend: MetricsBackend, host: Pick<BackendHost, 'report'>): MetricsBackend;
  /** Called with every single problem. */
  readonly onProblem?: ProblemHandler | undefined;
}

/** A facade that takes interceptors. All copies of this package share one facade, so all their versions agree on this. */
export interface Interceptable {
  /** Adds an interceptor. Returns a function that removes it. */
  intercept(interceptor: Interceptor): () => void;
}
