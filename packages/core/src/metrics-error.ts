import type { Problem } from './problem.js';
import { sentence } from './problem-reporter.js';

/** Thrown in strict mode, where a problem should stop a test or a developer. `problem` says what to do about it. */
export class MetricsError extends Error {
  override readonly name = 'MetricsError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(sentence(problem), { cause: problem.cause });
    this.problem = problem;
  }
}
