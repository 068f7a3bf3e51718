import { describeValue } from './describe-value.js';
import type { Problem } from './problem.js';

/** Told again at most this often, in milliseconds, with the number of times it happened since. */
const REPEAT_AFTER = 60_000;
/** Distinct problems told, and remembered, within {@link REPEAT_AFTER}, so that a flood of them is no flood of logs. */
const MAX_TOLD = 50;

export type ProblemHandler = (problem: Problem) => void;

/** Merges equal problems and tells each once, then at most once a minute with a count. */
export class ProblemReporter {
  handler: ProblemHandler | undefined;
  readonly #listeners: Iterable<{ readonly onProblem?: ProblemHandler | undefined }>;
  /** When each was told, the longest ago first, and how often it happened since. */
  readonly #told = new Map<string, { at: number; since: number }>();
  #telling = false;

  /** Listeners are told every single problem. */
  constructor(listeners: Iterable<{ readonly onProblem?: ProblemHandler | undefined }>) {
    this.#listeners = listeners;
  }

  /** @param handler the current one, unless a backend reports that was closed or replaced. */
  report(problem: Problem, handler: ProblemHandler | undefined = this.handler): void {
    for (const { onProblem } of this.#listeners) if (onProblem) quietly(onProblem, problem);
    // A handler that records metrics may cause a problem of its own: it must not be called from within itself.
    if (this.#telling) return;
    const id = `${problem.code} ${problem.metric} ${problem.tag}`;
    const now = Date.now();
    const known = this.#told.get(id);
    if (known !== undefined && now - known.at < REPEAT_AFTER) {
      known.since += problem.count;
      return;
    }
    for (const [oldest, { at }] of this.#told) {
      if (this.#told.size < MAX_TOLD) break;
      if (now - at < REPEAT_AFTER) return;
      this.#told.delete(oldest);
    }
    this.#told.delete(id);
    this.#told.set(id, { at: now, since: 0 });
    this.#telling = true;
    quietly(handler ?? warn, { ...problem, count: problem.count + (known?.since ?? 0) });
    this.#telling = false;
  }
}

/** One line that names the code, the metric, the tag and the value, and says what to do. */
export function sentence({ code, metric, tag, value, count, message }: Problem): string {
  const where = [metric && `metric ${describeValue(metric)}`, tag && `tag ${describeValue(tag)}`, value]
    .filter(Boolean)
    .join(', ');
  return `${code}${where && ` (${where})`}: ${message}${count > 1 ? ` [${count} times]` : ''}`;
}

function warn(problem: Problem): void {
  globalThis.process?.emitWarning?.(sentence(problem), { type: 'MetricsWarning', code: problem.code });
}

/** A handler is the application's code: whatever it throws ends here. */
function quietly(handler: ProblemHandler, problem: Problem): void {
  try {
    const result: unknown = handler(problem);
    if (result instanceof Promise) result.catch(() => {});
  } catch {}
}
