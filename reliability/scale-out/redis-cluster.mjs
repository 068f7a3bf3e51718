// @ts-check
// Four processes record history into a Redis cluster of three nodes. One is killed in traffic and comes back, at first with
// what it had on its disk, then without.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { TimeSeriesBackend } from '@metrics/timeseries';
import { RedisStore } from '@metrics/timeseries/redis';
import { isComplete, startAgain, startRedis, startRedisCluster, waitUntil } from './engines.mjs';
import { COUNTERS, connectCluster, TIMINGS } from './redis-metrics.mjs';

const WRITERS = 4;
const TRAFFIC_MILLISECONDS = 3000;
const COMMAND_TIMEOUT = 1000;
/** More than that no read may take: on a busy machine a timer is late. */
const MAX_READ_MILLISECONDS = COMMAND_TIMEOUT + 3000;
const KEYS = [...COUNTERS, ...TIMINGS];
const sleep = (/** @type {number} */ milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * @param {string} folder @param {(line: string) => void} progress
 * @returns {Promise<string[]>} promises that did not hold
 */
export async function runRedisCluster(folder, progress) {
  const nodes = await startRedisCluster(folder);
  const ports = nodes.map(({ port }) => port);
  const writers = Array.from({ length: WRITERS }, () => new Writer(ports));
  const client = await connectCluster(ports);
  const history = openHistory(new RedisStore({ client, commandTimeout: COMMAND_TIMEOUT }));
  const lost = /** @type {import('./engines.mjs').RedisNode} */ (nodes[2]);
  /** @type {string[]} */
  const broken = [];
  try {
    progress('four processes record into a cluster of three nodes');
    await all(writers, 'record');
    await waitUntil(
      'history is on every node',
      async () => (await readSums(history).catch(() => undefined)) !== undefined,
    );
    await sleep(TRAFFIC_MILLISECONDS / 3);
    await lost.engine.stop('SIGKILL');
    progress('a node is killed in traffic; its metrics wait in the processes');
    broken.push(...(await readMeanwhile(history, progress)));
    await startAgain(lost);
    await waitUntil('the cluster is complete', () => isComplete(nodes));
    await sleep(TRAFFIC_MILLISECONDS / 3);
    let reports = await all(writers, 'pause');
    let made = sumOf(reports.map((each) => each.made));
    broken.push(...differences('after a node was lost and came back', made, await readSums(history), {}));
    if (!reports.every(({ problems }) => problems.includes('redis_unavailable')))
      broken.push('a process did not report that Redis is unavailable');
    if (reports.some(({ problems }) => problems.includes('history_lost')))
      broken.push('a process reported a loss, but the node had its data');
    progress(`counted ${total(made)}, and the cluster has as many`);

    await lost.engine.stop('SIGKILL');
    const before = await readLostNode(lost, folder);
    rmSync(path.join(lost.folder, 'appendonlydir'), { recursive: true });
    progress(`the node is killed again and its disk is lost, with ${total(before)} of them; recording continues`);
    await all(writers, 'record');
    await sleep(TRAFFIC_MILLISECONDS / 3);
    await startAgain(lost);
    await waitUntil('the cluster is complete', () => isComplete(nodes));
    await sleep(TRAFFIC_MILLISECONDS / 3);
    reports = await all(writers, 'pause');
    made = sumOf(reports.map((each) => each.made));
    broken.push(...differences('after a node came back without its data', made, await readSums(history), before));
    if (!reports.every(({ problems }) => problems.includes('history_lost')))
      broken.push('a process did not report that Redis lost what it had acknowledged');
    for (const { stats, samples } of await all(writers, 'finish'))
      if (stats.sent !== samples || stats.pending !== 0 || Object.keys(stats.dropped).length > 0)
        broken.push(`a process recorded ${samples}, but has ${JSON.stringify(stats)}`);
    progress(
      `counted ${total(made)}; ${total(before)} are lost with the disk of the node, nothing else, and it was reported`,
    );
  } finally {
    for (const writer of writers) writer.kill();
    await history.close({ timeout: 1000 });
    client.destroy();
    for (const { engine } of nodes) await engine.stop('SIGKILL');
  }
  return broken;
}

/** A process that records. */
class Writer {
  #process;

  /** @param {readonly number[]} ports */
  constructor(ports) {
    this.#process = fork(fileURLToPath(new URL('redis-application.mjs', import.meta.url)), ports.map(String));
  }

  /** @param {string} command @returns {Promise<import('./redis-application.mjs').WriterReport>} */
  async send(command) {
    const replied = once(this.#process, 'message');
    this.#process.send(command);
    const [{ error, ...report }] = await replied;
    if (error !== undefined) throw new Error(`a process failed to ${command}: ${error}`);
    return report;
  }

  kill() {
    this.#process.kill('SIGKILL');
  }
}

/** @param {readonly Writer[]} writers @param {string} command */
function all(writers, command) {
  return Promise.all(writers.map((writer) => writer.send(command)));
}

/** @param {RedisStore} store */
function openHistory(store) {
  const history = new TimeSeriesBackend({ store, include: ['*'] });
  history.start({ report: () => {}, collect: () => {} });
  return history;
}

/** Resolves with the sum of each counter, and the number of each timing's values. @param {TimeSeriesBackend} history */
async function readSums(history) {
  /** @type {Record<string, number>} */
  const sums = {};
  for (const key of KEYS)
    sums[key] = Number(await history.value(key, { statistic: key.startsWith('jobs.') ? 'sum' : 'count' })) || 0;
  return sums;
}

/**
 * Reads all metrics while a node is missing. Each read resolves with a sum that never falls, or rejects in time with the
 * reason: metrics of the other nodes are readable, those of the lost one are not.
 *
 * @param {TimeSeriesBackend} history @param {(line: string) => void} progress
 */
async function readMeanwhile(history, progress) {
  /** @type {string[]} */
  const broken = [];
  /** @type {Set<string>} */
  const reasons = new Set();
  /** @type {Record<string, number>} */
  const last = {};
  let [resolved, rejected, longest] = [0, 0, 0];
  const until = performance.now() + TRAFFIC_MILLISECONDS;
  while (performance.now() < until)
    await Promise.all(
      COUNTERS.map(async (key) => {
        const started = performance.now();
        try {
          const sum = (await history.sum(key)) ?? 0;
          if (sum < (last[key] ?? 1)) broken.push(`${key} reads as ${sum}, after ${last[key] ?? 'at least 1'}`);
          last[key] = sum;
          resolved += 1;
        } catch (error) {
          rejected += 1;
          reasons.add(error instanceof Error ? error.message : String(error));
        }
        longest = Math.max(longest, performance.now() - started);
      }),
    );
  if (resolved === 0) broken.push('metrics of the other nodes were not readable');
  if (rejected === 0) broken.push('metrics of the lost node were readable');
  if (longest > MAX_READ_MILLISECONDS) broken.push(`a read took ${Math.round(longest)} ms`);
  for (const reason of reasons) if (!reason.startsWith('Redis: ')) broken.push(`a read rejected with: ${reason}`);
  progress(
    `${resolved} reads resolve, ${rejected} reject within ${Math.round(longest)} ms: ${[...reasons].join('; ')}`,
  );
  return broken;
}

/** Reads the sums that a killed node has on its disk. @param {import('./engines.mjs').RedisNode} lost @param {string} folder */
async function readLostNode(lost, folder) {
  const copy = path.join(folder, 'copy');
  cpSync(path.join(lost.folder, 'appendonlydir'), path.join(copy, 'appendonlydir'), { recursive: true });
  const server = await startRedis(copy);
  const history = openHistory(new RedisStore({ url: `redis://127.0.0.1:${server.port}` }));
  try {
    return await readSums(history);
  } finally {
    await history.close({ timeout: 1000 });
    await server.engine.stop('SIGKILL');
  }
}

/**
 * @param {string} when @param {Record<string, number>} made @param {Record<string, number>} read
 * @param {Record<string, number>} lost
 */
function differences(when, made, read, lost) {
  return KEYS.flatMap((key) => {
    const expected = (made[key] ?? 0) - (lost[key] ?? 0);
    return read[key] === expected ? [] : [`${when}: ${key} reads as ${read[key]}, not ${expected}`];
  });
}

/** @param {readonly Record<string, number>[]} each */
function sumOf(each) {
  return Object.fromEntries(KEYS.map((key) => [key, each.reduce((sum, made) => sum + (made[key] ?? 0), 0)]));
}

/** @param {Record<string, number>} sums */
function total(sums) {
  return Object.values(sums).reduce((sum, value) => sum + value, 0);
}
