// @ts-check
// Passes packets and connections on from another address to a port of 127.0.0.1, the address of the peers: its end
// and the start of another one is a server whose address moves.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

const [address = '', port = ''] = process.argv.slice(2);

const server = createServer((incoming) => {
  const outgoing = connect(Number(port), '127.0.0.1');
  incoming.pipe(outgoing).pipe(incoming);
  for (const socket of [incoming, outgoing])
    socket.on('error', () => {
      incoming.destroy();
      outgoing.destroy();
    });
}).listen(Number(port), address);

const outlet = createSocket('udp4').on('error', () => {});
const inlet = createSocket('udp4').bind(Number(port), address);
// An empty datagram asks whether a server is there.
inlet.on('message', (packet) => packet.length > 0 && outlet.send(packet, Number(port), '127.0.0.1'));

await Promise.all([once(server, 'listening'), once(inlet, 'listening')]);
process.on('disconnect', () => process.exit());
process.send?.('ready');
