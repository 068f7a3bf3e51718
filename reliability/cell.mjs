// @ts-check
// Runs one cell: starts the peer and the application, lets the fault happen, and gathers what each of them counted. As a
// program, it runs the cell that its arguments name and sends the outcome to its parent.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { backends } from './backends.mjs';
import { eatenBy, faults } from './faults.mjs';
import { Isolation, isolated } from './isolation.mjs';
import { readReports } from './merge-reports.mjs';
import { PeerGroup } from './peer-group.mjs';
import { ProcessorWatch } from './processor.mjs';
import { uptime } from './uptime.mjs';

/**
 * @typedef {object} Outcome
 * @property {string} backend
 * @property {string} fault
 * @property {import('./merge-reports.mjs').MergedReport | undefined} report undefined if the process died without its last act
 * @property {number} received by the peers
 * @property {readonly string[]} malformed
 * @property {number | NodeJS.Signals | undefined} exit code or signal; undefined if the process had to be killed
 * @property {number} exitMilliseconds from the moment it was finished, or received the signal, until it was gone, without
 *   the time that it waited for a processor
 * @property {string} stderr
 * @property {string | undefined} failure of the cell itself
 */

const RECORDING_MILLISECONDS = 2000;
/** The process is killed so long after it should have been gone. */
const KILL_AFTER_MILLISECONDS = 120_000;
const sleep = (/** @type {number} */ milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const file = fileURLToPath(import.meta.url);

if (process.argv[1] === file) {
  const [backend = '', fault = ''] = process.argv.slice(2);
  process.send?.(await runHere(backend, fault), () => process.disconnect());
}

/**
 * Runs a cell, in its own namespaces if the fault asks for them.
 *
 * @param {string} backend
 * @param {string} fault
 * @returns {Promise<Outcome>}
 */
export async function runCell(backend, fault) {
  try {
    return faults[fault]?.isolated ? await runInNamespaces(backend, fault) : await runHere(backend, fault);
  } catch (error) {
    const failure = `the cell could not be run: ${String(error)}`;
    const nothing = { report: undefined, received: 0, malformed: [], exit: undefined, exitMilliseconds: 0, stderr: '' };
    return { backend, fault, ...nothing, failure };
  }
}

/** @param {string} backend @param {string} fault @returns {Promise<Outcome>} */
async function runInNamespaces(backend, fault) {
  const [command, ...args] = [...isolated(), process.execPath, file, backend, fault];
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'pipe', 'ipc'], serialization: 'advanced' });
  let stderr = '';
  child.stderr?.on('data', (data) => {
    stderr += data;
  });
  /** @type {Outcome | undefined} */
  let outcome;
  child.on('message', (/** @type {Outcome} */ message) => {
    outcome = message;
  });
  const [code] = await once(child, 'close');
  if (outcome === undefined) throw new Error(`${command} ended with ${code}: ${stderr.trim().slice(-600)}`);
  return outcome;
}

/** @param {string} backend @param {string} name @returns {Promise<Outcome>} */
async function runHere(backend, name) {
  const row = backends[backend];
  const fault = faults[name];
  if (row === undefined || fault === undefined) throw new RangeError(`no cell ${backend} × ${name}`);
  const folder = mkdtempSync(path.join(tmpdir(), 'reliability-'));
  const peers = await PeerGroup.create(row.peer, folder);
  const isolation = /** @type {Isolation} */ (fault.isolated ? new Isolation(folder, peers.target.port) : undefined);
  try {
    await fault.prepare?.({ peers, isolation });
    if (!fault.absentAtStart) await peers.start();
    await fault.before?.({ peers, isolation });
    const reportFile = path.join(folder, 'report.json');
    const application = startApplication(backend, fault, peers, reportFile);
    let toldAt = Number.NaN;
    let hasEnded = false;
    const ended = application.ended.finally(() => {
      hasEnded = true;
    });
    const signal = (/** @type {NodeJS.Signals} */ which) => {
      toldAt = uptime();
      application.child.kill(which);
    };
    const control = { sleep, peers, isolation, signal, hasEnded: () => hasEnded };
    const during = application.started.then(async () => {
      await fault.during?.(control);
      if (!hasEnded) application.child.send('over', () => {});
    });
    const [{ exit, stderr, finishingAt }] = await Promise.all([ended, during]);
    peers.continue();
    await fault.after?.({ peers, isolation });
    const report = readReports(reportFile);
    const since = report?.finishedAt ?? (Number.isNaN(toldAt) ? finishingAt : toldAt);
    const mayBeEaten = report === undefined || eatenBy(backend, name) !== undefined;
    const expected = mayBeEaten ? 0 : report.stats.backend.sent - (row.kept ?? 0) * report.made - report.observed;
    const received = await peers.finalCount(expected);
    const malformed = peers.malformed.filter((error) => !fault.tolerates?.test(error));
    const exitMilliseconds = Number.isNaN(since) ? since : application.watch.aliveSince(since);
    return { backend, fault: name, report, received, malformed, exit, exitMilliseconds, stderr, failure: undefined };
  } finally {
    await peers.stop();
    isolation?.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} backend
 * @param {import('./faults.mjs').Fault} fault
 * @param {PeerGroup} peers
 * @param {string} reportFile
 */
function startApplication(backend, fault, peers, reportFile) {
  const { plan = {}, nodeOptions = [], maxDescriptors } = fault;
  /** @type {import('./plan.mjs').Plan} */
  const fullPlan = {
    backend,
    target: peers.target,
    reportFile,
    milliseconds: RECORDING_MILLISECONDS,
    awaitsEndOfFault: fault.during !== undefined && fault.lastsToTheEnd !== true,
    finish: 'close',
    disturbances: [],
    ...plan,
  };
  const application = fileURLToPath(new URL('application.mjs', import.meta.url));
  const program = [process.execPath, ...nodeOptions, application, JSON.stringify(fullPlan)];
  const limited =
    maxDescriptors === undefined ? program : ['sh', '-c', `ulimit -n ${maxDescriptors}; exec "$@"`, 'sh', ...program];
  const [command = '', ...args] = limited;
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const watch = new ProcessorWatch(child.pid ?? 0);
  peers.read(child.stdout);
  let stderr = '';
  child.stderr?.on('data', (data) => {
    if (stderr.length < 4000) stderr += data;
  });
  let finishingAt = Number.NaN;
  const started = new Promise((resolve) => {
    child.on('message', (message) => {
      if (message === 'finishing') finishingAt = uptime();
      else resolve(undefined);
    });
    child.on('exit', resolve);
  });
  const timeout = setTimeout(() => child.kill('SIGKILL'), fullPlan.milliseconds + KILL_AFTER_MILLISECONDS);
  const ended = once(child, 'exit').then(([code, signal]) => {
    clearTimeout(timeout);
    return { exit: signal === 'SIGKILL' ? undefined : (signal ?? code), stderr, finishingAt };
  });
  return { child, started, ended, watch };
}
