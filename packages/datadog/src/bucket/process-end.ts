// Whether the process is about to end by itself.

let watchers = 0;
let isEnding = false;

/** Watches the process until the returned function is called. */
export function watchProcessEnd(): () => void {
  watchers += 1;
  if (watchers === 1) process.prependListener('beforeExit', onBeforeExit);
  let isWatching = true;
  return () => {
    if (!isWatching) return;
    isWatching = false;
    watchers -= 1;
    if (watchers === 0) process.off('beforeExit', onBeforeExit);
  };
}

/**
 * Returns true while the listeners of `beforeExit` run. A flush that starts then is the one of the facade, and only it keeps
 * the process alive.
 */
export function isProcessEnding(): boolean {
  return isEnding;
}

function onBeforeExit(): void {
  isEnding = true;
  // Runs after all listeners.
  queueMicrotask(() => {
    isEnding = false;
  });
}
