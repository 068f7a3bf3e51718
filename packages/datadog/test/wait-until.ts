/** Polls until the condition holds; fails with what `state` says. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  state: () => unknown = () => '',
  milliseconds = 10_000,
): Promise<void> {
  const ends = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > ends) throw new Error(`Waited ${milliseconds} ms in vain. ${JSON.stringify(await state())}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
