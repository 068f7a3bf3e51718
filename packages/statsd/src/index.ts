export { createBackend } from './create-backend.js';
export type { TagFormat } from './line-syntax.js';
export type { PacketCounts } from './packets.js';
export { StatsdMetricsBackend, type StatsdStats } from './statsd-metrics-backend.js';
export type { StatsdOptions } from './statsd-options.js';
