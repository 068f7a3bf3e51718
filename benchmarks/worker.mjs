// @ts-check
// One contender with one scenario, in its own process. It runs the commands of its parent, one at a time.
import { PerformanceObserver } from 'node:perf_hooks';
import { contenders, newSeriesContenders, timeSeriesContenders, totalsContenders } from './contenders.mjs';
import { loopOf, scenarios } from './scenarios.mjs';
import { longestTurn } from './turns.mjs';
import { variants } from './variants.mjs';

/**
 * @typedef {{ contender: string, scenario: string, port: number, byHand: boolean }} Setup
 * @typedef {{ nanoseconds: number, pause: number }} Round of one call; `pause` is what of it was garbage collection
 * @typedef {{ cpu: number, wall: number }} Delivery in seconds, of everything
 */

/** How many calls are made between two turns of the event loop, in which a client can send. */
const CALLS_PER_TURN = { slow: 1000, quick: 20_000 };

/** Samples that a client may keep before a flush; it would drop more. */
const MAX_UNSENT = 500_000;

const setup = /** @type {Setup} */ (JSON.parse(process.argv[2] ?? '{}'));
const contender = { ...contenders, ...newSeriesContenders, ...timeSeriesContenders, ...totalsContenders, ...variants }[
  setup.contender
];
const scenario = scenarios[setup.scenario];
if (contender === undefined || scenario === undefined) throw new RangeError(`unknown: ${process.argv[2]}`);
const client = await contender.create(setup);
const { constants, sites } = scenario();
const { run: loop, calls } = loopOf({ title: '', constants, sites }, client.call);
const run = client.around?.(loop) ?? loop;
const turns = Math.ceil((contender.slow ? CALLS_PER_TURN.slow : CALLS_PER_TURN.quick) / calls);

let pauses = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) pauses += entry.duration;
}).observe({ entryTypes: ['gc'] });

const immediate = () => new Promise((resolve) => setImmediate(resolve));

/** @param {number} amount of calls, as many as asked for or a few more */
async function record(amount) {
  let done = 0;
  while (done < amount) {
    run(turns);
    done += turns * calls;
    await immediate();
  }
  return done;
}

/** @type {Readonly<Record<string, (amount: number) => Promise<unknown>>>} */
const commands = {
  /** Runs until it is compiled, and resolves with the number of calls that take the given milliseconds. */
  async warm(milliseconds) {
    const ends = performance.now() + Math.max(milliseconds * 4, 200);
    let nanoseconds = 1;
    while (performance.now() < ends) ({ nanoseconds } = await measured(turns * calls));
    return Math.ceil((milliseconds * 1e6) / nanoseconds);
  },
  round: measured,
  /** Bytes that a call allocates. Needs a young generation in which all of them fit, and the collector at hand. */
  async bytes(amount) {
    run(Math.ceil(amount / calls));
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    run(Math.ceil(amount / calls));
    return (process.memoryUsage().heapUsed - before) / amount;
  },
  /** Bytes of a series, without what the loop itself refers to. A turn is a call, and has its own series. */
  async held(amount) {
    // Things that are created once, such as code and sockets, do not count.
    const first = Math.ceil(amount / 50);
    run(first);
    await collected();
    const before = memory();
    run(amount);
    await collected();
    return (memory() - before) / (amount - first);
  },
  /** Processor time of as many new series, and of their second call, in microseconds for each. */
  async births(amount) {
    const next = /** @type {{ from: number }} */ (constants['next']);
    const first = cost(() => run(amount)) / amount;
    const second = cost(() => run(amount)) / amount;
    next.from += amount;
    return { first, second };
  },
  /** Bytes of as many new series, each met once. */
  async bornBytes(amount) {
    await collected();
    const before = memory();
    run(amount);
    await collected();
    return (memory() - before) / amount;
  },
  /** Records and sends; the time of all of it. */
  async deliver(amount) {
    const began = process.cpuUsage();
    const start = performance.now();
    let recorded = 0;
    while (recorded < amount) {
      recorded += await record(Math.min(MAX_UNSENT, amount - recorded));
      await client.flush?.();
    }
    const { user, system } = process.cpuUsage(began);
    return { cpu: (user + system) / 1e6, wall: (performance.now() - start) / 1000, recorded };
  },
  /** Records each series once, then has all of them read, and resolves with what that takes. */
  async read(amount) {
    run(Math.ceil(amount / calls));
    await new Promise((resolve) => setTimeout(resolve, 20));
    return longestTurn(async () => client.flush?.());
  },
  /** Records once, then sends, and resolves with the longest time for which nothing else could run. */
  async stall(amount) {
    run(Math.ceil(amount / calls));
    let longest = 0;
    let last = performance.now();
    let watching = true;
    const watch = () => {
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
      if (watching) setImmediate(watch);
    };
    await new Promise((resolve) => setTimeout(resolve, 20));
    last = performance.now();
    watch();
    await client.flush?.();
    await immediate();
    watching = false;
    return longest;
  },
};

/** @param {number} amount */
async function measured(amount) {
  const pausesBefore = pauses;
  const began = process.cpuUsage();
  const recorded = await record(amount);
  const { user, system } = process.cpuUsage(began);
  return { nanoseconds: ((user + system) * 1000) / recorded, pause: ((pauses - pausesBefore) * 1e6) / recorded };
}

/** Returns the microseconds of processor time that a task takes. @param {() => void} task */
function cost(task) {
  const began = process.cpuUsage();
  task();
  const { user, system } = process.cpuUsage(began);
  return user + system;
}

async function collected() {
  for (let pass = 0; pass < 3; pass += 1) {
    globalThis.gc?.();
    await immediate();
  }
}

function memory() {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

process.on('message', (message) => {
  const [command, amount] = /** @type {[string, number]} */ (message);
  void commands[command]?.(amount).then((reply) => process.send?.(reply));
});
// Does not wait for what a client keeps alive.
process.on('disconnect', () => process.exit());
process.send?.('ready');
// Refers to the client to the end.
process.once('exit', () => void client.keep?.());
