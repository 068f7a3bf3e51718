import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { lengthFraming } from './framing.js';
import type { PacketListener, PacketSink } from './packet-listener.js';
import { UNIX_DATAGRAM_PROGRAM } from './unix-datagram-program.js';

/**
 * Listens on a Unix datagram socket, in a child process.
 *
 * @throws {Error} if the native package is missing or was not built, or if the path cannot be bound.
 */
export async function listenUnixDatagrams(path: string, sink: PacketSink): Promise<PacketListener> {
  // All streams are pipes, which the types express for three streams only.
  const child = spawn(process.execPath, ['-e', UNIX_DATAGRAM_PROGRAM, resolveNativePackage(), path], {
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    // The options are for the program under test: the port of a debugger, a loader.
    env: { ...process.env, NODE_OPTIONS: '' },
  }) as ChildProcessWithoutNullStreams;
  let stderr = '';
  let done: () => void = () => undefined;
  const nextDone = (): Promise<void> =>
    new Promise((resolve) => {
      done = resolve;
    });
  const frames = lengthFraming(Number.POSITIVE_INFINITY);
  let pending: Buffer = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    pending = frames(Buffer.concat([pending, chunk]), (packet) => {
      if (packet.length > 0) sink.packet(packet);
      else done();
    });
  });
  child.stderr.on('data', (text: Buffer) => {
    stderr += text.toString();
  });
  child.stdin.on('error', () => undefined);
  const ended = once(child, 'close');
  const failed = ended.then((): never => {
    if (stderr.startsWith('cannot bind')) throw new Error(stderr.trim());
    throw nativePackageError(NOT_BUILT, new Error(stderr));
  });
  await Promise.race([nextDone(), failed]);
  return {
    pause: async () => {
      const stalled = nextDone();
      child.send('stall', () => undefined);
      await Promise.race([stalled, ended]);
    },
    resume: () => void child.stdin.write('\n'),
    close: async () => {
      child.kill('SIGKILL');
      await ended;
      await rm(path, { force: true });
    },
  };
}

/** Returns the path of the native package. */
function resolveNativePackage(): string {
  try {
    return createRequire(import.meta.url).resolve('unix-dgram');
  } catch (error) {
    throw nativePackageError(NOT_INSTALLED, error);
  }
}

const NOT_INSTALLED =
  'is not installed: run `npm install --save-dev unix-dgram`, `yarn add --dev unix-dgram` or `pnpm add --save-dev --allow-build=unix-dgram unix-dgram`';
const NOT_BUILT =
  'was not built for this Node.js: run `npm rebuild unix-dgram`, `yarn rebuild unix-dgram`, or `pnpm approve-builds` and then `pnpm rebuild unix-dgram`';

function nativePackageError(problem: string, cause: unknown): Error {
  return new Error(
    `transport 'unixgram' needs the native package unix-dgram, which ${problem}, with Python, make and a C++ compiler present.`,
    { cause },
  );
}
