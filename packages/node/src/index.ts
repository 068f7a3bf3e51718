// The entry for applications.
export type { HttpOptions, ObservedRequest, RouteFunction, ServedRequest } from './http/http-options.js';
export { observeHttp } from './http/observe-http.js';
export { setRoute } from './http/routes.js';
export { observeMetrics } from './observe-metrics.js';
export { observeRuntime, type RuntimeOptions } from './runtime/observe-runtime.js';
export type { Installation, RouteReader } from './shared.js';
