// @ts-check
// Finds ports, and waits for those who listen there.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** Returns a port of 127.0.0.1 that no one uses, in a process of a cluster as well. */
export async function freePort() {
  const server = createServer().listen({ port: 0, host: '127.0.0.1', exclusive: true });
  await once(server, 'listening');
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return address.port;
}

/** Waits until a server listens. @param {number} port */
export async function acceptsConnections(port) {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`nothing accepts connections on port ${port}`);
}
