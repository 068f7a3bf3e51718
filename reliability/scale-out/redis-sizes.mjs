// @ts-check
// Measures what history takes on a real Redis server: bytes of a series, and commands of a flush.
import { createMetrics } from '@metrics/core';
import { TimeSeriesBackend } from '@metrics/timeseries';
import { RedisStore } from '@metrics/timeseries/redis';
import { createClient } from 'redis';
import { startRedis } from './engines.mjs';
import { work } from './workload.mjs';

const SERIES = 50;
const BUCKET = 10_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const VALUES_PER_BUCKET = 10;

/**
 * Bytes of a counter with a sample in every ten seconds, and of a timing with ten values in them. Samples of one hour are
 * kept in steps of ten seconds, those of a week in hours, those of 90 days in days.
 *
 * @typedef {{ hour: number, day: number }} SeriesSize `hour` in steps of ten seconds; `day` in hours and days
 * @typedef {{ counter: SeriesSize, timing: SeriesSize, commands: number, microseconds: number }} RedisSizes with the commands of
 * one flush of the workload, and how long they keep the server busy
 */

/** @param {string} folder @returns {Promise<RedisSizes>} */
export async function measureRedis(folder) {
  const server = await startRedis(folder, ['--appendonly', 'no']);
  const url = `redis://127.0.0.1:${server.port}`;
  const client = await createClient({ url }).connect();
  // A key has the hours of two and a half days. On other days it would depend on the date whether a day takes one key or two.
  const midnight = Math.floor(Date.now() / (5 * DAY)) * 5 * DAY;
  let time = midnight;
  const store = new RedisStore({ url });
  const history = new TimeSeriesBackend({ store, include: ['*'], clock: () => time, flushInterval: HOUR });
  const metrics = createMetrics({ backend: history });
  const record = async () => {
    for (let index = 0; index < SERIES; index += 1) {
      metrics.incr('counter', 1, { tags: { shard: index } });
      for (let value = 0; value < VALUES_PER_BUCKET; value += 1)
        metrics.timing('timing', 1 + ((index + value * 37) % 211), { tags: { shard: index } });
    }
    await metrics.flush();
  };
  /** @param {number} step @param {string} key */
  const bytesOf = async (step, key) => {
    let bytes = 0;
    for (const page of await client.keys(`*:${step}:*`)) {
      const [first = ''] = Object.values(await client.hGetAll(page));
      // A timing's bucket has a count, a sum, a minimum, a maximum and bins.
      if (first.includes(' ') === (key === 'timing')) bytes += Number(await client.memoryUsage(page));
    }
    return Math.round(bytes / SERIES);
  };
  const executed = async () => {
    const [, calls, microseconds] =
      /cmdstat_evalsha:calls=(\d+),usec=(\d+)/.exec(await client.info('commandstats')) ?? [];
    return { calls: Number(calls), microseconds: Number(microseconds) };
  };
  try {
    for (; time < midnight + HOUR; time += BUCKET) await record();
    const [counterHour, timingHour] = [await bytesOf(10, 'counter'), await bytesOf(10, 'timing')];
    for (; time < midnight + DAY; time += HOUR) await record();
    const dayOf = async (/** @type {string} */ key) => (await bytesOf(3600, key)) + (await bytesOf(86_400, key));
    const counter = { hour: counterHour, day: await dayOf('counter') };
    const timing = { hour: timingHour, day: await dayOf('timing') };

    work(metrics, 10);
    await metrics.flush(); // opens and indexes the series
    time += BUCKET;
    const before = await executed();
    work(metrics, 10);
    await metrics.flush();
    const after = await executed();
    return {
      counter,
      timing,
      commands: after.calls - before.calls,
      microseconds: after.microseconds - before.microseconds,
    };
  } finally {
    await metrics.close();
    client.destroy();
    await server.engine.stop('SIGKILL');
  }
}
