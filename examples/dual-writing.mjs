// @ts-check
// A week of a migration from hot-shots, in a second: the old client and the new backend write side by side, under different
// names, and both have counted the same at the end. Run it with `node examples/dual-writing.mjs` after `npm run build`.
// The class of the old client is explained in docs/migrate/index.md.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { combine, metrics } from '@metrics/core';
import { DogStatsdMetricsBackend } from '@metrics/dogstatsd';
import { StatsD } from 'hot-shots';

/** @typedef {import('@metrics/core').MetricsBackend} MetricsBackend */

/** @implements {MetricsBackend} */
class OldClientBackend {
  #client;
  #calls = 0;
  /** @type {Map<number, { name: string, tags: Record<string, string> }>} */
  #series = new Map();

  /** @param {StatsD} client */
  constructor(client) {
    this.#client = client;
  }
  /**
   * @param {number} id
   * @param {import('@metrics/core').Series} series
   */
  open(id, { name, instance, tags }) {
    const all = instance === undefined ? tags : [...tags, /** @type {const} */ (['instance', instance])];
    this.#series.set(id, { name, tags: Object.fromEntries(all) });
  }
  /** @param {number} id */
  release(id) {
    this.#series.delete(id);
  }
  /** @param {[id: number, amount: number, sampleRate: number]} sample */
  incr(...sample) {
    this.#send('increment', ...sample);
  }
  /** @param {[id: number, value: number]} sample */
  gauge(...sample) {
    this.#send('gauge', ...sample);
  }
  /** @param {[id: number, milliseconds: number, sampleRate: number]} sample */
  timing(...sample) {
    this.#send('timing', ...sample);
  }
  /** @param {[id: number, value: number, sampleRate: number]} sample */
  distribution(...sample) {
    this.#send('distribution', ...sample);
  }
  /** @param {[id: number, member: string]} sample */
  set(...sample) {
    this.#send('set', ...sample);
  }
  async flush() {}
  /** @returns {Promise<void>} */
  close() {
    return new Promise((resolve) => this.#client.close(() => resolve()));
  }
  stats() {
    return { accepted: this.#calls, sent: this.#calls, dropped: {}, pending: 0, sampledOut: 0 };
  }
  /**
   * @param {'increment' | 'gauge' | 'timing' | 'distribution' | 'set'} method
   * @param {number} id
   * @param {any} value
   */
  #send(method, id, value, sampleRate = 1) {
    const series = this.#series.get(id);
    if (series === undefined) return;
    this.#calls += 1;
    this.#client[method](series.name, value, sampleRate, series.tags);
  }
}

/** The new backend, under names that do not add to those of the old client. */
class NextBackend extends DogStatsdMetricsBackend {
  /**
   * @override
   * @param {number} id
   * @param {import('@metrics/core').Series} series
   */
  open(id, series) {
    super.open(id, { ...series, name: `next.${series.name}` });
  }
}

/** @type {string[]} */
const lines = [];
const agent = createSocket('udp4').bind(0, '127.0.0.1');
agent.on('message', (packet) => lines.push(...packet.toString().split('\n')));
await once(agent, 'listening');
const { port } = agent.address();

const client = new StatsD({ host: '127.0.0.1', port, maxBufferSize: 1432 });
const next = new NextBackend({ statsdPort: port });
metrics.register(combine(new OldClientBackend(client), next), { prefix: 'shop.' });

for (let order = 1; order <= 100; order += 1) {
  metrics.incr('orders', order % 3, { tags: { country: order % 4 === 0 ? 'AT' : 'DE' } });
  metrics.timing('db.query', order / 2, { tags: { table: 'orders' } });
  metrics.set('customers', `customer-${order % 7}`);
}
metrics.gauge('queue.length', 7, { instance: 'mail' });
await metrics.close();

// Datagrams are read after the senders have closed.
const deadline = Date.now() + 30_000;
while (!isEqual() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
agent.close();
console.log('old client, new backend:', compare());
assert.ok(isEqual());

function compare() {
  return {
    orders: forBoth('shop.orders', (values) => values.reduce((sum, value) => sum + Number(value), 0)),
    queries: forBoth('shop.db.query', (values) => values.length),
    customers: forBoth('shop.customers', (values) => new Set(values).size),
    queue: forBoth('shop.queue.length', (values) => Number(values.at(-1))),
  };
}

/**
 * @param {string} name
 * @param {(values: string[]) => number} read
 */
function forBoth(name, read) {
  return [name, `next.${name}`].map((each) => {
    const own = lines.filter((line) => line.startsWith(`${each}:`));
    return read(
      own.flatMap(
        (line) =>
          line
            .slice(each.length + 1)
            .split('|')[0]
            ?.split(':') ?? [],
      ),
    );
  });
}

/** True if both have sent everything: 100 queries, which are not merged. */
function isEqual() {
  return (
    compare().queries.every((count) => count === 100) && Object.values(compare()).every(([old, own]) => old === own)
  );
}
