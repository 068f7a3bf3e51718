import assert from 'node:assert/strict';

/**
 * Resolves with the reason why a promise rejected, or undefined. Never rejects, so it can wait until someone reads it.
 */
export async function failureOf(start: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await start();
    return undefined;
  } catch (error) {
    return `rejected with ${String(error)}`;
  }
}

/** Rejects with an AssertionError if the promise resolves with a failure, or not within the given milliseconds. */
export async function within(failed: Promise<string | undefined>, milliseconds: number, name: string): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, milliseconds, `did not resolve within ${milliseconds} ms`);
  });
  const failure = await Promise.race([failed, late]);
  clearTimeout(timer);
  if (failure !== undefined) assert.fail(`${name} ${failure}`);
}

/** Starts an operation. Rejects with an AssertionError if it fails, or takes longer than the given milliseconds. */
export function assertResolves(start: () => Promise<unknown>, milliseconds: number, name: string): Promise<void> {
  return within(failureOf(start), milliseconds, name);
}
