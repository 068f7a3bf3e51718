// @ts-check
// A server in its own process that takes what is exported over OTLP, and discards it.
import { createServer } from 'node:http';

let bytes = 0;
let requests = 0;
const server = createServer((request, response) => {
  request.on('data', (chunk) => {
    bytes += chunk.length;
  });
  request.on('end', () => {
    requests += 1;
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  process.send?.({ port });
});
process.on('message', () => {
  process.send?.({ bytes, requests });
  bytes = requests = 0;
});
process.on('disconnect', () => process.exit());
