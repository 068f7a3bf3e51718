// Reports problems to the application without flooding it.
import { describeValue } from './describe-value.js';
import type { Problem } from './problem.js';

/** Milliseconds before an equal problem is reported again, with the number of occurrences in between. */
const REPEAT_AFTER_MS = 60_000;
/** Distinct problems reported, and remembered, within {@link REPEAT_AFTER_MS}: a flood of problems must not flood the log. */
const MAX_REPORTED = 50;

export type ProblemHandler = (problem: Problem) => void;

/** Merges equal problems: reports each immediately, then at most once a minute with a count. */
export class ProblemReporter {
  handler: ProblemHandler | undefined;
  readonly #listeners: Iterable<{ readonly onProblem?: ProblemHandler | undefined }>;
  /** The time of each problem's last report and the occurrences since; the oldest report comes first. */
  readonly #reported = new Map<string, { at: number; since: number }>();
  #isReporting = false;

  /** @param listeners are called with every single problem, before any merging. */
  constructor(listeners: Iterable<{ readonly onProblem?: ProblemHandler | undefined }>) {
    this.#listeners = listeners;
  }

  /** @param handler the current one by default; a closed or replaced backend passes the one it was registered with. */
  report(problem: Problem, handler: ProblemHandler | undefined = this.handler): void {
    for (const { onProblem } of this.#listeners) if (onProblem) callHandler(onProblem, problem);
    // A handler that records metrics may itself cause a problem: it must not be called recursively.
    if (this.#isReporting) return;
    const id = `${problem.code} ${problem.metric} ${problem.tag}`;
    const now = Date.now();
    const known = this.#reported.get(id);
    if (known !== undefined && now - known.at < REPEAT_AFTER_MS) {
      known.since += problem.count;
      return;
    }
    for (const [oldest, { at }] of this.#reported) {
      if (this.#reported.size < MAX_REPORTED) break;
      if (now - at < REPEAT_AFTER_MS) return;
      this.#reported.delete(oldest);
    }
    this.#reported.delete(id);
    this.#reported.set(id, { at: now, since: 0 });
    this.#isReporting = true;
    callHandler(handler ?? emitWarning, { ...problem, count: problem.count + (known?.since ?? 0) });
    this.#isReporting = false;
  }
}

/** Returns one line with the code, the metric, the tag, the value and the message. */
export function formatProblem({ code, metric, tag, value, count, message }: Problem): string {
  const subject = [metric && `metric ${describeValue(metric)}`, tag && `tag ${describeValue(tag)}`, value]
    .filter(Boolean)
    .join(', ');
  return `${code}${subject && ` (${subject})`}: ${message}${count > 1 ? ` [${count} times]` : ''}`;
}

function emitWarning(problem: Problem): void {
  globalThis.process?.emitWarning?.(formatProblem(problem), { type: 'MetricsWarning', code: problem.code });
}

/** Calls code of the application and ignores whatever it throws or rejects with. */
function callHandler(handler: ProblemHandler, problem: Problem): void {
  try {
    const result: unknown = handler(problem);
    if (result instanceof Promise) result.catch(() => {});
  } catch {}
}
