// The native package for Unix datagrams, an optional peer dependency, loaded when the first such socket is created.
import { isMainThread } from 'node:worker_threads';

/** Returns the package. Throws if it is not installed or was not built. */
export function loadUnixDgram(): { createSocket(type: 'unix_dgram'): unknown } {
  // In a CommonJS bundle of an application, `import.meta.url` is undefined.
  const base = typeof __filename === 'string' ? __filename : import.meta.url;
  // With an import of `createRequire`, webpack would look for the package and fail if it is not installed.
  return process.getBuiltinModule('node:module').createRequire(base)('unix-dgram') as never;
}

/** Throws an error that says what to do in a worker thread, and if the package is not installed or was not built. */
export function requireUnixDgram(): void {
  if (!isMainThread)
    throw new Error(
      'Datagrams to a Unix socket need the main thread: in a worker thread, the native package unix-dgram can crash the process. Record in the main thread, or use UDP or a stream there.',
    );
  try {
    loadUnixDgram();
  } catch (cause) {
    throw new Error(
      `Datagrams to a Unix socket need the native package unix-dgram, which ${isNotInstalled(cause) ? NOT_INSTALLED : NOT_BUILT}`,
      { cause },
    );
  }
}

const NOT_INSTALLED =
  'is not installed: run `npm install unix-dgram`, `yarn add unix-dgram` or `pnpm add --allow-build=unix-dgram unix-dgram`, with Python, make and a C++ compiler present.';
const NOT_BUILT =
  'is installed but was not built for this Node.js: run `npm rebuild unix-dgram`, `yarn rebuild unix-dgram`, or `pnpm approve-builds` and then `pnpm rebuild unix-dgram`, with Python, make and a C++ compiler present.';

/** Returns true if the package itself is missing. Its own dependencies and its binary have errors of the same kind. */
function isNotInstalled(error: unknown): boolean {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  const [firstLine = ''] = String(message).split('\n');
  return code === 'MODULE_NOT_FOUND' && firstLine.includes('unix-dgram');
}
