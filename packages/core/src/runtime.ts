// What Node.js has and other runtimes lack: browsers, edge workers, test environments, Deno without permissions.

/** The variables of the environment. One that must not be read, as in Deno, is `undefined`. */
export const environment: Readonly<Record<string, string | undefined>> = /* @__PURE__ */ new Proxy<
  Readonly<Record<string, string | undefined>>
>(
  {},
  {
    get: (_, name) => {
      try {
        return globalThis.process?.env?.[name as string];
      } catch {
        return undefined;
      }
    },
  },
);

/** The process; undefined in edge routes of Next.js as well, which have one with variables and with methods that throw. */
export const nodeProcess: typeof globalThis.process | undefined = globalThis.process?.versions && globalThis.process;

/** Returns a built-in module of Node.js; undefined elsewhere. Its type is the caller's to name: this file needs none of Node.js. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- see above
export function builtinModule<Module>(name: string): Module | undefined {
  return nodeProcess?.getBuiltinModule?.(name) as Module | undefined;
}

/** Returns a variable of the environment without spaces around it; `undefined` if that leaves nothing. */
export function readVariable(name: string): string | undefined {
  return environment[name]?.trim() || undefined;
}

/** Returns milliseconds since some moment. Reads the global at each call, because fake timers replace it. */
export function now(): number {
  return (globalThis.performance ?? Date).now();
}

/**
 * Returns a class or function that throws when it is used. Packages that need sockets or files export it for browsers and
 * edge runtimes, so that code for both can be imported there.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the stub is declared with the type of what it replaces
export function unavailable<Export>(name: string): Export {
  const stub = function (): never {
    throw new Error(
      `${name} needs Node.js, Deno or Bun, and was imported by code for a browser or an edge runtime, or in a test environment such as jsdom. Use it only on the server, or the dummy here.`,
    );
  };
  return stub as Export;
}
