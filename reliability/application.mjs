// @ts-check
// The application of a cell, in its own process: it records itself, or in a thread, or in the processes of a cluster.
import cluster from 'node:cluster';
import { writeFileSync } from 'node:fs';
import { isMainThread, Worker } from 'node:worker_threads';
import { freePort } from './ports.mjs';
import { startRecording } from './recording.mjs';
import { uptime } from './uptime.mjs';

/**
 * @typedef {object} HostReport what the process says that hosts a thread or a cluster
 * @property {number} finishedAt when the last of them was gone, as {@link uptime}
 * @property {readonly string[]} errors
 */

const CLUSTER_SIZE = 4;
const plan = /** @type {import('./plan.mjs').Plan} */ (JSON.parse(process.argv[2] ?? '{}'));

if (plan.host === 'thread' && isMainThread) hostThread();
else if (plan.host === 'cluster' && cluster.isPrimary) hostCluster();
else await startRecording(await forMember(plan));

function hostThread() {
  /** @type {string[]} */
  const errors = [];
  const worker = new Worker(new URL(import.meta.url), { argv: process.argv.slice(2) });
  worker.on('message', () => void worker.terminate());
  worker.on('error', (error) => errors.push(String(error)));
  worker.on('exit', () => writeHostReport(errors));
}

function hostCluster() {
  /** @type {string[]} */
  const errors = [];
  let left = CLUSTER_SIZE;
  cluster.on('exit', (worker, code, signal) => {
    // The first one kills itself.
    const isExpected = worker.id === 1 ? signal === 'SIGKILL' : code === 0;
    if (!isExpected) errors.push(`process ${worker.id} ended with ${signal ?? code}`);
    left -= 1;
    if (left === 0) writeHostReport(errors);
  });
  cluster.setupPrimary({ args: process.argv.slice(2) });
  for (let id = 1; id <= CLUSTER_SIZE; id += 1) cluster.fork();
}

/** @param {readonly string[]} errors */
function writeHostReport(errors) {
  /** @type {HostReport} */
  const report = { finishedAt: uptime(), errors };
  writeFileSync(`${plan.reportFile}.host`, JSON.stringify(report));
  process.disconnect();
}

/** A process of a cluster has its own report, snapshot, and port to read from. @param {import('./plan.mjs').Plan} shared */
async function forMember(shared) {
  const { worker } = cluster;
  if (worker === undefined) return shared;
  const path = shared.backend === 'timeseries memory' ? `${shared.target.path}.${worker.id}` : shared.target.path;
  return {
    ...shared,
    target: { ...shared.target, path, ...(shared.backend === 'prometheus' && { port: await freePort() }) },
    reportFile: `${shared.reportFile}.${worker.id}`,
    finish: worker.id === 1 ? shared.finish : /** @type {const} */ ('close'),
    isMember: true,
  };
}
