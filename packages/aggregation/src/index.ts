/**
 * Buffering, scheduling and accounting of samples, for backends.
 *
 * @module @metrics/aggregation
 */
export { BackendReporter, type ProblemDetails } from './backend-reporter.js';
export { Backoff, type BackoffOptions } from './backoff.js';
export { Drain, type DrainOptions, type DrainOutcome } from './drain.js';
export { FlushScheduler, type FlushSchedulerOptions } from './flush-scheduler.js';
export type { Outlet } from './outlet.js';
export { type LossReporter, SampleAccounting } from './sample-accounting.js';
export { SampleBuffer } from './sample-buffer.js';
export type { SampleBufferOptions } from './sample-buffer-options.js';
export { sampleWeight } from './sample-weight.js';
export type { SampleWriter } from './sample-writer.js';
export { type SlotKind, SlotTable } from './slot-table.js';
export { BucketRows, type HistogramRows } from './totals/bucket-rows.js';
export { DistinctCount } from './totals/distinct-count.js';
export type { Family, FamilyDefinition, FamilyTable, TotalKind } from './totals/family-table.js';
export { hashMember } from './totals/hash-member.js';
export { Totals, type TotalsConfiguration } from './totals/totals.js';
export {
  type DefaultBuckets,
  isInMilliseconds,
  type ResolvedTotalsOptions,
  resolveTotalsOptions,
  TOTALS_OPTIONS,
  type TotalsOptions,
  withoutMilliseconds,
} from './totals/totals-options.js';
