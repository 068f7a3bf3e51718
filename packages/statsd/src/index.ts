/**
 * The StatsD backend.
 *
 * @module @metrics/statsd
 */
export { createBackend } from './create-backend.js';
export type { PacketCounts } from './packet-counts.js';
export { StatsdMetricsBackend, type StatsdStats } from './statsd-metrics-backend.js';
export type { StatsdOptions } from './statsd-options.js';
export type { PipelineStats } from './statsd-pipeline.js';
export type { TagFormat } from './tag-format/tag-format.js';
