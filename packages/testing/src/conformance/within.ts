import assert from 'node:assert/strict';

/** Limits how long one operation of a check may take. */
export interface TimeLimit {
  readonly milliseconds: number;
  /** The operation, for the message. */
  readonly name: string;
  /** The name of the check. */
  readonly check: string;
}

/** Resolves with the result of an operation. Rejects with an AssertionError if it fails, or takes too long. */
export function within<Result>(start: () => Promise<Result>, limit: TimeLimit): Promise<Result> {
  const { milliseconds, name, check } = limit;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const fail = (what: string): never => assert.fail(`${name} ${what} (in the check "${check}")`);
  const result = (async () => start())().catch((error: unknown) => fail(`rejected with ${String(error)}`));
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  }).then(() => fail(`did not resolve within ${milliseconds} ms`));
  return Promise.race([result, late]).finally(() => clearTimeout(timer));
}
