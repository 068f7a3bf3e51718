// @ts-check
// What the cardinality guard costs: nothing for a series that is known, and under attack little more than a hit. The first
// row is hot-shots with a buffer, as a measure.
import { createMetrics } from '@metrics/core';
import { StatsD } from 'hot-shots';
import { interleaved } from './interleaved.mjs';

/** Not the dummy, which the facade would not even call. */
class EmptyBackend {
  sum = 0;
  open() {}
  release() {}
  /** @param {number} _id @param {number} amount */
  incr(_id, amount) {
    this.sum += amount;
  }
  gauge() {}
  timing() {}
  distribution() {}
  set() {}
  async flush() {}
  async close() {}
  stats() {
    return { accepted: 0, sent: 0, dropped: {}, pending: 0, sampledOut: 0 };
  }
}

/** @param {import('@metrics/core').CardinalityMode} mode */
const facade = (mode) => createMetrics({ backend: new EmptyBackend(), onError() {}, cardinality: { mode } });
const [guard, off, attacked, stripped, shuffled] = [
  facade('guard'),
  facade('off'),
  facade('guard'),
  facade('guard'),
  facade('guard'),
];
const client = new StatsD({
  host: '127.0.0.1',
  port: 9,
  maxBufferSize: 1432,
  errorHandler() {},
  includeDataDogTags: false,
});
const routes = Array.from({ length: 50 }, (_, index) => `/route/${index}`);
/** @param {number} index */
const known = (index) => ({ method: 'GET', status: '200', route: routes[index % 50] ?? '' });
const keys = ['a', 'b', 'c', 'd', 'e'];
let attempt = 0;

await interleaved('three tags, one of fifty values', {
  'hot-shots, buffer of 1432 bytes': [(index) => client.increment('requests', 1, 1, known(index)), 2000],
  'facade, mode off': [(index) => off.incr('requests', 1, { tags: known(index) }), 100_000],
  'facade, mode guard': [(index) => guard.incr('requests', 1, { tags: known(index) }), 100_000],
});
await interleaved('under attack, against a hit whose value is a new string each time', {
  hit: [(index) => guard.incr('hits', 1, { tags: { method: 'GET', status: '200', route: `/${index % 50}` } }), 50_000],
  'ever new values of a tag': [
    () => attacked.incr('requests', 1, { tags: { method: 'GET', status: '200', route: `/${(attempt += 1)}` } }),
    50_000,
  ],
  'a tag that is left out': [
    () => {
      /** @type {Record<string, string>} */
      const tags = { method: 'GET', request_id: `${(attempt += 1)}` };
      stripped.incr('requests', 1, { tags });
    },
    50_000,
  ],
  'five tags in ever new orders': [
    () => {
      let seed = (attempt += 1);
      /** @type {Record<string, number>} */
      const tags = {};
      for (let left = 5; left > 0; left -= 1) {
        tags[keys[(seed + left) % 5] ?? 'a'] = 1;
        seed = (seed * 7) | 0;
      }
      shuffled.incr('requests', 1, { tags });
    },
    20_000,
  ],
});
process.exit();
