/** Polls until the condition holds. */
export async function waitUntil(condition: () => boolean, milliseconds = 5000): Promise<void> {
  const ends = Date.now() + milliseconds;
  while (!condition()) {
    if (Date.now() > ends) throw new Error(`Waited ${milliseconds} ms in vain for ${String(condition)}.`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
