import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { PacketListener, PacketSink } from './packet-listener.js';

/** Listens on UDP, on 127.0.0.1. Skips empty datagrams, which clients send to find out if a server is there. */
export async function listenUdp(port: number, sink: PacketSink): Promise<PacketListener> {
  const socket = createSocket('udp4', (packet) => {
    if (packet.length > 0) sink.packet(packet);
  });
  socket.bind(port, '127.0.0.1');
  await once(socket, 'listening');
  socket.on('error', () => undefined);
  return {
    port: socket.address().port,
    pause: async () => {
      throw new Error('A UDP server cannot be paused: no client sees a difference. Use down() instead.');
    },
    resume: () => undefined,
    close: () => new Promise((resolve) => socket.close(resolve)),
  };
}
