// @ts-check
// Preloaded into the StatsD proxy: writes to a file each datagram that it sends, with the time and the port of the daemon.
'use strict';
const { Socket } = require('node:dgram');
const { openSync, writeSync } = require('node:fs');

const file = openSync(/** @type {string} */ (process.env['PROXY_TAP']), 'a');
const prototype = /** @type {any} */ (Socket.prototype);
const { send } = prototype;
/** @param {any[]} parameters */
prototype.send = function sendAndLog(...parameters) {
  const [message, , , port] = parameters;
  // Packets that waited until the socket was bound are passed to this method again, in a list.
  if (!Array.isArray(message))
    writeSync(file, `${JSON.stringify({ at: Date.now(), port: Number(port), line: message.toString() })}\n`);
  return send.apply(this, parameters);
};
// Node.js 23 removed the function that the proxy logs with.
require('node:util').log ??= console.log;
