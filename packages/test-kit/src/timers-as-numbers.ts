/** Has the timers that are set from now on be numbers, as in a browser, until `jest.restoreAllMocks()`. */
export function timersAsNumbers(): void {
  for (const name of ['setInterval', 'setTimeout', 'setImmediate'] as const) {
    const set = globalThis[name] as (run: () => void, delay?: number) => unknown;
    jest
      .spyOn(globalThis, name)
      .mockImplementation(((run: () => void, delay?: number) => Number(set(run, delay))) as never);
  }
}
