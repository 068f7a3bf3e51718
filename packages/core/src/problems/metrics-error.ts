// The errors of strict mode.
import type { Problem } from './problem.js';
import { formatProblem } from './problem-reporter.js';

/**
 * Thrown in strict mode in place of a report; {@link problem} says what to do.
 *
 * @example
 * ```ts
 * import { createMetrics, MetricsError } from '@metrics/core';
 * import { RecordingBackend } from '@metrics/testing';
 *
 * const metrics = createMetrics();
 * metrics.register(new RecordingBackend(), { strict: true });
 * try {
 *   metrics.incr('');
 * } catch (error) {
 *   console.log(error instanceof MetricsError && error.problem.code); // invalid_key
 * }
 * ```
 */
export class MetricsError extends Error {
  /** `'MetricsError'`, or the name of the subclass. */
  override readonly name: string = 'MetricsError';
  /** The problem that was not reported to `onError`, because it was thrown. */
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(formatProblem(problem), { cause: problem.cause });
    this.problem = problem;
  }
}

/** Thrown if the cardinality guard is strict and a tag or a metric would open series that it limits. */
export class CardinalityError extends MetricsError {
  /** `'CardinalityError'`. */
  override readonly name = 'CardinalityError';

  /** The key of the metric. Undefined if the problem concerns no single metric. */
  get metric(): string | undefined {
    return this.problem.metric;
  }

  /** The key of the offending tag. Undefined if the problem concerns no single tag. */
  get tag(): string | undefined {
    return this.problem.tag;
  }

  /** The offending value of the tag, shortened. */
  get value(): string | undefined {
    return this.problem.value;
  }
}
