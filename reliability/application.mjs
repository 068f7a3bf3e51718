// @ts-check
// The application of a cell, in its own process: it records at a steady rate, counts its own calls, compares them with
// `stats()` at every tick, and ends as its plan says. Its last act is to write its report to a file, from the event `exit`.
import { writeFileSync } from 'node:fs';
import { metrics } from '@metrics/core';
import { backends } from './backends.mjs';
import { uptime } from './uptime.mjs';

/**
 * @typedef {object} Plan
 * @property {string} backend
 * @property {import('./backends.mjs').Target} target
 * @property {string} reportFile
 * @property {number} milliseconds for which it records
 * @property {Finish} finish
 * @property {readonly Disturbance[]} disturbances at half of the time
 * @property {readonly NodeJS.Signals[]} [signals] passed to `register`
 * @property {boolean} [attack] each call has a new tag value
 *
 * @typedef {'close' | 'close twice' | 'close twice together' | 'close in withTags' | 'close in exit hook' | 'process.exit' | 'natural end' | 'throw' | 'wait'} Finish
 * @typedef {'block' | 'no descriptors' | 'clock back' | 'clock back a little' | 'clock ahead' | 'unhandled rejection' | 'replace' | 'flush storm' | 'observer flushes' | 'onError throws'} Disturbance
 *
 * @typedef {object} Report
 * @property {number} made calls, by the application's own count
 * @property {import('@metrics/core').MetricsStats} stats
 * @property {readonly string[]} violations of the accounting, at any tick
 * @property {readonly { code: string, message: string, count: number }[]} problems
 * @property {readonly string[]} errors that reached the process
 * @property {number} longestBlock of the event loop, in milliseconds, without the one that the plan caused
 * @property {number} peakRss in bytes
 * @property {number | undefined} finishedAt when it had nothing left to do, as {@link uptime}
 */

const plan = /** @type {Plan} */ (JSON.parse(process.argv[2] ?? '{}'));
const row = backends[plan.backend];
if (row === undefined) throw new RangeError(`no backend ${plan.backend}`);
const TICK_MILLISECONDS = 10;
const COUNTERS_PER_TICK = 40;
const TIMINGS_PER_TICK = 10;
const QUEUES = ['mail', 'reports', 'images', 'search', 'sms'];

let made = 0;
/** @type {number | undefined} */
let finishedAt;
let longestBlock = 0;
/** @type {Report['violations'][number][]} */
const violations = [];
/** @type {Report['problems'][number][]} */
const problems = [];
/** @type {string[]} */
const errors = [];
const has = (/** @type {Disturbance} */ name) => plan.disturbances.includes(name);

process.on('uncaughtExceptionMonitor', (error) => errors.push(String(error)));
// A listener keeps the process alive, which an application may do, too.
process.on('unhandledRejection', (reason) => {
  if (String(reason).includes('of the application')) return;
  errors.push(`unhandled rejection: ${String(reason)}`);
});

const create = async () => row.create(plan.target);
metrics.register(await create(), {
  signals: /** @type {any} */ (plan.signals),
  onError(problem) {
    const { code, message, count } = problem;
    if (problems.length < 200) problems.push({ code, message, count });
    if (has('onError throws')) throw new Error('onError throws');
  },
});
if (has('observer flushes')) metrics.defineGauge('observed', { observe: () => (void metrics.flush(), made) });
// After the hook of `register`, so the stats are final.
process.on('exit', writeReport);
// A signal ends the process without the event.
const { kill } = process;
process.kill = (pid, signal) => {
  writeReport();
  return kill.call(process, pid, signal);
};
process.on('message', (message) => {
  if (message === 'finish') process.disconnect();
});

let last = performance.now();
const started = last;
let isDisturbed = false;
const ticks = setInterval(tick, TICK_MILLISECONDS);

function tick() {
  const now = performance.now();
  longestBlock = Math.max(longestBlock, now - last - TICK_MILLISECONDS);
  record();
  checkLedger();
  if (!isDisturbed && now - started > plan.milliseconds / 2) {
    isDisturbed = true;
    for (const disturbance of plan.disturbances) disturb(disturbance);
  }
  // Recording and a disturbance are the application's own time.
  last = performance.now();
  if (now - started < plan.milliseconds) return;
  clearInterval(ticks);
  void finish(plan.finish);
}

function record() {
  for (let i = 0; i < COUNTERS_PER_TICK; i += 1) {
    const queue = plan.attack ? `q${made}` : QUEUES[i % QUEUES.length];
    metrics.incr('jobs', 1, { tags: { queue } });
    made += 1;
  }
  for (let i = 0; i < TIMINGS_PER_TICK; i += 1) {
    metrics.timing('latency', 1 + (made % 500) / 10, { tags: { queue: QUEUES[i % QUEUES.length] } });
    made += 1;
  }
}

/** Compares the calls of the application with what becomes of them, by the stats. */
function checkLedger() {
  if (violations.length > 10) return;
  const { backend, dropped, discarded, sampledOut } = metrics.stats();
  const copies = row?.copies ?? 1;
  const lost = sum(dropped) + discarded + sampledOut;
  const expected = (made - lost) * copies;
  // Observed gauges are recorded by the library, at each collect.
  const observed = has('observer flushes') ? Number.POSITIVE_INFINITY : 0;
  const accounted = backend.accepted + backend.sampledOut;
  if (accounted < expected || accounted > expected + observed)
    violations.push(`made ${made}, lost before the backend ${lost}, but it counts ${accounted}`);
  const fates = backend.sent + sum(backend.dropped) + backend.pending;
  if (backend.accepted !== fates)
    violations.push(`accepted ${backend.accepted} is not sent + dropped + pending, ${fates}`);
}

/** @param {Readonly<Record<string, number>>} counts */
function sum(counts) {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

/** @param {Disturbance} disturbance */
function disturb(disturbance) {
  if (disturbance === 'block') {
    const until = performance.now() + 2000;
    while (performance.now() < until);
  } else if (disturbance === 'clock back') shiftClock(-3_600_000);
  else if (disturbance === 'clock back a little') shiftClock(-300_000);
  else if (disturbance === 'clock ahead') shiftClock(3_600_000);
  else if (disturbance === 'unhandled rejection') void Promise.reject(new Error('of the application'));
  else if (disturbance === 'no descriptors') void exhaustDescriptors();
  else if (disturbance === 'replace') void create().then((backend) => metrics.register(backend, { replace: true }));
  else if (disturbance === 'flush storm') for (let i = 0; i < 1000; i += 1) void metrics.flush();
}

/** @param {number} milliseconds */
function shiftClock(milliseconds) {
  const { now } = Date;
  Date.now = () => now() + milliseconds;
}

/** Opens files until the system refuses, and closes them half a second later. */
async function exhaustDescriptors() {
  const { closeSync, openSync } = await import('node:fs');
  /** @type {number[]} */
  const opened = [];
  try {
    for (;;) opened.push(openSync('/dev/null', 'r'));
  } catch {}
  setTimeout(() => {
    for (const descriptor of opened) closeSync(descriptor);
  }, 500);
}

/** @param {Finish} how */
async function finish(how) {
  process.send?.('finishing');
  if (how === 'wait') setTimeout(() => {}, 60_000);
  else if (how === 'throw') setImmediate(throwError);
  else if (how === 'process.exit') {
    record();
    finishedAt = uptime();
    process.exit(0);
  } else {
    await closeAs(how);
    finishedAt = uptime();
    process.disconnect?.();
  }
}

function throwError() {
  throw new Error('of the application');
}

/** @param {Finish} how */
async function closeAs(how) {
  const deadline = { timeout: 2000 };
  if (how === 'close in exit hook') process.once('beforeExit', () => void metrics.close(deadline));
  else if (how === 'close in withTags') await metrics.withTags({ shard: '1' }, () => metrics.close(deadline));
  else if (how === 'close twice together') await Promise.all([metrics.close(deadline), metrics.close(deadline)]);
  else if (how !== 'natural end') {
    await metrics.close(deadline);
    if (how === 'close twice') await metrics.close(deadline);
  }
}

function writeReport() {
  checkLedger();
  /** @type {Report} */
  const report = {
    made,
    stats: metrics.stats(),
    violations,
    problems,
    errors,
    longestBlock,
    peakRss: process.resourceUsage().maxRSS * 1024,
    finishedAt,
  };
  writeFileSync(plan.reportFile, JSON.stringify(report));
}
