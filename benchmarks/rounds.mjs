// @ts-check
// Measures contenders in turn, round after round, each in its own warm process: all of them meet the same moments of a busy
// machine, so the ratio of two in one round says more than either time.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const WORKER = fileURLToPath(new URL('worker.mjs', import.meta.url));

/**
 * @typedef {object} WorkerOptions
 * @property {string} contender
 * @property {string} scenario
 * @property {number} port
 * @property {boolean} [byHand] the client sends only on `flush`
 * @property {readonly string[]} [flags] of Node.js
 * @property {string} [node] the program, if not this one
 */

export class Worker {
  /** @type {import('node:child_process').ChildProcess} */
  #child;
  /** Rejects when the process ends before `stop`. */
  #died;

  /** @param {WorkerOptions} options */
  constructor({ contender, scenario, port, byHand = false, flags = [], node = process.execPath }) {
    this.#child = fork(WORKER, [JSON.stringify({ contender, scenario, port, byHand })], {
      execArgv: [...flags],
      execPath: node,
      env: { ...process.env, NODE_NO_WARNINGS: '1', DD_TRACE_STARTUP_LOGS: 'false' },
    });
    this.#died = once(this.#child, 'exit').then(([code, signal]) => {
      throw new Error(`a contender ended with ${code ?? signal}`);
    });
    // Only matters while a reply is awaited.
    this.#died.catch(() => {});
  }

  /** @param {WorkerOptions} options */
  static async start(options) {
    const worker = new Worker(options);
    await worker.#reply();
    return worker;
  }

  /** @param {string} command @param {number} amount @returns {Promise<any>} */
  ask(command, amount) {
    const reply = this.#reply();
    this.#child.send([command, amount]);
    return reply;
  }

  async stop() {
    if (this.#child.exitCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.disconnect();
    await exit;
  }

  async #reply() {
    const [reply] = await Promise.race([once(this.#child, 'message'), this.#died]);
    return reply;
  }
}

/**
 * The rounds of several contenders in one scenario: nanoseconds of each.
 *
 * @typedef {Readonly<Record<string, readonly import('./worker.mjs').Round[]>>} Rounds
 *
 * @param {object} options
 * @param {readonly string[]} options.contenders
 * @param {string} options.scenario
 * @param {number} options.rounds
 * @param {number} options.port
 * @param {number} [options.milliseconds] of one round
 * @param {string} [options.node]
 * @returns {Promise<Rounds>}
 */
export async function compare({ contenders, scenario, rounds, port, node, milliseconds = 40 }) {
  const workers = await Promise.all(
    contenders.map((contender) => Worker.start({ contender, scenario, port, ...(node !== undefined && { node }) })),
  );
  try {
    const amounts = [];
    for (const worker of workers) amounts.push(await worker.ask('warm', milliseconds));
    /** @type {Record<string, import('./worker.mjs').Round[]>} */
    const results = Object.fromEntries(contenders.map((contender) => [contender, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, worker] of workers.entries()) {
        results[contenders[index] ?? '']?.push(await worker.ask('round', amounts[index]));
      }
    }
    return results;
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

/** @param {readonly number[]} samples */
export function median(samples) {
  const sorted = [...samples].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Half of the rounds lie within: the first and the third quartile. @param {readonly number[]} samples */
export function quartiles(samples) {
  const sorted = [...samples].sort((one, other) => one - other);
  return [
    sorted[Math.floor(sorted.length / 4)] ?? Number.NaN,
    sorted[Math.floor((sorted.length * 3) / 4)] ?? Number.NaN,
  ];
}
