import type { Problem } from './problem.js';
import { described } from './tags.js';

/** Told again at most this often, with the number of times it happened since. */
const REPEAT_AFTER = 60_000;
/** Distinct problems that are remembered; beyond it the oldest is forgotten and would be told anew. */
const MAX_REMEMBERED = 500;
/** Distinct problems told within one {@link REPEAT_AFTER}, so that a flood of them is not a flood of logs. */
const MAX_TOLD = 50;

export type ProblemHandler = (problem: Problem) => void;

/** Merges equal problems and tells each once, then at most once a minute with a count. */
export class ProblemReporter {
  handler: ProblemHandler | undefined;
  readonly listeners: Set<ProblemHandler> = new Set();
  readonly #remembered = new Map<string, { toldAt: number; untold: number }>();
  #telling = false;
  #windowStart = 0;
  #toldInWindow = 0;

  report(problem: Problem): void {
    for (const listener of this.listeners) quietly(listener, problem);
    // A handler that records metrics may cause a problem of its own: it must not be called from within itself.
    if (this.#telling) return;
    const id = `${problem.code} ${problem.metric ?? ''} ${problem.tag ?? ''}`;
    const now = Date.now();
    const known = this.#remembered.get(id);
    const count = problem.count + (known?.untold ?? 0);
    if ((known !== undefined && now - known.toldAt < REPEAT_AFTER) || this.#overLimit(now)) {
      this.#remember(id, { toldAt: known?.toldAt ?? Number.NEGATIVE_INFINITY, untold: count });
      return;
    }
    this.#remember(id, { toldAt: now, untold: 0 });
    this.#toldInWindow += 1;
    this.#telling = true;
    quietly(this.handler ?? warn, { ...problem, count });
    this.#telling = false;
  }

  #overLimit(now: number): boolean {
    if (now - this.#windowStart >= REPEAT_AFTER) {
      this.#windowStart = now;
      this.#toldInWindow = 0;
    }
    return this.#toldInWindow >= MAX_TOLD;
  }

  #remember(id: string, state: { toldAt: number; untold: number }): void {
    this.#remembered.set(id, state);
    if (this.#remembered.size > MAX_REMEMBERED) this.#remembered.delete(this.#remembered.keys().next().value!);
  }
}

/** One line that names the code, the metric, the tag and the value, and says what to do. */
export function sentence({ code, metric, tag, value, count, remedy }: Problem): string {
  const where = [metric && `metric ${described(metric)}`, tag && `tag ${described(tag)}`, value]
    .filter(Boolean)
    .join(', ');
  return `${code}${where && ` (${where})`}: ${remedy}${count > 1 ? ` [${count} times]` : ''}`;
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
