/**
 * Polls until the condition holds. Throws an error with the value of `state` when it does not within `milliseconds`.
 */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  state: () => unknown = () => '',
  milliseconds = 30_000,
): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > deadline)
      throw new Error(`Timed out after ${milliseconds} ms. ${JSON.stringify(await state()).slice(-2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
