// @ts-check
// A UDP server in its own process that adds up what arrives: samples, and for counters their amounts. Its socket has
// the receive buffer that the system gives by default.
import { createSocket } from 'node:dgram';

const COLON = 58;
const PIPE = 124;
const NEWLINE = 10;
const AT = 64;
const LETTER_C = 99;
const HASH = 35;

let packets = 0;
let lines = 0;
let samples = 0;
let sum = 0;

/** @param {Buffer} packet */
function read(packet) {
  packets += 1;
  let start = 0;
  while (start < packet.length) {
    let end = packet.indexOf(NEWLINE, start);
    if (end < 0) end = packet.length;
    if (end > start) readLine(packet, start, end);
    start = end + 1;
  }
}

/** @param {Buffer} packet @param {number} start @param {number} end */
function readLine(packet, start, end) {
  const colon = packet.indexOf(COLON, start);
  const pipe = packet.indexOf(PIPE, colon);
  if (colon < 0 || pipe < 0 || pipe > end) return;
  lines += 1;
  let values = 1;
  for (let at = colon + 1; at < pipe; at += 1) if (packet[at] === COLON) values += 1;
  let rate = 1;
  const at = packet.indexOf(AT, pipe);
  const hash = packet.indexOf(HASH, pipe);
  if (at > 0 && at < end && (hash < 0 || at < hash)) rate = Number.parseFloat(packet.toString('latin1', at + 1, end));
  samples += values / rate;
  if (packet[pipe + 1] === LETTER_C) sum += Number(packet.toString('latin1', colon + 1, pipe)) / rate;
}

const socket = createSocket('udp4', read);
socket.bind(0, '127.0.0.1', () => process.send?.({ port: socket.address().port }));
process.on('message', (command) => {
  if (command === 'clear') packets = lines = samples = sum = 0;
  process.send?.({ packets, lines, samples, sum });
});
process.on('disconnect', () => process.exit());
