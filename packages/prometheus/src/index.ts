/**
 * The backend that Prometheus scrapes, and the handler of scrapes.
 *
 * @module @metrics/prometheus
 */
export { createBackend } from './create-backend.js';
export { PrometheusBackend, type PrometheusStats } from './prometheus-backend.js';
export type { PrometheusOptions } from './prometheus-options.js';
export type { Scrape } from './scrape.js';
export {
  type HandlerRequest,
  type HandlerResponse,
  type PrometheusHandler,
  prometheusHandler,
  type ScrapeSource,
} from './scrape-handler.js';
