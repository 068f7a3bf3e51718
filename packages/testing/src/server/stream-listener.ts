import { once } from 'node:events';
import { type AddressInfo, createServer, type ListenOptions, type Socket } from 'node:net';
import type { Framing } from './framing.js';
import type { PacketListener, PacketSink } from './packet-listener.js';

/** Listens on TCP or on a Unix stream socket. */
export async function listenStream(
  address: Pick<ListenOptions, 'host' | 'port' | 'path'>,
  framing: Framing,
  sink: PacketSink,
): Promise<PacketListener> {
  const sockets = new Set<Socket>();
  let paused = false;
  let closing = false;
  const server = createServer((socket) => {
    sockets.add(socket);
    sink.connections.accepted += 1;
    sink.connections.open += 1;
    let pending: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      try {
        pending = framing(pending.length === 0 ? chunk : Buffer.concat([pending, chunk]), sink.packet);
      } catch (error) {
        pending = Buffer.alloc(0);
        sink.connections.dropped += 1;
        socket.destroy();
        sink.malformed(error as Error);
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      sink.connections.open -= 1;
      if (pending.length > 0 && !closing) sink.connections.truncated += 1;
      sink.connectionsChanged();
    });
    if (paused) socket.pause();
    sink.connectionsChanged();
  });
  server.listen(address);
  await once(server, 'listening');
  const bound = server.address() as AddressInfo | string;
  return {
    ...(typeof bound === 'object' && { port: bound.port }),
    pause: async () => {
      paused = true;
      for (const socket of sockets) socket.pause();
    },
    resume: () => {
      paused = false;
      for (const socket of sockets) socket.resume();
    },
    close: async () => {
      closing = true;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
