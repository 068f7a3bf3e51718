import { createMetrics, type Metrics, type Problem, type RegisterOptions } from '../src/index.js';
import { JournalBackend } from './journal-backend.js';

/** A facade with a journal registered, and the problems that it reports. */
export function setUp(options: RegisterOptions = {}): {
  readonly backend: JournalBackend;
  readonly metrics: Metrics;
  readonly problems: Problem[];
} {
  const backend = new JournalBackend();
  const problems: Problem[] = [];
  const metrics = createMetrics({ backend, ...options, onError: (problem) => problems.push(problem) });
  return { backend, metrics, problems };
}
