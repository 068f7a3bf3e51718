/** Waits until a value is as expected; fails with the last one when it is not within ten seconds. */
export async function eventually<Value>(read: () => Promise<Value>, expected: Value): Promise<void> {
  for (const ends = Date.now() + 10_000; Date.now() < ends; ) {
    if (JSON.stringify(await read()) === JSON.stringify(expected)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(await read()).toEqual(expected);
}
