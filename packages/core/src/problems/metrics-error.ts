import type { Problem } from './problem.js';
import { sentence } from './problem-reporter.js';

/** Thrown in strict mode, where a problem should stop a test or a developer. `problem` says what to do about it. */
export class MetricsError extends Error {
  override readonly name: string = 'MetricsError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(sentence(problem), { cause: problem.cause });
    this.problem = problem;
  }
}

/** Thrown where the cardinality guard is strict: a tag, or a metric, would bring more series than it should. */
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
