// Names the check in which a backend blocks the thread forever, which no timeout of a test runner can end.
import inspector from 'node:inspector';
import { Worker } from 'node:worker_threads';

/** Milliseconds of the processor that a check with the default timeout may use without a turn of the event loop. */
const DEADLINE_MS = 60_000;
const PING_MS = 250;
/** Pings without a running check after which the thread of the watchdog ends. */
const MAX_IDLE_PINGS = 8;

/**
 * The thread of the watchdog. It receives the running checks with their deadlines at each change, and in response to each
 * ping. Another thread has its own timers, whatever a test has done to those of this one. It measures the time of the
 * processor, because a machine that is busy with something else must not end a process; a thread that waits uses none, and
 * gets twelve times as long.
 */
const PROGRAM = `
const { parentPort } = require('node:worker_threads');
let running = [];
let heard, cpuHeard;
const usedCpu = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
const hear = (checks) => {
  running = checks;
  heard = performance.now();
  cpuHeard = usedCpu();
};
hear([]);
parentPort.on('message', hear);
setInterval(() => {
  const silence = performance.now() - heard;
  const deadline = Math.max(...running.map((check) => check.deadline));
  if (running.length > 0 && (usedCpu() - cpuHeard > deadline || silence > 12 * deadline)) {
    const names = running.map(({ name, backend }) => JSON.stringify(name) + ' of ' + backend).join(', or ');
    require('node:fs').writeSync(2, '\\nThe conformance check ' + names + ' blocks its thread since ' +
      Math.round(silence / 1000) + ' seconds, so the process ends now. Look for an endless loop in the backend: run this' +
      ' check alone in a debugger, and pause it.\\n');
    process.kill(process.pid, 'SIGKILL');
  }
  parentPort.postMessage('ping');
}, ${PING_MS});
`;

/** A check that runs. */
export interface WatchedCheck {
  readonly name: string;
  /** The class of the backend, or what is known of it. */
  readonly backend: string;
  /** Milliseconds of the processor that the check may use while it blocks the thread. */
  readonly deadline: number;
}

const running = new Set<WatchedCheck>();
let worker: Worker | undefined;
let idlePings = 0;

/**
 * Watches a check until the result is called. The process ends with a line that names the check if it blocks the thread for
 * longer than its deadline: nothing else could end it. Not under a debugger, which stops the thread, too.
 */
export function watch(check: WatchedCheck): () => void {
  running.add(check);
  if (inspector.url() === undefined) worker ??= startWorker();
  tell();
  return () => {
    running.delete(check);
    tell();
  };
}

/** Returns the deadline of a check of a backend with this timeout: a short timeout asks for a short deadline, too. */
export function blockingDeadline(timeout: number): number {
  return Math.max(Math.min(DEADLINE_MS, 50 * timeout), 2 * timeout);
}

function tell(): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
  worker?.postMessage([...running]);
}

function startWorker(): Worker {
  idlePings = 0;
  const started = new Worker(PROGRAM, { eval: true, execArgv: [], stdout: false });
  const stop = (): void => {
    if (worker === started) worker = undefined;
    started.removeAllListeners('message');
    void started.terminate();
  };
  started.on('message', () => {
    idlePings = running.size > 0 ? 0 : idlePings + 1;
    if (idlePings > MAX_IDLE_PINGS) stop();
    else tell();
  });
  // A machine without another thread runs the checks all the same.
  started.on('error', stop);
  started.unref();
  return started;
}
