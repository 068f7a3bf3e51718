import type { Problem } from '@metrics/core';
import { LoggingBackend, type LoggingOptions } from '../src/index.js';
import { seriesOf } from './series-of.js';

/** A started backend with one series of each kind, ids 0 to 4, and the problems it reports. */
export function opened(options: LoggingOptions): { readonly backend: LoggingBackend; readonly problems: Problem[] } {
  const backend = new LoggingBackend(options);
  const problems: Problem[] = [];
  backend.start({ report: (problem) => void problems.push(problem), collect: () => {} });
  backend.open(0, seriesOf('counter', 'jobs'));
  backend.open(1, seriesOf('gauge', 'level'));
  backend.open(2, seriesOf('timing', 'run'));
  backend.open(3, seriesOf('distribution', 'size', { unit: 'byte' }));
  backend.open(4, seriesOf('set', 'users'));
  return { backend, problems };
}
