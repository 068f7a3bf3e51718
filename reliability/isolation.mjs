// @ts-check
// The surroundings of a cell that runs in its own namespaces: a network, names and a small disk. All of it goes when the
// cell's processes end. Runs on Linux, as root or where users may have namespaces.
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import path from 'node:path';

/** The name that the application connects to in a cell about names. */
export const HOST_NAME = 'metrics.test';
const PORT_RANGE = '/proc/sys/net/ipv4/ip_local_port_range';
/** The only ephemeral port while there are none: it is in use. */
const LAST_PORT = 40_000;
const DISK_BYTES = 1 << 20;

/** Returns the start of a command line that runs a program in its own namespaces. */
export function isolated() {
  return ['unshare', '--net', '--mount', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])];
}

export class Isolation {
  #hosts;
  #disk;
  #port;
  /** @type {(() => void)[]} */
  #portHolders = [];

  /** @param {string} folder of the cell @param {number} port of the peer */
  constructor(folder, port) {
    this.#port = port;
    this.#hosts = path.join(folder, 'hosts');
    this.#disk = path.join(folder, 'disk');
    run('ip', 'link', 'set', 'lo', 'up');
    // No server listens there, so a name that is not in the file does not resolve.
    const resolver = path.join(folder, 'resolv.conf');
    writeFileSync(resolver, 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n');
    writeFileSync(this.#hosts, '127.0.0.1 localhost\n');
    run('mount', '--bind', resolver, '/etc/resolv.conf');
    run('mount', '--bind', this.#hosts, '/etc/hosts');
  }

  /** Has the name point to an address from now on; without one, the name does not resolve. @param {string} [address] */
  setName(address) {
    writeFileSync(this.#hosts, `127.0.0.1 localhost\n${address === undefined ? '' : `${address} ${HOST_NAME}\n`}`);
  }

  /** Loses packets to the peer from now on. @param {number} probability */
  losePackets(probability) {
    const which = probability < 1 ? ['-m', 'statistic', '--mode', 'random', '--probability', `${probability}`] : [];
    for (const protocol of ['udp', 'tcp'])
      run('iptables', '-w', '-A', 'INPUT', '-p', protocol, '--dport', `${this.#port}`, ...which, '-j', 'DROP');
  }

  /** Ends the loss of packets, and returns how many were lost. */
  keepPackets() {
    const rules = run('iptables', '-w', '-L', 'INPUT', '-v', '-n', '-x');
    run('iptables', '-w', '-F', 'INPUT');
    return [...rules.matchAll(/^ *(\d+) .* DROP /gm)].reduce((total, [, count]) => total + Number(count), 0);
  }

  /** Leaves no port for new sockets. */
  async takePorts() {
    const server = createServer().listen(LAST_PORT, '0.0.0.0');
    const socket = createSocket('udp4').bind(LAST_PORT, '0.0.0.0');
    await Promise.all([once(server, 'listening'), once(socket, 'listening')]);
    this.#portHolders = [() => server.close(), () => socket.close()];
    writeFileSync(PORT_RANGE, `${LAST_PORT} ${LAST_PORT}`);
    const attempt = connect(this.#port, '127.0.0.1');
    const [error] = await once(attempt, 'error');
    if (error.code !== 'EADDRNOTAVAIL') throw new Error(`there are ports left: ${error}`);
  }

  freePorts() {
    writeFileSync(PORT_RANGE, '32768 60999');
    for (const free of this.#portHolders) free();
  }

  /** Mounts a small disk and returns its folder. */
  mountDisk() {
    mkdirSync(this.#disk, { recursive: true });
    run('mount', '-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', this.#disk);
    return this.#disk;
  }

  /** Fills the disk to its last byte. */
  fillDisk() {
    const file = path.join(this.#disk, 'filler');
    for (const size of [65_536, 4096, 1])
      try {
        for (;;) appendFileSync(file, Buffer.alloc(size));
      } catch (error) {
        if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOSPC') throw error;
      }
  }

  /** Unmounts the disk, so that the folder can be removed. */
  end() {
    if (existsSync(this.#disk)) run('umount', '--lazy', this.#disk);
  }
}

/** @param {string} command @param {string[]} args */
function run(command, ...args) {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
