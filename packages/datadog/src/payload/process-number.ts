import { createServer } from 'node:net';

/** Numbers that are tried: more than the processes and threads of a host that send the same series. */
const MAX_NUMBERS = 512;

/**
 * Takes a number that no other process or thread of this machine has, for the rest of this thread. Undefined if the system
 * has no means for it.
 *
 * The number is a local socket without a file: binding it fails while another one has it, and the kernel frees it when the
 * thread or the process ends, however it ends. No other process needs to cooperate, not even the primary of a cluster.
 *
 * @param pool numbers of different pools are independent of each other.
 * @param preferred tried first; then the lowest that is free, from 1.
 */
export function takeProcessNumber(pool: string, preferred: number | undefined): number | undefined {
  const prefix = socketPrefix();
  if (prefix === undefined) return undefined;
  const { createHash } = process.getBuiltinModule('node:crypto');
  const name = `${prefix}metrics-datadog-${createHash('sha256').update(pool).digest('hex').slice(0, 32)}-`;
  if (preferred !== undefined && bind(name + preferred)) return preferred;
  for (let number = 1; number <= MAX_NUMBERS; number += 1) if (bind(name + number)) return number;
  return undefined;
}

/** Returns the prefix of names of sockets that are no files. Other systems have none. */
function socketPrefix(): string | undefined {
  if (process.platform === 'linux' || process.platform === 'android') return '\0';
  return process.platform === 'win32' ? String.raw`\\.\pipe` + '\\' : undefined;
}

function bind(path: string): boolean {
  // The socket only exists: it serves no one, and does not keep the process alive.
  const server = createServer((connection) => connection.destroy());
  server.on('error', () => {});
  try {
    // Without `exclusive`, all workers of a cluster would share one socket of their primary.
    server.listen({ path, exclusive: true });
  } catch {
    return false;
  }
  // Local sockets are bound by the call itself; only the events come later.
  server.unref();
  return server.listening;
}
