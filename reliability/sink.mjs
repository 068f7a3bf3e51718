// @ts-check
// Reads datagrams and forgets them.
import { createSocket } from 'node:dgram';

const socket = createSocket('udp4');
socket.on('message', () => {});
socket.bind(0, '127.0.0.1', () => process.send?.({ port: socket.address().port }));
process.on('disconnect', () => process.exit());
