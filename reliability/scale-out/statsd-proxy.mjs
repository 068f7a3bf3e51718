// @ts-check
// A cluster of four processes records through the StatsD proxy into three daemons, of which one is killed and comes back.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { droppedByKernel, startDaemon, startProxy, waitUntil } from './engines.mjs';

/**
 * The losses that may happen, and no others. The client cannot notice any of it: the proxy accepts every datagram.
 *
 * - `unflushed`: the killed daemon had read it since its last flush;
 * - `unread`: the proxy sent it to the killed daemon, which did not read it: what waited in its socket, and everything until
 *   the next check of the proxy removed the daemon from the ring.
 *
 * @typedef {{ unflushed: number, unread: number }} Loss
 */

const TRAFFIC_MILLISECONDS = 2000;
const FLUSH_MILLISECONDS = 500;
const sleep = (/** @type {number} */ milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A machine without time for the servers lets their sockets overflow, which says nothing about the client. */
const MAX_ATTEMPTS = 3;

/**
 * @param {string} folder @param {(line: string) => void} progress
 * @returns {Promise<string[]>} promises that did not hold
 */
export async function runStatsdProxy(folder, progress) {
  for (let attempt = 1; ; attempt += 1) {
    const attemptFolder = path.join(folder, `${attempt}`);
    mkdirSync(attemptFolder);
    const { overflow, broken } = await runOnce(attemptFolder, progress);
    if (overflow === 0 || broken.length === 0 || attempt === MAX_ATTEMPTS) return broken;
    progress(`this machine was too slow: the kernel dropped ${overflow} datagrams at full buffers; again`);
  }
}

/** @param {string} folder @param {(line: string) => void} progress */
async function runOnce(folder, progress) {
  const daemons = [await startDaemon(folder, 0), await startDaemon(folder, 1), await startDaemon(folder, 2)];
  const proxy = await startProxy(folder, daemons);
  const application = fork(fileURLToPath(new URL('statsd-application.mjs', import.meta.url)), [`${proxy.port}`]);
  const ports = [proxy, ...daemons].map(({ port }) => port);
  try {
    progress('four processes record through the proxy into three daemons');
    await waitUntil('traffic reaches every daemon', () => daemons.every((each) => each.entries().length > 100));
    const killed = /** @type {import('./engines.mjs').StatsdDaemon} */ (daemons[1]);
    const [removals, additions] = [proxy.count('Removing', killed.port), proxy.count('Adding', killed.port)];
    let overflow = droppedByKernel(ports);
    // Killed at any moment, it may have read and flushed everything: there must be something to lose.
    killed.engine.freeze();
    await waitUntil('counters wait for the daemon', () => total(sumsOf(unreadBy(killed, proxy.sent()))) > 0);
    await killed.engine.stop('SIGKILL');
    progress('a daemon is killed; the proxy has to notice');
    await waitUntil('the proxy removes it', () => proxy.count('Removing', killed.port) > removals);
    const removedAt = Date.now();
    progress(`removed from the ring ${removedAt - killed.engine.changedAt} ms later; the other two have its names`);
    await sleep(TRAFFIC_MILLISECONDS);
    killed.engine.start();
    await waitUntil('the proxy adds it again', () => proxy.count('Adding', killed.port) > additions);
    progress('the daemon is back in the ring');
    await sleep(TRAFFIC_MILLISECONDS);
    const reported = once(application, 'message');
    application.send('finish');
    const [reports] = /** @type {[import('./statsd-application.mjs').WorkerReport[]]} */ (await reported);
    const made = sumOf(reports.map((each) => each.made));
    // The judge says by how much they differ.
    await waitUntil('the proxy has sent everything', () => isSame(sumsOf(proxy.sent()), made), 30).catch(() => {});
    await sleep(2 * FLUSH_MILLISECONDS);
    overflow += droppedByKernel(ports);
    for (const { engine } of daemons) await engine.stop('SIGTERM');
    return { overflow, broken: judge({ daemons, killed, sent: proxy.sent(), reports, made, removedAt }, progress) };
  } finally {
    application.kill('SIGKILL');
    for (const { engine } of [...daemons, proxy]) await engine.stop('SIGKILL');
  }
}

/**
 * @typedef {object} Run
 * @property {readonly import('./engines.mjs').StatsdDaemon[]} daemons
 * @property {import('./engines.mjs').StatsdDaemon} killed
 * @property {readonly { at: number, port: number, line: string }[]} sent by the proxy
 * @property {readonly import('./statsd-application.mjs').WorkerReport[]} reports
 * @property {Record<string, number>} made
 * @property {number} removedAt
 *
 * @param {Run} run @param {(line: string) => void} progress
 */
function judge({ daemons, killed, sent, reports, made, removedAt }, progress) {
  /** @type {string[]} */
  const broken = [];
  for (const { instance, samples, stats, problems } of reports) {
    if (stats.sent !== samples || stats.pending !== 0 || Object.keys(stats.dropped).length > 0)
      broken.push(`${instance} recorded ${samples}, but has ${JSON.stringify(stats)}`);
    if (problems.length > 0) broken.push(`${instance} reported ${problems.join(', ')}`);
  }
  if (reports.length !== 4) broken.push(`${reports.length} of four workers reported`);
  const routed = sumsOf(sent);
  if (!isSame(routed, made)) broken.push(`the proxy sent ${total(routed)} of ${total(made)} counted`);

  /** @type {Record<string, number>} */
  const flushed = {};
  for (const daemon of daemons) {
    const entries = daemon.entries();
    const flushes = entries.flatMap((entry) => (entry.type === 'flush' ? [jobsOf(entry.counters)] : []));
    add(flushed, ...flushes);
    if (daemon === killed) continue;
    const lines = sent.filter(({ port }) => port === daemon.port);
    if (!isSame(sumsOf(lines), sumOf(flushes)))
      broken.push(`a daemon that lived flushed ${total(sumOf(flushes))} of ${total(sumsOf(lines))} sent to it`);
  }

  const { loss, names, problems } = lossOf(killed, sent, removedAt);
  broken.push(...problems);
  if (total(made) - total(flushed) !== loss.unflushed + loss.unread)
    broken.push(`counted ${total(made)}, flushed ${total(flushed)}, but lost by the model: ${JSON.stringify(loss)}`);
  for (const [name, sum] of Object.entries(made))
    if (sum !== flushed[name] && !names.has(name)) broken.push(`${name} is not on the killed daemon, but misses some`);
  if (loss.unflushed + loss.unread === 0) broken.push('nothing was lost, so the daemon was not killed in traffic');

  broken.push(...judgeGauges(daemons, reports));
  progress(
    `counted ${total(made)}: flushed ${total(flushed)}, lost with the daemon ${loss.unflushed} unflushed and ${loss.unread} unread, all of its ${names.size} names`,
  );
  return broken;
}

/**
 * Computes from the logs what was lost with the daemon. It must have read the first datagrams that the proxy sent to it,
 * without a gap, and all since its return; between, those sent until the proxy removed it are lost.
 *
 * @param {import('./engines.mjs').StatsdDaemon} killed @param {Run['sent']} sent @param {number} removedAt
 */
function lossOf(killed, sent, removedAt) {
  /** @type {string[]} */
  const problems = [];
  const toKilled = sent.filter(({ port }) => port === killed.port);
  const entries = killed.entries();
  const restart = entries.findLastIndex(({ type }) => type === 'start');
  const firstLife = linesOf(entries.slice(0, restart));
  const secondLife = linesOf(entries.slice(restart));
  const unread = toKilled.slice(firstLife.length, toKilled.length - secondLife.length);
  if (toKilled.slice(0, firstLife.length).some(({ line }, index) => line !== firstLife[index]))
    problems.push('the killed daemon misses datagrams from before it was killed');
  const afterReturn = secondLife.length === 0 ? [] : toKilled.slice(-secondLife.length);
  if (secondLife.length === 0 || afterReturn.some(({ line }, index) => line !== secondLife[index]))
    problems.push('the daemon misses datagrams from after its return');
  if (unread.some(({ at }) => at > removedAt)) problems.push('datagrams are lost that the proxy sent after it noticed');

  const lastFlush = entries.slice(0, restart).findLastIndex(({ type }) => type === 'flush');
  const unflushed = linesOf(entries.slice(lastFlush + 1, restart));
  const loss = {
    unflushed: total(sumsOf(unflushed.map((line) => ({ line })))),
    unread: total(sumsOf(unread)),
  };
  return { loss, names: new Set(Object.keys(sumsOf(toKilled))), problems };
}

/**
 * Gauges of the processes arrive under their own names, with their last values; the one without an instance has the value
 * of one of them.
 *
 * @param {Run['daemons']} daemons @param {Run['reports']} reports
 */
function judgeGauges(daemons, reports) {
  /** @type {string[]} */
  const broken = [];
  const expected = Object.assign({}, ...reports.map(({ gauges }) => gauges));
  // A daemon forgets a gauge after a flush without it, and a name may have been on two of them.
  const flushes = daemons.flatMap((daemon) =>
    daemon.entries().flatMap((entry) => (entry.type === 'flush' ? [entry] : [])),
  );
  flushes.sort((one, other) => one.at - other.at);
  /** @type {Record<string, number>} */
  const found = Object.assign({}, ...flushes.map(({ gauges }) => gauges));
  for (const [name, value] of Object.entries(expected))
    if (found[name] !== value) broken.push(`gauge ${name} is ${found[name]}, not ${value}`);
  if (!Object.values(expected).includes(found['shared']))
    broken.push(`the gauge without an instance is ${found['shared']}, the last value of no process`);
  return broken;
}

/**
 * Returns the last datagrams that were sent to a daemon, which it did not read.
 * @param {import('./engines.mjs').StatsdDaemon} daemon @param {Run['sent']} sent
 */
function unreadBy(daemon, sent) {
  return sent.filter(({ port }) => port === daemon.port).slice(linesOf(daemon.entries()).length);
}

/** @param {ReturnType<import('./engines.mjs').StatsdDaemon['entries']>} entries */
function linesOf(entries) {
  return entries.flatMap((entry) => (entry.type === 'line' ? [entry.line] : []));
}

/** Returns the sums of counters by name. @param {readonly { line: string }[]} lines */
function sumsOf(lines) {
  /** @type {Record<string, number>} */
  const sums = {};
  for (const { line } of lines) {
    const [, name, amount] = /^(jobs\.\d+):(\d+)\|c$/.exec(line) ?? [];
    if (name !== undefined) sums[name] = (sums[name] ?? 0) + Number(amount);
  }
  return sums;
}

/** @param {Record<string, number>} counters */
function jobsOf(counters) {
  return Object.fromEntries(Object.entries(counters).filter(([name]) => name.startsWith('jobs.')));
}

/** @param {readonly Record<string, number>[]} all */
function sumOf(all) {
  return add({}, ...all);
}

/** @param {Record<string, number>} sums @param {readonly Record<string, number>[]} more */
function add(sums, ...more) {
  for (const each of more) for (const [name, value] of Object.entries(each)) sums[name] = (sums[name] ?? 0) + value;
  return sums;
}

/** @param {Record<string, number>} sums */
function total(sums) {
  return Object.values(sums).reduce((sum, value) => sum + value, 0);
}

/** @param {Record<string, number>} one @param {Record<string, number>} other */
function isSame(one, other) {
  return Object.keys({ ...one, ...other }).every((name) => (one[name] ?? 0) === (other[name] ?? 0));
}
