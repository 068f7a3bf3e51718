// The errors of strict mode.
import type { Problem } from './problem.js';
import { formatProblem } from './problem-reporter.js';

/** Thrown in strict mode in place of a report; {@link problem} says what to do. */
export class MetricsError extends Error {
  override readonly name: string = 'MetricsError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(formatProblem(problem), { cause: problem.cause });
    this.problem = problem;
  }
}

/** Thrown if the cardinality guard is strict and a tag or a metric would open series that it limits. */
export class CardinalityError extends MetricsError {
  override readonly name = 'CardinalityError';

  get metric(): string | undefined {
    return this.problem.metric;
  }

  get tag(): string | undefined {
    return this.problem.tag;
  }

  get value(): string | undefined {
    return this.problem.value;
  }
}
