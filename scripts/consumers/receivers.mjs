// The receivers of what the programs send, as real as possible: sockets, an HTTP server, Redis.
import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync, inflateSync } from 'node:zlib';
import { freePort } from '../private-registry.mjs';
import { EXPECTED } from './programs.mjs';

const ARRIVAL_LIMIT_MS = 10_000;
/** Lua that returns the keys of metrics which a RedisStore has kept. */
const KEPT_METRICS = `local kept = {}
for _, index in ipairs(redis.call('keys', 'ts:*:keys')) do
  for _, key in ipairs(redis.call('zrange', index, 0, -1)) do table.insert(kept, key) end
end
return kept`;

/**
 * @typedef {object} Receiver
 * @property {number} port
 * @property {() => string} received all of it
 * @property {() => void} stop
 */

/**
 * By program; the others print.
 * @type {Readonly<Record<string, () => Promise<Receiver>>>}
 */
const receivers = { statsd: receiveUdp, dogstatsd: receiveUdp, datadog: receiveHttp, 'timeseries/redis': startRedis };

/**
 * Starts the receiver of a program, has the program run, and rejects if the sample does not arrive.
 *
 * @param {string} name of the program
 * @param {(port: string) => Promise<string>} run runs the program with this parameter and resolves with what it printed
 */
export async function expectDelivery(name, run) {
  const receiver = await receivers[name]?.();
  try {
    const printed = await run(String(receiver?.port ?? 0));
    const received = () => receiver?.received() ?? printed;
    if (!(await eventually(() => received().includes(EXPECTED))))
      throw new Error(`${EXPECTED} did not arrive. Received: ${received()}\nPrinted: ${printed}`);
  } finally {
    receiver?.stop();
  }
}

/**
 * Resolves with true as soon as the condition holds, and with false if it does not in time.
 *
 * @param {() => boolean} condition
 */
export async function eventually(condition) {
  const deadline = Date.now() + ARRIVAL_LIMIT_MS;
  while (!condition() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  return condition();
}

/** Receives what programs send by UDP. */
export async function receiveUdp() {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  let received = '';
  socket.on('message', (datagram) => (received += datagram));
  return { port: socket.address().port, received: () => received, stop: () => socket.close() };
}

async function receiveHttp() {
  let received = '';
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    received += decompress(body, request.headers['content-encoding']);
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"errors":[]}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    port: address.port,
    received: () => received,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * @param {Buffer} body
 * @param {string | undefined} encoding
 */
function decompress(body, encoding) {
  if (encoding === 'deflate') return inflateSync(body).toString();
  if (encoding === 'gzip') return gunzipSync(body).toString();
  return body.toString();
}

async function startRedis() {
  const port = await freePort();
  const parameters = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', parameters, { stdio: 'ignore' });
  const query = (/** @type {string[]} */ ...words) =>
    execFileSync('redis-cli', ['-p', String(port), ...words], { encoding: 'utf8', stdio: 'pipe' });
  const deadline = Date.now() + ARRIVAL_LIMIT_MS;
  for (;;) {
    try {
      query('ping');
      break;
    } catch (error) {
      if (server.exitCode !== null || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return { port, received: () => query('--raw', 'eval', KEPT_METRICS, '0'), stop: () => void server.kill() };
}
