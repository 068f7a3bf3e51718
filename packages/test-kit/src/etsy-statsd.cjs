// @ts-check
// Starts the real StatsD daemon (npm package `statsd`) on free loopback ports. Plain JavaScript, because the demo
// uses it, too.
'use strict';
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { mkdtemp, open, readFile, rm, writeFile } = require('node:fs/promises');
const { connect } = require('node:net');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { runInNewContext } = require('node:vm');
const { freePort } = require('./free-port.cjs');

/**
 * @typedef {object} EtsyStatsd
 * @property {number} port The UDP and TCP port on 127.0.0.1.
 * @property {() => void} pause Stops the process and keeps its sockets open.
 * @property {() => void} resume
 * @property {() => Promise<Record<string, number>>} counters Sums since the start, with `statsd.metrics_received`,
 * `statsd.packets_received` and `statsd.bad_lines_seen`.
 * @property {() => Promise<Record<string, number>>} gauges
 * @property {() => Promise<Record<string, { values: number[], count: number }>>} timers The first hundred values of
 * each timer, and the number of all values.
 * @property {() => Promise<{ sets: Record<string, string[]> }>} stop Stops the daemon. Resolves with what only its last
 * flush prints.
 */

/**
 * Makes the daemon exit on a signal, because it flushes to its console only when it exits. Restores `util.log`, which
 * Node.js 23 removed.
 */
const PRELOAD = `
process.once('SIGTERM', () => process.exit(0));
require('node:util').log ??= console.log;
`;

/**
 * @param {{ port?: number }} [options] `port` is a free one by default
 * @returns {Promise<EtsyStatsd>}
 */
async function startEtsyStatsd(options = {}) {
  const port = options.port ?? (await freePort());
  const managementPort = await freePort();
  const directory = await mkdtemp(join(tmpdir(), 'etsy-statsd-'));
  const configuration = join(directory, 'config.js');
  const settings = {
    servers: ['udp', 'tcp'].map((protocol) => ({ server: `./servers/${protocol}`, address: '127.0.0.1', port })),
    mgmt_address: '127.0.0.1',
    mgmt_port: managementPort,
    backends: ['./backends/console'],
    // A flush resets counters and timers.
    flushInterval: 3_600_000,
    automaticConfigReload: false,
    title: false,
  };
  await writeFile(configuration, JSON.stringify(settings));
  const preload = join(directory, 'preload.cjs');
  await writeFile(preload, PRELOAD);
  // A file receives the whole output; an exit truncates what a full pipe could not hold.
  const output = await open(join(directory, 'console.txt'), 'w+');
  const daemon = spawn(process.execPath, ['--require', preload, require.resolve('statsd/bin/statsd'), configuration], {
    stdio: ['ignore', output.fd, 'ignore'],
  });
  await output.close();
  const ended = once(daemon, 'exit');
  /** @param {string} command */
  const send = (command) => sendCommand(managementPort, command);
  const stop = async () => {
    daemon.kill();
    await ended;
    const printed = await readFile(join(directory, 'console.txt'), 'utf8');
    await rm(directory, { recursive: true });
    return { sets: lastFlush(printed).sets };
  };
  await waitUntilReady(send, daemon);
  return {
    port,
    pause: () => void daemon.kill('SIGSTOP'),
    resume: () => void daemon.kill('SIGCONT'),
    counters: async () => parse(await send('counters')),
    gauges: async () => parse(await send('gauges')),
    timers: async () => {
      /** @type {Record<string, (number | { more: number })[]>} */
      const timers = parse(await send('timers'));
      return Object.fromEntries(Object.entries(timers).map(([name, items]) => [name, countItems(items)]));
    },
    stop,
  };
}

/**
 * @param {(command: string) => Promise<string>} send
 * @param {import('node:child_process').ChildProcess} daemon
 */
async function waitUntilReady(send, daemon) {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (daemon.exitCode !== null) throw new Error(`The statsd daemon ended with code ${daemon.exitCode}.`);
    if ((await send('health').catch(() => '')).includes('up')) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  daemon.kill();
  throw new Error('The statsd daemon did not respond on its management port within ten seconds.');
}

/**
 * @param {number} port
 * @param {string} command
 * @returns {Promise<string>}
 */
async function sendCommand(port, command) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.end(`${command}\n`);
  let response = '';
  for await (const chunk of socket) response += chunk;
  return response;
}

/**
 * Parses what `util.inspect` printed: JavaScript, apart from shortened arrays.
 *
 * @param {string} printed
 */
function parse(printed) {
  const text = printed.replace(/END\s*$/, '').replace(/\.\.\. (\d+) more items?/g, '{ more: $1 }');
  return JSON.parse(JSON.stringify(runInNewContext(`(${text})`)));
}

/**
 * Returns what the console backend printed at exit: an object as JavaScript, after a line with the time.
 *
 * @param {string} printed
 * @returns {{ sets: Record<string, string[]> }}
 */
function lastFlush(printed) {
  return parse(printed.slice(printed.lastIndexOf('\n{') + 1));
}

/** @param {(number | { more: number })[]} items */
function countItems(items) {
  const values = items.filter((item) => typeof item === 'number');
  const more = items.find((item) => typeof item === 'object');
  return { values, count: values.length + (more?.more ?? 0) };
}

module.exports = { startEtsyStatsd };
