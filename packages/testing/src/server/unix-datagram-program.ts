/**
 * The program that reads Unix datagrams, in a process of its own: the native package reads as fast as it can in the process
 * that loads it, so a reader that stalls must be another one. Here a client also meets what it meets in production, a
 * reader that works while the client is busy.
 *
 * Writes each datagram to its standard output behind its length, as unsigned 32-bit little-endian integer. An empty one
 * means "done": first of binding, then of each request to stall. To stall is to wait for a byte of standard input and
 * nothing else.
 */
export const unixDatagramProgram = `
const { readSync, writeSync } = require('node:fs');
const [, package, path] = process.argv;
function write(bytes) {
  const frame = Buffer.alloc(4 + bytes.length);
  frame.writeUInt32LE(bytes.length);
  frame.set(bytes, 4);
  for (let at = 0; at < frame.length; ) at += writeSync(1, frame, at);
}
const socket = require(package).createSocket('unix_dgram', (datagram) => {
  if (datagram.length > 0) write(datagram);
});
socket.on('error', (error) => {
  console.error('cannot bind ' + path + ': error ' + error.errno);
  process.exit(1);
});
socket.on('listening', () => write(Buffer.alloc(0)));
process.on('message', () => {
  write(Buffer.alloc(0));
  readSync(0, Buffer.alloc(1));
});
process.on('disconnect', () => process.exit());
socket.bind(path);
`;
