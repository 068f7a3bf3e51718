/**
 * The source of the program that reads Unix datagrams. It runs in its own process, because the native package always
 * reads as fast as it can in the process that loads it, and this reader must be able to stall. As in production, it
 * also reads while the client is busy.
 *
 * The program writes each datagram to its standard output, after its length as an unsigned 32-bit little-endian
 * integer. An empty datagram means "done": first with binding, then with each request to stall. While it stalls, it
 * only waits for a byte on its standard input.
 */
export const UNIX_DATAGRAM_PROGRAM = `
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
