// @ts-check
// Installs the programs that the cells need, on Debian and its relatives.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { isolated } from './isolation.mjs';

/** Programs, and the packages that have them. */
const TOOLS = {
  ip: 'iproute2',
  iptables: 'iptables',
  mount: 'mount',
  unshare: 'util-linux',
  'redis-server': 'redis-server',
};
/** A script with this name keeps packages from starting their services. */
const POLICY = '/usr/sbin/policy-rc.d';

/** Installs what is missing. @returns {string | undefined} why some cells cannot be run */
export function installTools() {
  const isMissing = (/** @type {string} */ program) => !succeeds('sh', '-c', `command -v ${program}`);
  const packages = Object.entries(TOOLS).flatMap(([program, name]) => (isMissing(program) ? [name] : []));
  if (packages.length > 0) install(packages);
  const missing = Object.keys(TOOLS).filter(isMissing);
  if (missing.length > 0) return `these programs are missing: ${missing.join(', ')}`;
  const [command, ...args] = [...isolated(), 'ip', 'link', 'set', 'lo', 'up'];
  return succeeds(command, ...args) ? undefined : 'this user may not create namespaces: run it as root';
}

/** @param {readonly string[]} packages */
function install(packages) {
  console.error(`installing ${packages.join(', ')}`);
  const isRoot = process.getuid?.() === 0;
  const sudo = isRoot ? [] : ['sudo', '-n'];
  const ownPolicy = isRoot && !existsSync(POLICY);
  if (ownPolicy) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const apt = [...sudo, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'];
  const installing = [...apt, 'install', '--yes', '--no-install-recommends', ...packages];
  try {
    if (!succeeds(...installing)) {
      succeeds(...apt, 'update');
      succeeds(...installing);
    }
  } finally {
    if (ownPolicy) rmSync(POLICY);
  }
}

/** @param {string[]} line */
function succeeds(...line) {
  const [command = '', ...args] = line;
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
