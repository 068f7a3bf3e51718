/**
 * The metrics of Node.js itself and of its HTTP servers and clients.
 *
 * @module @metrics/node
 */
export type { HttpOptions, ObservedRequest, RouteFunction, ServedRequest } from './http/http-options.js';
export { observeHttp } from './http/observe-http.js';
export { setRoute } from './http/routes.js';
export { observeMetrics } from './observe-metrics.js';
export { observeRuntime, type RuntimeOptions } from './runtime/observe-runtime.js';
export type { Installation, RouteReader } from './shared.js';
