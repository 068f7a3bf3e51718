// What Node.js has and other runtimes lack: browsers, edge workers, test environments, Deno without permissions.

/** Returns milliseconds since some moment. Reads the global at each call, because fake timers replace it. */
export function now(): number {
  return (globalThis.performance ?? Date).now();
}

/** Returns a variable of the environment without spaces around it; `undefined` if it is empty or must not be read. */
export function readVariable(name: string): string | undefined {
  try {
    return globalThis.process?.env?.[name]?.trim() || undefined;
  } catch {
    // Deno without the permission to read it.
    return undefined;
  }
}
