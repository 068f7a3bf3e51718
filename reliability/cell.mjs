// @ts-check
// Runs one cell: starts the peer and the application, lets the fault happen, and gathers what each of them counted.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { backends } from './backends.mjs';
import { faults } from './faults.mjs';
import { uptime } from './uptime.mjs';

/**
 * @typedef {object} Control what a fault can do
 * @property {(milliseconds: number) => Promise<void>} sleep
 * @property {(command: 'down' | 'up') => Promise<void>} ask the peer
 * @property {() => Promise<void>} startPeer at the address of the one before
 * @property {() => Promise<void>} killPeer
 * @property {() => void} suspendPeer
 * @property {() => void} continuePeer
 * @property {() => void} removeSocket
 * @property {(signal: NodeJS.Signals) => void} signal the application
 *
 * @typedef {object} Outcome
 * @property {string} backend
 * @property {string} fault
 * @property {import('./application.mjs').Report | undefined} report undefined if the process died without its last act
 * @property {number} received by the peers
 * @property {readonly string[]} malformed
 * @property {number | NodeJS.Signals | undefined} exit code or signal; undefined if the process had to be killed
 * @property {number} exitMilliseconds from the moment it was finished, or received the signal, until it was gone
 * @property {string} stderr
 */

const RECORDING_MILLISECONDS = 2000;
/** The process is killed so long after it should have been gone. */
const KILL_AFTER_MILLISECONDS = 20_000;
const here = path.dirname(fileURLToPath(import.meta.url));
const sleep = (/** @type {number} */ milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** @param {string} backend @param {string} fault @returns {Promise<Outcome>} */
export async function runCell(backend, fault) {
  const row = backends[backend];
  const { absentAtStart = false, during, plan = {}, nodeOptions = [], maxDescriptors } = faults[fault] ?? {};
  if (row === undefined || faults[fault] === undefined) throw new RangeError(`no cell ${backend} × ${fault}`);
  const folder = mkdtempSync(path.join(tmpdir(), 'reliability-'));
  const peers = await PeerGroup.create(row.peer, folder);
  try {
    if (!absentAtStart) await peers.start();
    const reportFile = path.join(folder, 'report.json');
    const target = fault === 'disk full' ? { ...peers.target, path: '/dev/full' } : peers.target;
    const application = startApplication(
      {
        backend,
        target,
        reportFile,
        milliseconds: RECORDING_MILLISECONDS,
        finish: 'close',
        disturbances: [],
        ...plan,
      },
      nodeOptions,
      maxDescriptors,
    );
    let toldAt = Number.NaN;
    const ended = application.ended;
    await Promise.all([
      during?.({
        sleep: async (milliseconds) => void (await sleep(milliseconds)),
        ask: (command) => peers.ask(command),
        startPeer: () => peers.start(),
        killPeer: () => peers.kill(),
        suspendPeer: () => peers.signal('SIGSTOP'),
        continuePeer: () => peers.signal('SIGCONT'),
        removeSocket: () => rmSync(peers.target.path, { force: true }),
        signal: (signal) => {
          toldAt = uptime();
          application.child.kill(signal);
        },
      }),
      ended,
    ]);
    const { exit, at, stderr, finishingAt } = await ended;
    peers.signal('SIGCONT');
    const report = existsSync(reportFile) ? JSON.parse(readFileSync(reportFile, 'utf8')) : undefined;
    const since = report?.finishedAt ?? (Number.isNaN(toldAt) ? finishingAt : toldAt);
    const received = await peers.finalCount(application.stdout);
    return {
      backend,
      fault,
      report,
      received,
      malformed: peers.malformed,
      exit,
      exitMilliseconds: at - since,
      stderr,
    };
  } finally {
    await peers.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {import('./application.mjs').Plan} plan @param {readonly string[]} nodeOptions @param {number | undefined} maxDescriptors */
function startApplication(plan, nodeOptions, maxDescriptors) {
  const program = [process.execPath, ...nodeOptions, path.join(here, 'application.mjs'), JSON.stringify(plan)];
  const limited =
    maxDescriptors === undefined ? program : ['sh', '-c', `ulimit -n ${maxDescriptors}; exec "$@"`, 'sh', ...program];
  const [file = '', ...args] = limited;
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const stdout = { lines: 0 };
  child.stdout?.on('data', (/** @type {Buffer} */ data) => {
    for (const byte of data) if (byte === 10) stdout.lines += 1;
  });
  let stderr = '';
  child.stderr?.on('data', (data) => {
    if (stderr.length < 4000) stderr += data;
  });
  let finishingAt = Number.NaN;
  child.on('message', () => {
    finishingAt = uptime();
  });
  const timeout = setTimeout(() => child.kill('SIGKILL'), plan.milliseconds + KILL_AFTER_MILLISECONDS);
  const ended = once(child, 'exit').then(async ([code, signal]) => {
    clearTimeout(timeout);
    const at = uptime();
    if (child.stdout !== null && !child.stdout.closed) await once(child.stdout, 'close');
    return { exit: signal === 'SIGKILL' ? undefined : (signal ?? code), at, stderr, finishingAt };
  });
  return { child, ended, stdout };
}

/** The peers of a cell: one after the other at the same address, which may be a file. */
class PeerGroup {
  /** @type {import('./backends.mjs').Target} */
  target;
  /** @type {readonly string[]} */
  malformed = [];
  #kind;
  #folder;
  /** @type {import('node:child_process').ChildProcess[]} */
  #processes = [];
  /** Received by each process, as far as it has said so. @type {number[]} */
  #received = [];
  #nextId = 1;

  /** @param {import('./backends.mjs').PeerKind} kind @param {string} folder */
  static async create(kind, folder) {
    return new PeerGroup(kind, folder, await freePort());
  }

  /** @param {import('./backends.mjs').PeerKind} kind @param {string} folder @param {number} port */
  constructor(kind, folder, port) {
    this.#kind = kind;
    this.#folder = folder;
    const scheme = kind === 'redis' ? 'redis' : 'http';
    this.target = { port, path: path.join(folder, 'peer'), url: `${scheme}://127.0.0.1:${port}` };
  }

  async start() {
    if (['stdout', 'file', 'snapshot'].includes(this.#kind)) return;
    if (this.#kind === 'redis') return this.#startRedis();
    const { port, path: file } = this.target;
    const settings = this.#kind.startsWith('unix') ? { path: file } : { port };
    // A peer that was killed leaves its socket file.
    if (this.#kind.startsWith('unix')) rmSync(file, { force: true });
    const setup = JSON.stringify({ kind: this.#kind, ...settings });
    // Its own process group, because the receiver of Unix datagrams is a child of the peer.
    const child = fork(path.join(here, 'peer.mjs'), [setup], { detached: true });
    const index = this.#processes.push(child) - 1;
    child.on('message', (/** @type {any} */ { received, malformed = [] }) => {
      if (received !== undefined) this.#received[index] = received;
      if (malformed.length > 0) this.malformed = malformed;
    });
    await once(child, 'message');
  }

  /** @param {string} command */
  async ask(command) {
    if (this.#kind === 'redis') return command === 'down' ? this.kill() : this.#startRedis();
    const child = this.#processes.at(-1);
    const id = this.#nextId++;
    child?.send([id, command]);
    for (;;) {
      const [message] = child === undefined ? [{ id }] : await once(child, 'message');
      if (message.error !== undefined) throw new Error(`the peer: ${message.error}`);
      if (message.id === id) return;
    }
  }

  /** @param {NodeJS.Signals} signal */
  signal(signal) {
    for (const child of this.#processes) if (isAlive(child)) signalGroup(child, signal);
  }

  async kill() {
    const child = this.#processes.at(-1);
    if (child === undefined || !isAlive(child)) return;
    signalGroup(child, 'SIGKILL');
    await once(child, 'exit');
  }

  async stop() {
    const ended = this.#processes.filter(isAlive).map((child) => once(child, 'exit'));
    this.signal('SIGKILL');
    await Promise.all(ended);
  }

  /** Waits until the peers have read what is on its way. @param {{ readonly lines: number }} stdout */
  async finalCount(stdout) {
    if (this.#kind === 'stdout') return stdout.lines;
    if (this.#kind === 'file') {
      const { path: file } = this.target;
      return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
    }
    if (this.#kind === 'snapshot' || this.#kind === 'redis') return this.#readHistory();
    let before = -1;
    for (let now = this.#total(); now !== before; now = this.#total()) {
      before = now;
      await sleep(150);
    }
    return before;
  }

  #total() {
    return this.#received.reduce((total, count) => total + (count ?? 0), 0);
  }

  async #readHistory() {
    if (this.#kind === 'redis') await this.#startRedis();
    const history = /** @type {import('@metrics/timeseries').TimeSeriesBackend} */ (
      await backends[this.#kind === 'redis' ? 'timeseries redis' : 'timeseries memory']?.create(this.target)
    );
    history.start?.({ report() {}, collect() {} });
    try {
      // Wide enough for a clock that was set to another hour.
      const range = { start: Date.now() / 1000 - 7200, end: Date.now() / 1000 + 7200 };
      return (
        (await history.sum('jobs', range)) + ((await history.value('latency', { ...range, statistic: 'count' })) ?? 0)
      );
    } finally {
      await history.close({ timeout: 2000 });
    }
  }

  async #startRedis() {
    const last = this.#processes.at(-1);
    if (last !== undefined && isAlive(last)) return;
    const durable = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];
    const where = ['--bind', '127.0.0.1', '--port', `${this.target.port}`, '--dir', this.#folder];
    const child = spawn('redis-server', [...where, ...durable], { stdio: 'ignore', detached: true });
    this.#processes.push(child);
    await acceptsConnections(this.target.port);
  }
}

/** @param {import('node:child_process').ChildProcess} child */
function isAlive(child) {
  return child.exitCode === null && child.signalCode === null;
}

/** @param {import('node:child_process').ChildProcess} child @param {NodeJS.Signals} signal */
function signalGroup(child, signal) {
  if (child.pid !== undefined) process.kill(-child.pid, signal);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return address.port;
}

/** @param {number} port */
async function acceptsConnections(port) {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
    await sleep(25);
  }
  throw new Error(`nothing accepts connections on port ${port}`);
}
