// Reports problems to the application without flooding it.
import { nodeProcess, now } from '../runtime.js';
import { describeValue } from './describe-value.js';
import { documentationPage } from './documentation.js';
import type { Problem } from './problem.js';

/** Milliseconds before an equal problem is reported again, with the number of occurrences in between. */
const REPEAT_AFTER_MS = 60_000;
/**
 * Distinct problems reported, and remembered, within {@link REPEAT_AFTER_MS}: a flood of problems must not flood the log.
 * Beyond it, problems are merged by their code, so that none is hidden because others came first.
 */
const MAX_REPORTED = 50;

/** Called with a problem. An error that it throws, or rejects with, is ignored. */
export type ProblemHandler = (problem: Problem) => void;

/** Merges equal problems: reports each immediately, then at most once a minute with a count. */
export class ProblemReporter {
  handler: ProblemHandler | undefined;
  readonly #listeners: Iterable<{ readonly onProblem?: ProblemHandler | undefined }>;
  /** The time of each problem's last report and the occurrences since; the oldest report comes first. */
  readonly #reported = new Map<string, { at: number; since: number }>();
  /** Reports that wait for the handler, which may cause problems itself: it is never called recursively. */
  readonly #queue: (() => void)[] = [];

  /** @param listeners are called with every single problem, before any merging. */
  constructor(listeners: Iterable<{ readonly onProblem?: ProblemHandler | undefined }>) {
    this.#listeners = listeners;
  }

  /** @param handler the current one by default; a closed or replaced backend passes the one it was registered with. */
  report(problem: Problem, handler: ProblemHandler = this.handler ?? emitWarning): void {
    for (const { onProblem } of this.#listeners) if (onProblem) callHandler(onProblem, problem);
    const reported = this.#reported;
    const { code, count } = problem;
    let id = `${code} ${problem.metric} ${problem.tag}`;
    const at = now();
    let known = reported.get(id);
    if (known === undefined) {
      for (const [oldest, { at: oldestAt }] of reported) {
        if (reported.size < MAX_REPORTED || at - oldestAt < REPEAT_AFTER_MS) break;
        reported.delete(oldest);
      }
      if (reported.size >= MAX_REPORTED) known = reported.get((id = code));
      // No backend has that many codes.
      if (known === undefined && reported.size >= 2 * MAX_REPORTED) return;
    }
    if (known !== undefined && at - known.at < REPEAT_AFTER_MS && !isLossAtEnd(problem)) {
      known.since += count;
      return;
    }
    reported.delete(id);
    reported.set(id, { at, since: 0 });
    const queue = this.#queue;
    queue.push(() => callHandler(handler, { ...problem, count: count + (known?.since ?? 0) }));
    // A call of this method that is under way calls the handler.
    if (queue.length > 1) return;
    for (const deliver of queue) deliver();
    queue.length = 0;
  }
}

/** Returns true for the report of samples lost by the end of a backend: there is no later one, so it is never merged. */
export function isLossAtEnd({ code }: Problem): boolean {
  return code.startsWith('lost_at_');
}

/** Returns one line with the code, the metric, the tag, the value, the message, and where to read more. */
export function formatProblem({ code, metric, tag, value, count, message }: Problem): string {
  const subject = [metric && `metric ${describeValue(metric)}`, tag && `tag ${describeValue(tag)}`, value]
    .filter(Boolean)
    .join(', ');
  const times = count > 1 ? ` [${count} times]` : '';
  return `${code}${subject && ` (${subject})`}: ${message}${times} See ${documentationPage('reference/problems')}.`;
}

function emitWarning(problem: Problem): void {
  nodeProcess?.emitWarning?.(formatProblem(problem), { type: 'MetricsWarning', code: problem.code });
}

/** Prints a warning at the exit of the process, which comes before those of `process.emitWarning` are printed. */
export function emitWarningNow(problem: Problem): void {
  const warning = new Error(formatProblem(problem));
  nodeProcess?.emit?.('warning', Object.assign(warning, { name: 'MetricsWarning', code: problem.code }));
}

/** Calls code of the application and ignores whatever it throws or rejects with. */
function callHandler(handler: ProblemHandler, problem: Problem): void {
  try {
    onRejection(handler(problem), () => {});
  } catch {}
}

/** Handles the rejection of a value that may be a promise, although it should not be one. */
export function onRejection(value: unknown, handle: (cause: unknown) => void): void {
  if (typeof (value as { then?: unknown } | undefined)?.then === 'function') Promise.resolve(value).catch(handle);
}
