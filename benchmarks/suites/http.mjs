// @ts-check
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { median } from '../rounds.mjs';
import { formatNumber } from '../suite.mjs';

const PROGRAM = fileURLToPath(new URL('../http-server.cjs', import.meta.url));
const CONNECTIONS = 4;
const REQUEST = 'GET /api/v1/users/42 HTTP/1.1\r\nHost: bench\r\n\r\n';
const FRAMEWORKS = /** @type {const} */ ({
  http: ['none', 'metrics-node', 'opentelemetry'],
  express: ['none', 'metrics-node', 'express-prom-bundle', 'opentelemetry'],
});

/** @type {import('../suite.mjs').Suite} */
export const http = {
  title: 'HTTP requests and runtime metrics',
  about:
    'Processor time that metrics add to a request of a server that responds with two bytes: durations by method, route and status, and requests in flight. Each contender has its own warm process, and they take turns; the differences to a server without metrics are compared.',
  async run({ short, port, progress }) {
    /** @type {Record<string, number>} */
    const measurements = {};
    const rows = [];
    for (const [framework, names] of Object.entries(FRAMEWORKS)) {
      const costs = await costsOf(framework, names, port, short ? 7 : 25, short ? 2000 : 4000, progress);
      const bare = costs['none'] ?? [];
      /** @param {string} name */
      const added = (name) => (costs[name] ?? []).map((cost, round) => cost - (bare[round] ?? Number.NaN));
      const ours = median(added('metrics-node'));
      for (const name of names) {
        const ratio = name === 'none' ? Number.NaN : ours / median(added(name));
        if (name !== 'none' && name !== 'metrics-node') measurements[`http.${framework}.metrics-node/${name}`] = ratio;
        const cells = [median(costs[name] ?? []), median(added(name)), ratio].map(formatNumber);
        rows.push([`${framework}: ${name}`, ...cells]);
      }
    }
    progress('runtime metrics');
    const runtime = await Server.start({ contender: 'runtime', framework: 'http', port });
    // The first window of the event loop has to end.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const collect = await runtime.ask('collect');
    runtime.stop();
    measurements['http.runtime.collect'] = collect;
    const columns = ['', 'µs of a request', 'added', 'added by @metrics/node, to this'];
    return {
      measurements,
      tables: [
        { title: 'Processor time of a request', columns, rows },
        { title: 'Runtime metrics', columns: ['', 'µs'], rows: [['one reading of all', formatNumber(collect)]] },
      ],
    };
  },
};

/**
 * Returns the microseconds of a request of each contender, by round.
 *
 * @param {string} framework
 * @param {readonly string[]} names
 * @param {number} port
 * @param {number} rounds
 * @param {number} requests
 * @param {(step: string) => void} progress
 */
async function costsOf(framework, names, port, rounds, requests, progress) {
  const servers = await Promise.all(names.map((contender) => Server.start({ contender, framework, port })));
  /** @type {Record<string, number[]>} */
  const costs = {};
  for (let round = 0; round <= rounds; round += 1) {
    progress(`${framework}, round ${round} of ${rounds}`);
    for (const [index, server] of servers.entries()) {
      const before = await server.ask('cpu');
      // The first round warms up.
      await server.load(round === 0 ? 3 * requests : requests);
      const cost = ((await server.ask('cpu')) - before) / requests;
      if (round > 0) (costs[names[index] ?? ''] ??= []).push(cost);
    }
  }
  for (const server of servers) server.stop();
  return costs;
}

class Server {
  #child;
  #port = 0;

  /** @param {object} setup */
  constructor(setup) {
    const env = { ...process.env, NODE_NO_WARNINGS: '1', NODE_ENV: 'production' };
    this.#child = fork(PROGRAM, [JSON.stringify(setup)], { env });
  }

  /** @param {object} setup */
  static async start(setup) {
    const server = new Server(setup);
    [server.#port] = await once(server.#child, 'message');
    return server;
  }

  /** @param {string} command @returns {Promise<number>} */
  async ask(command) {
    const reply = once(this.#child, 'message');
    this.#child.send(command);
    return (await reply)[0];
  }

  /** Sends requests over a few connections, on each the next one after the response. @param {number} requests */
  async load(requests) {
    let left = requests;
    await Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        const socket = connect(this.#port, '127.0.0.1').setNoDelay();
        await once(socket, 'connect');
        while (left > 0) {
          left -= 1;
          const response = once(socket, 'data');
          socket.write(REQUEST);
          await response;
        }
        socket.destroy();
      }),
    );
  }

  stop() {
    this.#child.disconnect();
  }
}
