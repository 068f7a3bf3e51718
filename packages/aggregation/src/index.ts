export { AggregationWindow, type AggregationWindowOptions } from './aggregation-window.js';
export { Columns, type ColumnsOptions } from './columns.js';
export { SampleLedger } from './sample-ledger.js';
export { inverseRate } from './sampling-rate.js';
export { SlotTable } from './slot-table.js';
export type { WindowWriter } from './window-writer.js';
