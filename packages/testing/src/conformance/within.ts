import assert from 'node:assert/strict';

/** What went wrong, or `undefined`. Never rejects, so it can wait for its reader. */
export async function outcomeOf(start: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await start();
    return undefined;
  } catch (error) {
    return `rejected with ${String(error)}`;
  }
}

/** Fails where `outcome` is a failure, or takes longer. */
export async function within(outcome: Promise<string | undefined>, milliseconds: number, what: string): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, milliseconds, `did not resolve within ${milliseconds} ms`);
  });
  const failure = await Promise.race([outcome, late]);
  clearTimeout(timer);
  if (failure !== undefined) assert.fail(`${what} ${failure}`);
}
