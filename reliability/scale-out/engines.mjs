// @ts-check
// Starts the servers of the scale-out run: StatsD daemons, the StatsD proxy and the nodes of a Redis cluster.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from 'test-kit/free-port';

const require = createRequire(import.meta.url);
const here = path.dirname(fileURLToPath(import.meta.url));

/** Resolves when `isDone` returns true. @param {string} what @param {() => unknown} isDone @param {number} [seconds] */
export async function waitUntil(what, isDone, seconds = 60) {
  const deadline = performance.now() + seconds * 1000;
  while (!(await isDone())) {
    if (performance.now() > deadline) throw new Error(`Timed out after ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A server in its own process, with its output in a file. It can be killed and started again at the same address. */
export class Engine {
  /** Time of the last start or end, in milliseconds. */
  changedAt = 0;
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #process;
  #command;
  #env;

  /** @param {string} output file of the output @param {readonly string[]} command @param {NodeJS.ProcessEnv} [env] */
  constructor(output, command, env = {}) {
    this.output = output;
    this.#command = command;
    this.#env = env;
  }

  start() {
    const [program = '', ...args] = this.#command;
    const file = openSync(this.output, 'a');
    this.#process = spawn(program, args, { stdio: ['ignore', file, file], env: { ...process.env, ...this.#env } });
    closeSync(file);
    this.changedAt = Date.now();
  }

  get log() {
    return readFileSync(this.output, 'utf8');
  }

  /** Keeps the server from reading anything until it is killed. */
  freeze() {
    this.#process?.kill('SIGSTOP');
  }

  /** @param {NodeJS.Signals} signal */
  async stop(signal) {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    this.changedAt = Date.now();
    child.kill(signal);
    await once(child, 'exit');
  }
}

/** Makes a daemon exit on a signal, because it flushes what it holds when it exits. */
const EXIT_ON_SIGTERM = `process.once('SIGTERM', () => process.exit(0)); require('node:util').log ??= console.log;`;

/**
 * @typedef {object} StatsdDaemon
 * @property {Engine} engine
 * @property {number} port
 * @property {number} adminport
 * @property {() => ({ type: 'start' } | { type: 'line', line: string } | { type: 'flush', at: number, counters: Record<string, number>, gauges: Record<string, number> })[]} entries
 */

/**
 * Starts a StatsD daemon that flushes into a log. With `deleteGauges`, so that a gauge that moved to another daemon is not
 * repeated by this one.
 *
 * @param {string} folder @param {number} number @returns {Promise<StatsdDaemon>}
 */
export async function startDaemon(folder, number) {
  const [port, adminport] = [await freePort(), await freePort()];
  const name = path.join(folder, `daemon-${number}`);
  const configuration = {
    servers: [{ server: './servers/udp', address: '127.0.0.1', port }],
    mgmt_address: '127.0.0.1',
    mgmt_port: adminport,
    backends: [path.join(here, 'flush-log.cjs')],
    flushLog: `${name}.log`,
    flushInterval: 500,
    deleteCounters: true,
    deleteGauges: true,
    automaticConfigReload: false,
    title: false,
  };
  writeFileSync(`${name}.json`, JSON.stringify(configuration));
  writeFileSync(`${name}.cjs`, EXIT_ON_SIGTERM);
  const program = require.resolve('statsd/bin/statsd');
  const engine = new Engine(`${name}.out`, [process.execPath, '--require', `${name}.cjs`, program, `${name}.json`]);
  engine.start();
  await waitUntil(`the StatsD daemon is up:\n${engine.log}`, async () =>
    (await ask(adminport, 'health')).includes('up'),
  );
  return { engine, port, adminport, entries: () => readEntries(`${name}.log`) };
}

/**
 * Starts the StatsD proxy, which hashes names to daemons, and checks every second whether they are up.
 *
 * @param {string} folder @param {readonly StatsdDaemon[]} daemons
 */
export async function startProxy(folder, daemons) {
  const [port, managementPort] = [await freePort(), await freePort()];
  const name = path.join(folder, 'proxy');
  const configuration = {
    nodes: daemons.map((daemon) => ({ host: '127.0.0.1', port: daemon.port, adminport: daemon.adminport })),
    server: './servers/udp',
    address: '127.0.0.1',
    host: '127.0.0.1',
    port,
    mgmt_address: '127.0.0.1',
    mgmt_port: managementPort,
    checkInterval: 1000,
    automaticConfigReload: false,
  };
  writeFileSync(`${name}.json`, JSON.stringify(configuration));
  const command = [process.execPath, '--require', path.join(here, 'proxy-tap.cjs')];
  const engine = new Engine(`${name}.out`, [...command, require.resolve('statsd/proxy.js'), `${name}.json`], {
    PROXY_TAP: `${name}.log`,
  });
  engine.start();
  await waitUntil('the StatsD proxy is up', async () => (await ask(managementPort, 'health')).includes('up'));
  return {
    engine,
    port,
    /** Counts how often a daemon was removed from the ring, or added again. @param {'Removing' | 'Adding'} event @param {number} daemon its port */
    count: (event, daemon) => engine.log.split(`${event} node 127.0.0.1:${daemon} `).length - 1,
    /** @returns {{ at: number, port: number, line: string }[]} */
    sent: () => readEntries(`${name}.log`),
  };
}

/**
 * A node of a Redis cluster. It writes each command to its disk before it replies.
 *
 * @typedef {object} RedisNode
 * @property {Engine} engine
 * @property {number} port
 * @property {string} folder
 * @property {(...command: string[]) => Promise<string>} ask
 */

/** @param {string} folder is created @param {readonly string[]} [settings] @returns {Promise<RedisNode>} */
export async function startRedis(folder, settings = []) {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const location = ['--bind', '127.0.0.1', '--port', `${port}`, '--dir', folder];
  const durable = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];
  const engine = new Engine(path.join(folder, 'out'), ['redis-server', ...location, ...durable, ...settings]);
  /** @param {string[]} command */
  const askNode = (...command) => ask(port, command.join(' '));
  const node = { engine, port, folder, ask: askNode };
  await startAgain(node);
  return node;
}

/** Starts a node and resolves when it replies. @param {RedisNode} node */
export async function startAgain({ engine, ask: askNode }) {
  engine.start();
  await waitUntil('redis-server replies', async () => (await askNode('PING')).includes('PONG'));
}

/** Starts three nodes and makes a cluster of them. @param {string} folder */
export async function startRedisCluster(folder) {
  const settings = [
    '--cluster-enabled',
    'yes',
    '--cluster-node-timeout',
    '1000',
    '--cluster-require-full-coverage',
    'no',
  ];
  /** @type {RedisNode[]} */
  const nodes = [];
  for (let number = 0; number < 3; number += 1)
    nodes.push(
      await startRedis(path.join(folder, `redis-${number}`), [...settings, '--cluster-port', `${await freePort()}`]),
    );
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  await promisify(execFile)('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes']);
  await waitUntil('the cluster is complete', () => isComplete(nodes));
  return nodes;
}

/** Resolves with whether all nodes see each other. @param {readonly RedisNode[]} nodes */
export async function isComplete(nodes) {
  const states = await Promise.all(nodes.map((node) => node.ask('CLUSTER', 'INFO')));
  return states.every((state) => state.includes('cluster_state:ok') && state.includes('cluster_slots_ok:16384'));
}

/** Returns how many datagrams the kernel dropped because the buffer of a port was full. @param {readonly number[]} ports */
export function droppedByKernel(ports) {
  let dropped = 0;
  for (const line of readFileSync('/proc/net/udp', 'latin1').split('\n')) {
    const fields = line.trim().split(/\s+/);
    if (ports.includes(Number.parseInt(fields[1]?.split(':')[1] ?? '', 16))) dropped += Number(fields.at(-1));
  }
  return dropped;
}

/** @param {string} file @returns {any[]} the complete lines of a log */
function readEntries(file) {
  const text = readFileSync(file, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** Resolves with the response of a management port, or '' without one. @param {number} port @param {string} command */
async function ask(port, command) {
  try {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.end(`${command}\n`);
    let response = '';
    for await (const chunk of socket) response += chunk;
    return response;
  } catch {
    return '';
  }
}
