export { AggregationWindow, type AggregationWindowOptions } from './aggregation-window.js';
export { Columns, type ColumnsOptions } from './columns.js';
export { type ProblemDetails, ProblemReporter } from './problem-reporter.js';
export { SampleLedger } from './sample-ledger.js';
export { inverseRate } from './sampling-rate.js';
export { type SlotKind, SlotTable } from './slot-table.js';
export type { WindowWriter } from './window-writer.js';
