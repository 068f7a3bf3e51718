export { createBackend } from './create-backend.js';
export type { TagFormat } from './line/tag-encoder.js';
export type { PacketCounts } from './packet-queue.js';
export { StatsdMetricsBackend, type StatsdStats } from './statsd-metrics-backend.js';
export type { StatsdOptions } from './statsd-options.js';
