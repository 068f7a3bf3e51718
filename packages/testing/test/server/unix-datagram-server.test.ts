import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as passed } from 'node:timers/promises';
import { describeWithUnixDatagrams } from 'test-kit/describe-with';
import { RecordingServer } from '../../src/servers.js';

interface DatagramSocket {
  on(event: 'connect' | 'error', listener: (error?: { code: number }) => void): void;
  connect(path: string): void;
  /** The code of the error is 1 if the queue of the reader is full, and negative if there is no reader. */
  send(packet: Buffer, done: (error?: { code: number }) => void): void;
  close(): void;
}

/** Loads the native package, which is only installed if it could be built. */
function loadNative(): { createSocket(type: string): DatagramSocket } {
  return require('unix-dgram') as { createSocket(type: string): DatagramSocket };
}

describeWithUnixDatagrams('Unix datagrams', () => {
  const servers: RecordingServer[] = [];
  const clients: DatagramSocket[] = [];

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    for (const server of servers.splice(0)) await server.stop();
  });

  async function start(path?: string): Promise<RecordingServer> {
    const server = await RecordingServer.start({ transport: 'unixgram', path });
    servers.push(server);
    return server;
  }

  /** Resolves with the socket and the code of the error, or 0. */
  function connect({ path }: { readonly path?: string | undefined }): Promise<[DatagramSocket, number]> {
    const client = loadNative().createSocket('unix_dgram');
    clients.push(client);
    return new Promise((resolve) => {
      client.on('connect', () => resolve([client, 0]));
      client.on('error', (error) => resolve([client, error!.code]));
      client.connect(path!);
    });
  }

  function send(client: DatagramSocket, text: string): Promise<number> {
    return new Promise((resolve) => client.send(Buffer.from(text), (error) => resolve(error?.code ?? 0)));
  }

  test('arrive, each as a packet; empty ones are skipped', async () => {
    const server = await start();
    const [client] = await connect(server);
    expect(await send(client, '')).toBe(0);
    expect(await send(client, 'a:1|c\nb:2|g\n')).toBe(0);
    expect(await send(client, 'c:é|s\n')).toBe(0);
    await server.waitFor(3);
    expect(server.packets.map(String)).toEqual(['a:1|c\nb:2|g\n', 'c:é|s\n']);
    expect(server.url).toBe(`unixgram://${server.path}`);
  });

  test('a packet longer than the read buffer of the Agent is malformed', async () => {
    const server = await start();
    const [client] = await connect(server);
    expect(await send(client, `a:${'x'.repeat(20_000)}|s\n`)).toBe(0);
    await expect(server.waitFor(1)).rejects.toThrow('expected at most 8192 bytes, not 20005');
  });

  test('a paused server makes clients see immediately that its queue is full, and loses nothing', async () => {
    const server = await start();
    const [client] = await connect(server);
    for (let round = 1; round <= 3; round += 1) {
      server.clear();
      server.resume();
      await server.pause();
      await server.pause();
      let sent = 0;
      while ((await send(client, `a:${round}|c\n`)) === 0) sent += 1;
      expect(sent).toBeGreaterThan(0);
      expect(server.packets).toEqual([]);
      server.resume();
      await server.waitFor(sent);
      expect(server.recorded.counter('a')).toBe(sent * round);
    }
  });

  test('down removes the socket file, also while it is paused; up is the same address', async () => {
    const server = await start();
    const { path } = server;
    const [client] = await connect(server);
    await server.pause();
    await server.down();
    expect(existsSync(path!)).toBe(false);
    expect(await send(client, 'a:1|c\n')).toBeLessThan(0);
    expect((await connect(server))[1]).toBe(-2);
    await server.up();
    expect(server.path).toBe(path);
    const [again] = await connect(server);
    expect(await send(again, 'b:1|c\n')).toBe(0);
    await server.waitFor(1);
    expect(server.metrics).toMatchObject([{ name: 'b' }]);
    await server.stop();
    expect(existsSync(dirname(path!))).toBe(false);
  });

  test('a path that is in use is not taken over', async () => {
    const first = await start();
    await expect(start(first.path)).rejects.toThrow(/^cannot bind .*server\.sock: error -98$/);
    const [client] = await connect(first);
    expect(await send(client, 'a:1|c\n')).toBe(0);
    await first.waitFor(1);
  });

  test.each([
    ['module', "import { RecordingServer } from '@metrics/testing/servers';"],
    ['commonjs', "const { RecordingServer } = require('@metrics/testing/servers');"],
  ])('the reader ends with the process that started it, also while it is paused: %s', async (type, load) => {
    const directory = await mkdtemp(join(tmpdir(), 'recording-server-'));
    const path = join(directory, 'agent.sock');
    const source = `
      ${load}
      (async () => {
        const server = await RecordingServer.start({ transport: 'unixgram', path: ${JSON.stringify(path)} });
        await server.pause();
        console.log('paused');
      })();
    `;
    const child = spawn(process.execPath, [`--input-type=${type}`, '-e', source], {
      cwd: join(__dirname, '..', '..'),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await Promise.race([once(child.stdout, 'data'), once(child, 'close')]);
    expect((await connect({ path }))[1]).toBe(0);
    child.kill('SIGKILL');
    await once(child, 'close');
    const ends = Date.now() + 10_000;
    // The code is -111 if the file exists and no server listens.
    while ((await connect({ path }))[1] !== -111) {
      expect(Date.now()).toBeLessThan(ends);
      await passed(10);
    }
    await rm(directory, { recursive: true });
  });
});
