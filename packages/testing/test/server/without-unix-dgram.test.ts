import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordingServer } from '../../src/servers.js';

let resolve: () => string;

jest.mock('node:module', () => ({ createRequire: () => ({ resolve: () => resolve() }) }));

test('the error of a server of Unix datagrams names the native package that is not installed', async () => {
  resolve = () => {
    throw new Error("Cannot find module 'unix-dgram'");
  };
  const error = await RecordingServer.start({ transport: 'unixgram' }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    message: expect.stringMatching(
      /^transport 'unixgram' needs the native package unix-dgram, which is not installed: .*`npm install --save-dev unix-dgram`.*`yarn add.*`pnpm add.*--allow-build/,
    ),
    cause: { message: "Cannot find module 'unix-dgram'" },
  });
});

test('or the one that was built for another version of Node.js', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'without-unix-dgram-'));
  const file = join(directory, 'unix-dgram.cjs');
  await writeFile(file, "throw new Error('compiled against a different Node.js version');");
  resolve = () => file;
  const error = await RecordingServer.start({ transport: 'unixgram' }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    message: expect.stringMatching(
      /unix-dgram, which was not built for this Node\.js: .*`npm rebuild.*`pnpm approve-builds`/,
    ),
    cause: { message: expect.stringContaining('compiled against a different Node.js version') },
  });
  await rm(directory, { recursive: true });
});

test('other transports do not need it', async () => {
  resolve = () => {
    throw new Error('resolved');
  };
  for (const transport of ['udp', 'tcp', 'unixstream'] as const) {
    await using server = await RecordingServer.start({ transport });
    expect(server.lines).toEqual([]);
  }
});
