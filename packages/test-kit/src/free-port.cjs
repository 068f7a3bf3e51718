// @ts-check
// Finds a port of the loopback interface that nothing uses. Plain JavaScript, because `etsy-statsd` needs it.
'use strict';
const { createSocket } = require('node:dgram');
const { once } = require('node:events');
const { createServer } = require('node:net');

/**
 * Resolves with a port that is free for TCP and for UDP on 127.0.0.1.
 *
 * @returns {Promise<number>}
 */
async function freePort() {
  for (;;) {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    const socket = createSocket('udp4').bind(port, '127.0.0.1');
    const isFree = await once(socket, 'listening').then(
      () => true,
      () => false,
    );
    await Promise.all([once(server.close(), 'close'), once(socket.close(), 'close')]);
    if (isFree) return port;
  }
}

module.exports = { freePort };
