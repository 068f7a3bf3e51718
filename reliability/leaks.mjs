// @ts-check
// Finds what the library leaves in a process: timers, sockets and pipes, also those that do not keep it alive, and
// listeners of `process`.
import { createHook } from 'node:async_hooks';

/** The kinds of handles that are closed on purpose, not by the garbage collector. */
const KINDS = new Set(['Timeout', 'TCPWRAP', 'UDPWRAP', 'PIPEWRAP', 'FSEVENTWRAP', 'WORKER', 'PROCESSWRAP']);
/** How long a closed handle may take to be gone: a connection waits a second until a silent server closes it, too. */
const GRACE_MILLISECONDS = 1500;

/** Begins to watch, and returns a function that returns what is left of what began since. */
export function watchLeaks() {
  // They are opened when they are first used, and stay.
  void [process.stdout, process.stderr];
  /** @type {Map<number, string>} */
  const open = new Map();
  const hook = createHook({
    init(id, kind) {
      if (!KINDS.has(kind)) return;
      const origin = originOf(new Error().stack ?? '');
      if (origin !== undefined) open.set(id, `${kind} ${origin}`);
    },
    destroy(id) {
      open.delete(id);
    },
  }).enable();
  const listenersBefore = countListeners();
  return async () => {
    const until = performance.now() + GRACE_MILLISECONDS;
    while (open.size > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 5));
    hook.disable();
    const listeners = [...countListeners()].flatMap(([event, count]) => {
      const more = count - (listenersBefore.get(event) ?? 0);
      return more > 0 ? [`${more} listeners of process for ${event}`] : [];
    });
    return [...open.values(), ...listeners];
  };
}

/** Returns the place that opened a handle: undefined if by the application itself. @param {string} stack */
function originOf(stack) {
  // The first two lines are the message and the hook itself.
  const frames = stack.split('\n').slice(2);
  const frame = frames.find((line) => line.includes('/') && !line.includes('node:'));
  if (frame === undefined) return 'of Node.js';
  return frame.includes('/reliability/')
    ? undefined
    : frame.replace(/^.*?\/((?:[^/]+\/){2}[^/]+:\d+):\d+\)?$/, 'at $1');
}

function countListeners() {
  return new Map(process.eventNames().map((event) => [String(event), process.listenerCount(event)]));
}
