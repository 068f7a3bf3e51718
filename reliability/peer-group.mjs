// @ts-check
// The peers of a cell: one after the other at the same address, which may be a file or the standard output of the application.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { backends } from './backends.mjs';
import { acceptsConnections, freePort } from './ports.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
/** A line about a metric that the application counts. */
const SAMPLE_LINE = /\b(?:jobs|latency)\b/;
const sleep = (/** @type {number} */ milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A count that did not change for so long is final, if no more is expected. */
const QUIET_MILLISECONDS = 200;
/** How long a peer may take to read what is on its way: a lost segment of TCP is sent again after seconds. */
const MAX_ARRIVAL_MILLISECONDS = 15_000;

export class PeerGroup {
  /** @type {import('./backends.mjs').Target} */
  target;
  /** @type {readonly string[]} */
  malformed = [];
  /** A disk that may fill up keeps the server alive, which then refuses to write. */
  isDiskSmall = false;
  #kind;
  #folder;
  /** @type {import('node:child_process').ChildProcess[]} */
  #processes = [];
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #relay;
  /** Received by each process, as far as it has said so. @type {number[]} */
  #received = [];
  /** @type {import('node:stream').Readable | undefined} */
  #stdout;
  #lines = 0;
  #nextId = 1;

  /** @param {import('./backends.mjs').PeerKind} kind @param {string} folder */
  static async create(kind, folder) {
    return new PeerGroup(kind, folder, await freePort());
  }

  /** @param {import('./backends.mjs').PeerKind} kind @param {string} folder @param {number} port */
  constructor(kind, folder, port) {
    this.#kind = kind;
    this.#folder = folder;
    this.target = { host: '127.0.0.1', port, path: path.join(folder, 'peer'), url: '' };
    this.setHost('127.0.0.1');
  }

  /** Sets the host that the application connects to. @param {string} host */
  setHost(host) {
    const url = `${this.#kind === 'redis' ? 'redis' : 'http'}://${host}:${this.target.port}`;
    this.target = { ...this.target, host, url };
  }

  /** Keeps the files of the peer and of the application in another folder. @param {string} folder */
  moveTo(folder) {
    this.#folder = folder;
    this.isDiskSmall = true;
    this.target = { ...this.target, path: path.join(folder, 'peer') };
  }

  /** Reads the standard output of the application. @param {import('node:stream').Readable | null} stdout */
  read(stdout) {
    this.#stdout = stdout ?? undefined;
    if (stdout === null || this.#kind !== 'stdout') stdout?.resume();
    else
      createInterface(stdout).on('line', (line) => {
        if (SAMPLE_LINE.test(line)) this.#lines += 1;
      });
  }

  async start() {
    if (['stdout', 'file', 'snapshot'].includes(this.#kind)) return;
    if (this.#kind === 'redis') return this.#startRedis();
    const { port, path: file } = this.target;
    const settings = this.#kind.startsWith('unix') || this.#kind === 'scraper' ? { path: file } : { port };
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

  /** Makes the peer reachable at another address, too, until the next call. @param {string} address */
  async relayFrom(address) {
    await this.endRelay();
    this.#relay = fork(path.join(here, 'relay.mjs'), [address, `${this.target.port}`]);
    await once(this.#relay, 'message');
  }

  /** @param {string} command */
  async ask(command) {
    if (this.#kind === 'redis') return command === 'down' ? this.kill() : this.#startRedis();
    const child = this.#processes.at(-1);
    if (child === undefined) return;
    const id = this.#nextId++;
    await new Promise((resolve, reject) => {
      child.on('message', (/** @type {any} */ message) => {
        if (message.id !== id) return;
        if (message.error === undefined) resolve(undefined);
        else reject(new Error(`the peer: ${message.error}`));
      });
      child.send([id, command]);
    });
  }

  suspend() {
    if (this.#kind === 'stdout') this.#stdout?.pause();
    this.#signal('SIGSTOP');
  }

  continue() {
    if (this.#kind === 'stdout') this.#stdout?.resume();
    this.#signal('SIGCONT');
  }

  async kill() {
    if (this.#kind === 'stdout') this.#stdout?.destroy();
    const child = this.#processes.at(-1);
    if (child === undefined || !isAlive(child)) return;
    signalGroup(child, 'SIGKILL');
    await once(child, 'exit');
  }

  async stop() {
    const ended = this.#processes.filter(isAlive).map((child) => once(child, 'exit'));
    this.#signal('SIGKILL');
    await Promise.all([...ended, this.endRelay()]);
  }

  /** Waits until the peers have read what is on its way. @param {number} expected how many samples must arrive at least */
  async finalCount(expected) {
    if (this.#stdout !== undefined && !this.#stdout.closed) await once(this.#stdout, 'close');
    if (this.#kind === 'stdout') return this.#lines;
    if (this.#kind === 'file') {
      const { path: file } = this.target;
      return existsSync(file) ? countLines(readFileSync(file, 'utf8')) : 0;
    }
    if (this.#kind === 'redis') return this.#readRedis();
    if (this.#kind === 'snapshot') return this.#readSnapshots();
    const until = performance.now() + MAX_ARRIVAL_MILLISECONDS;
    for (let before = -1; ; ) {
      const now = this.#total();
      if (now === before && (now >= expected || performance.now() > until)) return now;
      before = now;
      await sleep(QUIET_MILLISECONDS);
    }
  }

  /** @param {NodeJS.Signals} signal */
  #signal(signal) {
    for (const child of this.#processes) if (isAlive(child)) signalGroup(child, signal);
  }

  /** Ends the other address. */
  async endRelay() {
    const relay = this.#relay;
    this.#relay = undefined;
    if (relay === undefined || !isAlive(relay)) return;
    relay.kill('SIGKILL');
    await once(relay, 'exit');
  }

  #total() {
    const counts = this.#received.map((count) => count ?? 0);
    // These read totals, from before their start as well.
    if (this.#kind === 'scraper' || this.#kind === 'otlp') return Math.max(0, ...counts);
    return counts.reduce((total, count) => total + count, 0);
  }

  async #readRedis() {
    await this.#startRedis();
    return readHistory('timeseries redis', { ...this.target, url: `redis://127.0.0.1:${this.target.port}` });
  }

  /** Each process of a cluster writes a file. */
  async #readSnapshots() {
    let total = 0;
    const { dir, base } = path.parse(this.target.path);
    for (const file of readdirSync(dir))
      if (file === base || /^\.\d+$/.test(file.slice(base.length)))
        total += await readHistory('timeseries memory', { ...this.target, path: path.join(dir, file) });
    return total;
  }

  async #startRedis() {
    const last = this.#processes.at(-1);
    if (last !== undefined && isAlive(last)) return;
    const sync = this.isDiskSmall ? 'everysec' : 'always';
    const durable = ['--save', '', '--appendonly', 'yes', '--appendfsync', sync];
    const where = ['--bind', '127.0.0.1', '--port', `${this.target.port}`, '--dir', this.#folder];
    const child = spawn('redis-server', [...where, ...durable], { stdio: 'ignore', detached: true });
    this.#processes.push(child);
    await acceptsConnections(this.target.port);
  }
}

/** Counts the samples in a log, whose last line may not be whole. @param {string} log */
function countLines(log) {
  return log
    .split('\n')
    .slice(0, -1)
    .filter((line) => SAMPLE_LINE.test(line)).length;
}

/**
 * Counts the samples in a time series.
 *
 * @param {string} backend
 * @param {import('./backends.mjs').Target} target
 */
async function readHistory(backend, target) {
  const history = /** @type {import('@metrics/timeseries').TimeSeriesBackend} */ (
    await backends[backend]?.create(target)
  );
  history.start?.({ report() {}, collect() {} });
  try {
    // Wide enough for a clock that was set to another hour.
    const range = { start: Date.now() / 1000 - 7200, end: Date.now() / 1000 + 7200 };
    const latency = await history.value('latency', { ...range, statistic: 'count' });
    return (await history.sum('jobs', range)) + (latency ?? 0);
  } finally {
    await history.close({ timeout: 2000 });
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
