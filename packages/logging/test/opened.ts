import type { Problem } from '@metrics/core';
import { LoggingBackend, type LoggingOptions } from '../src/index.js';
import { shopSeries } from './shop-series.js';

/** A started backend with one series of each kind, ids 0 to 4, and the problems it reports. */
export function opened(options: LoggingOptions): { readonly backend: LoggingBackend; readonly problems: Problem[] } {
  const backend = new LoggingBackend(options);
  const problems: Problem[] = [];
  backend.start({ report: (problem) => void problems.push(problem), collect: () => {} });
  backend.open(0, shopSeries('counter', 'jobs'));
  backend.open(1, shopSeries('gauge', 'level'));
  backend.open(2, shopSeries('timing', 'run'));
  backend.open(3, shopSeries('distribution', 'size', { unit: 'byte' }));
  backend.open(4, shopSeries('set', 'users'));
  return { backend, problems };
}
