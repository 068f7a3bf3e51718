// @ts-check
// Records at a steady rate, counts its own calls, compares them with `stats()` at every tick, and ends as its plan says. Its
// last act is to write its report to a file, from the event `exit`.
import cluster from 'node:cluster';
import { writeFileSync } from 'node:fs';
import { isMainThread, parentPort } from 'node:worker_threads';
import { metrics } from '@metrics/core';
import { accountingErrors } from './accounting.mjs';
import { backends } from './backends.mjs';
import { closeAs, throwError } from './closing.mjs';
import { blockEventLoop, exhaustDescriptors, shiftClock } from './disturbances.mjs';
import { watchLeaks } from './leaks.mjs';
import { processorWait, threadWaitReader } from './processor.mjs';
import { uptime } from './uptime.mjs';

const TICK_MILLISECONDS = 10;
const COUNTERS_PER_TICK = 40;
const TIMINGS_PER_TICK = 10;
/** Calls of a tick with a new tag value each. */
const DISTINCT_PER_TICK = 5000;
/** How long it records when the fault is over. */
const RECOVERY_MILLISECONDS = 500;
/** A busy machine records for longer. */
const MIN_CALLS = 2500;
const MAX_REPORTED_VIOLATIONS = 10;
const QUEUES = ['mail', 'reports', 'images', 'search', 'sms'];

/** @param {import('./plan.mjs').Plan} plan */
export async function startRecording(plan) {
  const recording = new Recording(plan);
  await recording.start();
}

class Recording {
  #plan;
  #row;
  #made = 0;
  #observed = 0;
  /** @type {number | undefined} */
  #finishedAt;
  /** @type {number | undefined} */
  #closeMilliseconds;
  /** @type {readonly string[] | undefined} */
  #leaks;
  #longestBlock = 0;
  #isCutOff = false;
  /** @type {string[]} */
  #violations = [];
  /** @type {import('./plan.mjs').Report['problems'][number][]} */
  #problems = [];
  /** @type {string[]} */
  #errors = [];
  #began = performance.now();
  #last = this.#began;
  #readWait = threadWaitReader();
  #lastWait = this.#readWait();
  #isDisturbed = false;
  #awaitsFault;
  /** @type {import('@metrics/core').MetricsBackend | undefined} */
  #backend;
  #replaced = Promise.resolve();
  /** @type {NodeJS.Timeout | undefined} */
  #ticks;
  #findLeaks = async () => /** @type {readonly string[]} */ ([]);

  /** @param {import('./plan.mjs').Plan} plan */
  constructor(plan) {
    const row = backends[plan.backend];
    if (row === undefined) throw new RangeError(`no backend ${plan.backend}`);
    this.#plan = plan;
    this.#row = row;
    this.#awaitsFault = plan.awaitsEndOfFault;
  }

  async start() {
    process.on('uncaughtExceptionMonitor', (error) => this.#errors.push(String(error)));
    // A listener keeps the process alive, which an application may do, too.
    process.on('unhandledRejection', (reason) => {
      if (!String(reason).includes('of the application')) this.#errors.push(`unhandled rejection: ${String(reason)}`);
    });
    if (isMainThread) this.#listenToRunner();
    this.#findLeaks = watchLeaks();
    const backend = await this.#row.create(this.#plan.target);
    this.#backend = backend;
    if (this.#has('no descriptors at start')) exhaustDescriptors(1000);
    metrics.register(backend, { signals: /** @type {any} */ (this.#plan.signals), onError: this.#onError });
    if (this.#has('observer flushes')) metrics.defineGauge('observed', { observe: () => this.#observe() });
    // After the hook of `register`, so the stats are final.
    process.on('exit', () => this.#writeReport());
    this.#began = this.#last = performance.now();
    this.#tellRunner('started');
    this.#ticks = setInterval(() => this.#tick(), TICK_MILLISECONDS);
  }

  /** @param {'started' | 'finishing'} message */
  #tellRunner(message) {
    if (isMainThread && !this.#plan.isMember) process.send?.(message);
  }

  #listenToRunner() {
    // A signal ends the process without the event `exit`.
    const { kill } = process;
    process.kill = (pid, signal) => {
      this.#writeReport();
      return kill.call(process, pid, signal);
    };
    process.on('message', (message) => {
      // Time to recover before the end.
      if (message === 'over') setTimeout(() => (this.#awaitsFault = false), RECOVERY_MILLISECONDS);
    });
  }

  /** @param {import('@metrics/core').Problem} problem */
  #onError = ({ code, metric, tag, message, count }) => {
    if (this.#problems.length < 200) this.#problems.push({ code, metric, tag, message, count });
    if (this.#has('onError throws')) throw new Error('onError throws');
  };

  #observe() {
    this.#made += 1;
    this.#observed += 1;
    void metrics.flush();
    return this.#made;
  }

  /** @param {import('./plan.mjs').Disturbance} name */
  #has(name) {
    return this.#plan.disturbances.includes(name);
  }

  #tick() {
    const now = performance.now();
    const elapsed = now - this.#began;
    const wait = this.#readWait();
    this.#longestBlock = Math.max(this.#longestBlock, now - this.#last - (wait - this.#lastWait) - TICK_MILLISECONDS);
    this.#record();
    this.#checkStats();
    if (!this.#isDisturbed && elapsed > this.#plan.milliseconds / 2) {
      this.#isDisturbed = true;
      for (const disturbance of this.#plan.disturbances) this.#disturb(disturbance);
    }
    // Recording and a disturbance are the application's own time.
    this.#last = performance.now();
    this.#lastWait = this.#readWait();
    if (elapsed < this.#plan.milliseconds || this.#made < (this.#plan.distinct ?? MIN_CALLS) || this.#awaitsFault)
      return;
    clearInterval(this.#ticks);
    void this.#finish(this.#plan.finish);
  }

  #record() {
    const isDistinct = this.#plan.distinct !== undefined;
    const counters = isDistinct ? DISTINCT_PER_TICK : COUNTERS_PER_TICK;
    for (let i = 0; i < counters; i += 1) {
      const queue = isDistinct ? `q${this.#made}` : QUEUES[i % QUEUES.length];
      metrics.incr('jobs', 1, { tags: { queue } });
      this.#made += 1;
    }
    for (let i = 0; i < TIMINGS_PER_TICK; i += 1) {
      metrics.timing('latency', 1 + (this.#made % 500) / 10, { tags: { queue: QUEUES[i % QUEUES.length] } });
      this.#made += 1;
    }
  }

  #checkStats() {
    if (this.#violations.length < MAX_REPORTED_VIOLATIONS)
      this.#violations.push(...accountingErrors(metrics.stats(), this.#made, this.#row.copies));
  }

  /** @param {import('./plan.mjs').Disturbance} disturbance */
  #disturb(disturbance) {
    if (disturbance === 'block') blockEventLoop(2000);
    else if (disturbance === 'clock back') shiftClock(-3_600_000);
    else if (disturbance === 'clock back a little') shiftClock(-300_000);
    else if (disturbance === 'clock ahead') shiftClock(3_600_000);
    else if (disturbance === 'unhandled rejection') void Promise.reject(new Error('of the application'));
    else if (disturbance === 'no descriptors') exhaustDescriptors(500);
    else if (disturbance === 'replace') this.#replaced = this.#replace();
    else if (disturbance === 'flush storm') for (let i = 0; i < 1000; i += 1) void metrics.flush();
  }

  async #replace() {
    this.#backend = await this.#row.create(this.#plan.target);
    metrics.register(this.#backend, { replace: true, onError: this.#onError });
  }

  /** @param {import('./plan.mjs').Finish} how */
  async #finish(how) {
    await this.#replaced;
    this.#tellRunner('finishing');
    if (how === 'wait') setTimeout(() => {}, 60_000);
    else if (how === 'throw') setImmediate(throwError);
    else if (how === 'process.exit') {
      this.#record();
      this.#finishedAt = uptime();
      process.exit(0);
    } else if (how === 'SIGTERM in flush') {
      setTimeout(() => {}, 60_000);
      this.#record();
      this.#finishedAt = uptime();
      void metrics.flush();
      process.kill(process.pid, 'SIGTERM');
    } else if (how === 'SIGKILL' || how === 'terminate') this.#cutOff(how);
    else {
      if (this.#backend !== undefined) await this.#row.settle?.(this.#backend);
      const before = performance.now() - (processorWait(process.pid) ?? 0);
      await closeAs(how);
      this.#closeMilliseconds = Math.max(0, performance.now() - (processorWait(process.pid) ?? 0) - before);
      this.#finishedAt = uptime();
      if (how !== 'close in exit hook' && how !== 'natural end') this.#leaks = await this.#findLeaks();
      this.#disconnect();
    }
  }

  /** Ends with samples in all places, right after a report of them. @param {'SIGKILL' | 'terminate'} how */
  #cutOff(how) {
    void metrics.flush();
    this.#record();
    this.#isCutOff = true;
    this.#writeReport();
    if (how === 'SIGKILL') process.kill(process.pid, 'SIGKILL');
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
    parentPort?.postMessage(how);
    blockEventLoop(60_000);
  }

  #disconnect() {
    if (cluster.worker !== undefined) cluster.worker.disconnect();
    else if (isMainThread) process.disconnect?.();
  }

  #writeReport() {
    this.#checkStats();
    /** @type {import('./plan.mjs').Report} */
    const report = {
      made: this.#made,
      observed: this.#observed,
      stats: metrics.stats(),
      violations: this.#violations,
      problems: this.#problems,
      errors: this.#errors,
      longestBlock: this.#longestBlock,
      peakRss: process.resourceUsage().maxRSS * 1024,
      finishedAt: this.#finishedAt,
      closeMilliseconds: this.#closeMilliseconds,
      leaks: this.#leaks,
      isCutOff: this.#isCutOff,
    };
    writeFileSync(this.#plan.reportFile, JSON.stringify(report));
  }
}
