import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { lengthFraming } from './framing.js';
import type { PacketListener, PacketSink } from './packet-listener.js';
import { unixDatagramProgram } from './unix-datagram-program.js';

/** @throws Error where the native package is missing or was not built, or the path cannot be bound. */
export async function listenUnixDatagrams(path: string, sink: PacketSink): Promise<PacketListener> {
  // Whose streams are pipes: the types know that of three streams only.
  const child = spawn(process.execPath, ['-e', unixDatagramProgram, nativePackage(), path], {
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    // Its options are for the program under test: a debugger's port, a loader.
    env: { ...process.env, NODE_OPTIONS: '' },
  }) as ChildProcessWithoutNullStreams;
  let complaint = '';
  let done: () => void = () => undefined;
  const answer = (): Promise<void> =>
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
    complaint += text.toString();
  });
  child.stdin.on('error', () => undefined);
  const ended = once(child, 'close');
  const failed = ended.then((): never => {
    if (complaint.startsWith('cannot bind')) throw new Error(complaint.trim());
    throw missing(new Error(complaint));
  });
  await Promise.race([answer(), failed]);
  return {
    pause: async () => {
      const stalled = answer();
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

/** The file of the native package. */
function nativePackage(): string {
  try {
    return createRequire(import.meta.url).resolve('unix-dgram');
  } catch (error) {
    throw missing(error);
  }
}

function missing(cause: unknown): Error {
  return new Error(
    "transport 'unixgram' needs the native package unix-dgram, which is not installed or was not built: run `npm install --save-dev unix-dgram`, with a C++ compiler present.",
    { cause },
  );
}
