// Detects that a process has nothing left to do but to wait for a server.

/** Requests of sockets, which keep the process alive even if their socket does not, and the standard streams. */
const IDLE_RESOURCES: ReadonlySet<string> = new Set([
  'ConnectWrap',
  'TCPConnectWrap',
  'PipeConnectWrap',
  'WriteWrap',
  'SimpleWriteWrap',
  'ShutdownWrap',
  'PipeWrap',
  'TTYWrap',
  'TTY',
]);

/** Returns false if the runtime does not list what keeps the process alive. */
export function isProcessFinished(): boolean {
  try {
    // A socket that the application waits for is listed in addition to its request.
    return process.getActiveResourcesInfo().every((resource) => IDLE_RESOURCES.has(resource));
  } catch {
    return false;
  }
}
