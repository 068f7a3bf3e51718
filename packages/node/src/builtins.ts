// The modules of Node.js, without an import of them: bundles for edge runtimes refuse one, and other runtimes lack parts of them.
// `process.getBuiltinModule` exists from 20.16 on.

import type DiagnosticsChannel from 'node:diagnostics_channel';
import type FileSystem from 'node:fs';
import type PerfHooks from 'node:perf_hooks';
import type V8 from 'node:v8';
import type WorkerThreads from 'node:worker_threads';

interface Builtins {
  'node:diagnostics_channel': typeof DiagnosticsChannel;
  'node:fs': typeof FileSystem;
  'node:perf_hooks': typeof PerfHooks;
  'node:v8': typeof V8;
  'node:worker_threads': typeof WorkerThreads;
}

/** Returns a module of Node.js, of which any export may be missing; `undefined` if the runtime does not have it. */
export function builtin<Name extends keyof Builtins>(name: Name): Partial<Builtins[Name]> | undefined {
  try {
    return globalThis.process?.getBuiltinModule?.(name);
  } catch {
    return undefined;
  }
}
