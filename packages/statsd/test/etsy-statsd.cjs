// @ts-check
// Starts the real StatsD daemon (npm package `statsd`) on free loopback ports. Plain JavaScript, so that the demo uses it too.
'use strict';
const { spawn } = require('node:child_process');
const { createSocket } = require('node:dgram');
const { once } = require('node:events');
const { mkdtemp, open, readFile, rm, writeFile } = require('node:fs/promises');
const { connect, createServer } = require('node:net');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { runInNewContext } = require('node:vm');

/**
 * @typedef {object} EtsyStatsd
 * @property {number} port UDP and TCP, on 127.0.0.1.
 * @property {() => void} pause Lets it do nothing, its sockets open.
 * @property {() => void} resume
 * @property {() => Promise<Record<string, number>>} counters Sums since the start, with `statsd.metrics_received`, `statsd.packets_received` and `statsd.bad_lines_seen`.
 * @property {() => Promise<Record<string, number>>} gauges
 * @property {() => Promise<Record<string, { values: number[], count: number }>>} timers The first hundred values of each, and how many there are.
 * @property {() => Promise<{ sets: Record<string, string[]> }>} stop Ends the daemon and answers what only its last flush tells.
 */

/**
 * The daemon flushes to its console when it exits, and a signal alone does not let it exit. It was written for older
 * versions of Node.js: `util.log` is gone since 23.
 */
const PRELOAD = `
process.once('SIGTERM', () => process.exit(0));
require('node:util').log ??= console.log;
`;

/**
 * @param {{ port?: number }} [options] a free port is taken by default.
 * @returns {Promise<EtsyStatsd>}
 */
async function startEtsyStatsd(options = {}) {
  const port = options.port ?? (await freePort());
  const managementPort = await freeTcpPort();
  const directory = await mkdtemp(join(tmpdir(), 'etsy-statsd-'));
  const configuration = join(directory, 'config.js');
  const settings = {
    servers: ['udp', 'tcp'].map((protocol) => ({ server: `./servers/${protocol}`, address: '127.0.0.1', port })),
    mgmt_address: '127.0.0.1',
    mgmt_port: managementPort,
    backends: ['./backends/console'],
    // A flush sets counters and timers to zero.
    flushInterval: 3_600_000,
    automaticConfigReload: false,
    title: false,
  };
  await writeFile(configuration, JSON.stringify(settings));
  const preload = join(directory, 'preload.cjs');
  await writeFile(preload, PRELOAD);
  // A file takes all of it; of a pipe, an exit leaves what did not fit.
  const output = await open(join(directory, 'console.txt'), 'w+');
  const daemon = spawn(process.execPath, ['--require', preload, require.resolve('statsd/bin/statsd'), configuration], {
    stdio: ['ignore', output.fd, 'ignore'],
  });
  await output.close();
  const ended = once(daemon, 'exit');
  /** @param {string} command */
  const ask = (command) => askManagement(managementPort, command);
  const stop = async () => {
    daemon.kill();
    await ended;
    const printed = await readFile(join(directory, 'console.txt'), 'utf8');
    await rm(directory, { recursive: true });
    return { sets: lastFlush(printed).sets };
  };
  await ready(ask, daemon);
  return {
    port,
    pause: () => void daemon.kill('SIGSTOP'),
    resume: () => void daemon.kill('SIGCONT'),
    counters: async () => parsed(await ask('counters')),
    gauges: async () => parsed(await ask('gauges')),
    timers: async () => {
      /** @type {Record<string, (number | { more: number })[]>} */
      const timers = parsed(await ask('timers'));
      return Object.fromEntries(Object.entries(timers).map(([name, items]) => [name, counted(items)]));
    },
    stop,
  };
}

/**
 * @param {(command: string) => Promise<string>} ask
 * @param {import('node:child_process').ChildProcess} daemon
 */
async function ready(ask, daemon) {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (daemon.exitCode !== null) throw new Error(`The statsd daemon ended with code ${daemon.exitCode}.`);
    if ((await ask('health').catch(() => '')).includes('up')) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  daemon.kill();
  throw new Error('The statsd daemon did not answer on its management port within ten seconds.');
}

/**
 * @param {number} port
 * @param {string} command
 * @returns {Promise<string>}
 */
async function askManagement(port, command) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.end(`${command}\n`);
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  return answer;
}

/**
 * The answer is what `util.inspect` prints, which is JavaScript but for the place where it shortens an array.
 *
 * @param {string} answer
 */
function parsed(answer) {
  const text = answer.replace(/END\s*$/, '').replace(/\.\.\. (\d+) more items?/g, '{ more: $1 }');
  return JSON.parse(JSON.stringify(runInNewContext(`(${text})`)));
}

/**
 * What the console backend printed at the end: an object as JavaScript, behind a line with the time.
 *
 * @param {string} printed
 * @returns {{ sets: Record<string, string[]> }}
 */
function lastFlush(printed) {
  return parsed(printed.slice(printed.lastIndexOf('\n{') + 1));
}

/** @param {(number | { more: number })[]} items */
function counted(items) {
  const values = items.filter((item) => typeof item === 'number');
  const more = items.find((item) => typeof item === 'object');
  return { values, count: values.length + (more?.more ?? 0) };
}

/** A port that is free for UDP and for TCP. */
async function freePort() {
  for (;;) {
    const port = await freeTcpPort();
    const socket = createSocket('udp4').bind(port, '127.0.0.1');
    const isFree = await once(socket, 'listening').then(
      () => true,
      () => false,
    );
    await new Promise((resolve) => socket.close(() => resolve(undefined)));
    if (isFree) return port;
  }
}

async function freeTcpPort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  await new Promise((resolve) => server.close(() => resolve(undefined)));
  return port;
}

module.exports = { startEtsyStatsd };
