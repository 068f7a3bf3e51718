// The native package for Unix datagrams, an optional peer dependency, loaded when the first such socket is created.
import { createRequire } from 'node:module';

/** Returns the package. Throws if it is not installed or was not built. */
export function loadUnixDgram(): { createSocket(type: 'unix_dgram'): unknown } {
  // In a CommonJS bundle of an application, `import.meta.url` is undefined.
  const base = typeof __filename === 'string' ? __filename : import.meta.url;
  return createRequire(base)('unix-dgram') as never;
}
