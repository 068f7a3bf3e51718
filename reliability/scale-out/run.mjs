// @ts-check
// `npm run scale-out`: many processes and several servers, one of which is lost and comes back. See --help.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { REDIS_SIZES } from './fleet.mjs';
import { runRedisCluster } from './redis-cluster.mjs';
import { measureRedis } from './redis-sizes.mjs';
import { runStatsdProxy } from './statsd-proxy.mjs';

/** @type {Readonly<Record<string, (folder: string, progress: (line: string) => void) => Promise<string[]>>>} */
const parts = {
  statsd: runStatsdProxy,
  redis: runRedisCluster,
  sizes: compareSizes,
};

const HELP = `Usage: npm run scale-out -- [options]

Runs many processes against several servers, and loses one of these in traffic:
  statsd   a cluster of four workers, the StatsD proxy with consistent hashing, three StatsD daemons
  redis    four processes that record history, a Redis cluster of three nodes
  sizes    what history takes on a Redis server, compared with the numbers in docs/reference/scaling.md

Sums must be exact; what is lost with a server is exactly what this run names beforehand.

Options:
  --part NAME    only this part: ${Object.keys(parts).join(', ')}
  --repeat N     runs each part N times
  --keep         keeps the folder with the logs of the servers
  --help
`;

const { values } = parseArgs({
  options: {
    part: { type: 'string' },
    repeat: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
if (values.part !== undefined && parts[values.part] === undefined) {
  console.error(`There is no part "${values.part}".\n\n${HELP}`);
  process.exit(2);
}

/** Allocators differ, by version and by system. */
const SIZE_TOLERANCE = 0.2;

const began = performance.now();
let failed = 0;
for (const [name, run] of Object.entries(parts)) {
  if ((values.part ?? name) !== name) continue;
  for (let attempt = 0; attempt < Number(values.repeat); attempt += 1) failed += (await runPart(name, run)) ? 0 : 1;
}
console.log(failed === 0 ? 'every part holds' : `${failed} broken`);
process.exitCode = failed === 0 ? 0 : 1;

/** @param {string} name @param {(typeof parts)[string]} run */
async function runPart(name, run) {
  const folder = mkdtempSync(path.join(tmpdir(), 'scale-out-'));
  const progress = (/** @type {string} */ line) =>
    console.log(`[${Math.round((performance.now() - began) / 1000)} s] ${name}: ${line}`);
  const broken = await run(folder, progress).catch((error) => [String(error?.stack ?? error)]);
  for (const line of broken.slice(0, 20)) progress(`BROKEN ${line}`);
  if (broken.length === 0) progress('ok');
  if (values.keep) progress(`logs are in ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
  return broken.length === 0;
}

/** @param {string} folder @param {(line: string) => void} progress @returns {Promise<string[]>} */
async function compareSizes(folder, progress) {
  const { microseconds, ...measured } = await measureRedis(path.join(folder, 'redis'));
  progress(`${JSON.stringify(measured)}; a flush keeps the server busy for ${(microseconds / 1000).toFixed(1)} ms`);
  /** @type {string[]} */
  const broken = [];
  for (const kind of /** @type {const} */ (['counter', 'timing']))
    for (const span of /** @type {const} */ (['hour', 'day']))
      if (Math.abs(measured[kind][span] / REDIS_SIZES[kind][span] - 1) > SIZE_TOLERANCE)
        broken.push(`a ${span} of a ${kind} takes ${measured[kind][span]} bytes, not about ${REDIS_SIZES[kind][span]}`);
  if (measured.commands !== REDIS_SIZES.commands)
    broken.push(`a flush takes ${measured.commands} commands, not ${REDIS_SIZES.commands}`);
  return broken;
}
