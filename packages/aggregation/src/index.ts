export { BackendReporter, type ProblemDetails } from './backend-reporter.js';
export { Backoff, type BackoffOptions } from './backoff.js';
export { FlushScheduler, type FlushSchedulerOptions } from './flush-scheduler.js';
export { type Outlet } from './outlet.js';
export { SampleAccounting } from './sample-accounting.js';
export { SampleBuffer, type SampleBufferOptions } from './sample-buffer.js';
export type { SampleWriter } from './sample-writer.js';
export { sampleWeight } from './sampling-rate.js';
export { type SlotKind, SlotTable } from './slot-table.js';
