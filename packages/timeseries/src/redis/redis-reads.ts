// Reads of the Redis store.
import { addFinite } from '../finite-sum.js';
import { MAX_AHEAD_SECONDS, oldestBucket } from '../rollup.js';
import { parseQuantile } from '../statistic.js';
import { parseStoredSeries, type StoredSeries } from '../stored-series.js';
import { Sketch } from '../summary/sketch.js';
import type { GaugeReading, StoreHost, StoreQuery } from '../time-series-store.js';
import { isTurnOver, nextTurn } from '../turns.js';
import type { RedisCommands } from './redis-client.js';
import type { RedisConnection } from './redis-connection.js';
import { addEncodedSketch, decodeGauge, decodeSum, encodeSketch } from './redis-encoding.js';
import { PAGE_BUCKETS, type RedisKeys, SHARDS } from './redis-keys.js';

/** Commands sent before their replies are awaited. */
const MAX_PIPELINED = 200;
/** Share of a page's fields from which the page is read as a whole. */
const WHOLE_PAGE_SHARE = 1 / 8;
/** HyperLogLogs of one command: the server does nothing else while it merges them, for about 25 µs each. */
const MAX_UNION = 100;
/** Seconds after which the server deletes a union, should the read fail. */
const UNION_TTL = 60;
/** Sketches of one point that are merged together. */
const MAX_UNMERGED = 16;

type PointValue = number | undefined;
type VisitBucket = (point: number, encoded: string, series: StoredSeries) => void;

/** The buckets of one hash to read. */
interface Page {
  readonly series: StoredSeries;
  readonly page: number;
  readonly firstField: number;
  readonly lastField: number;
}

export interface RedisReadsOptions {
  readonly connection: RedisConnection;
  readonly keys: RedisKeys;
  readonly host: StoreHost;
}

/** Reads history from Redis, in slices. All reads reject if it does not respond. */
export class RedisReads {
  readonly #connection: RedisConnection;
  readonly #keys: RedisKeys;
  readonly #host: StoreHost;

  constructor({ connection, keys, host }: RedisReadsOptions) {
    this.#connection = connection;
    this.#keys = keys;
    this.#host = host;
  }

  async keys(): Promise<string[]> {
    const indexes = await this.#connection.run((client) =>
      Promise.all(Array.from({ length: SHARDS }, (_, shard) => client.zRange(this.#keys.keyIndex(shard), 0, -1))),
    );
    return (indexes as string[][]).flat();
  }

  async series(key: string): Promise<StoredSeries[]> {
    const descriptions = await this.#connection.run((client) => client.zRange(this.#keys.seriesIndex(key), 0, -1));
    const found = new Map<string, StoredSeries>();
    for (const description of descriptions as string[]) {
      const series = parseDescription(description);
      // Something else wrote it. One bad entry must not make the others unreadable.
      if (series?.key !== key) continue;
      // If the same series has two units, the one written last is right, and comes last.
      found.delete(series.identity);
      found.set(series.identity, series);
      if (isTurnOver()) await nextTurn();
    }
    return [...found.values()];
  }

  /** Resolves with the time since when each rollup has every sample of a key, in seconds. */
  async completeSince(key: string): Promise<number[]> {
    const name = this.#keys.rollups(this.#keys.shardOf(key));
    const reply = (await this.#connection.run((client) => client.hGetAll(name))) as Record<string, string>;
    const stored = new Map(Object.entries(reply));
    return this.#host.rollups.map(({ step }) => {
      const since = stored.get(`${step}`)?.split(' ')[0];
      // Without any entry there is no history at all.
      if (since === undefined) return stored.size === 0 ? 0 : this.#host.now();
      const time = Number(since);
      return Number.isFinite(time) ? time : this.#host.now();
    });
  }

  read(series: readonly StoredSeries[], query: StoreQuery): Promise<readonly PointValue[]> {
    const kind = series[0]?.kind;
    if (kind === undefined || kind === 'counter') return this.#counters(series, query);
    if (kind === 'gauge') return this.#gauges(series, query);
    return kind === 'set' ? this.#sets(series, query) : this.#summaries(series, query);
  }

  async #counters(series: readonly StoredSeries[], query: StoreQuery): Promise<PointValue[]> {
    const sums = Array.from({ length: query.points }, () => 0);
    await this.#visitBuckets(series, query, (point, encoded) => {
      sums[point] = addFinite(sums[point]!, decodeSum(encoded));
    });
    return sums;
  }

  /** Reads gauges. Within a series the later value is the last one; the last values of several series are added up. */
  async #gauges(series: readonly StoredSeries[], query: StoreQuery): Promise<PointValue[]> {
    const field = query.statistic as keyof GaugeReading;
    const merge = { last: (sum: number, value: number) => sum + value, min: Math.min, max: Math.max }[field];
    const points = Array.from({ length: query.points }, (): PointValue => undefined);
    let current: { readonly series: StoredSeries; readonly point: number; value: number } | undefined;
    const finish = () => {
      if (current === undefined) return;
      const before = points[current.point];
      points[current.point] = before === undefined ? current.value : merge(before, current.value);
    };
    await this.#visitBuckets(series, query, (point, encoded, each) => {
      const value = decodeGauge(encoded)?.[field];
      if (value === undefined) return;
      if (current?.series === each && current.point === point) {
        current.value = field === 'last' ? value : merge(current.value, value);
        return;
      }
      finish();
      current = { series: each, point, value };
    });
    finish();
    return points;
  }

  async #summaries(series: readonly StoredSeries[], query: StoreQuery): Promise<PointValue[]> {
    const { statistic } = query;
    const sketch = new Sketch();
    const merge = (all: readonly string[]) => {
      sketch.clear();
      for (const encoded of all) addEncodedSketch(sketch, encoded);
    };
    const needsBins = parseQuantile(statistic) !== undefined;
    const sketches = Array.from({ length: query.points }, (): string[] => []);
    await this.#visitBuckets(series, query, (point, encoded) => {
      const ofPoint = sketches[point]!;
      ofPoint.push(needsBins ? encoded : encoded.split(' ', 4).join(' '));
      // All sketches of thousands of series would not fit into memory.
      if (ofPoint.length < MAX_UNMERGED) return;
      merge(ofPoint);
      ofPoint.splice(0, ofPoint.length, encodeSketch(sketch));
    });
    const values: PointValue[] = [];
    for (const ofPoint of sketches) {
      merge(ofPoint);
      values.push(sketch.statistic(statistic));
      if (isTurnOver()) await nextTurn();
    }
    return values;
  }

  /** Reads sets. The server counts the union of all sets of a point. */
  async #sets(series: readonly StoredSeries[], query: StoreQuery): Promise<PointValue[]> {
    const { rollup, from, step, points } = query;
    const [first, last] = this.#keptBuckets(query);
    const counts: PointValue[] = [];
    for (let point = 0; point < points; point += 1) {
      const names: string[] = [];
      const begin = Math.max(first, (from + point * step) / rollup.step);
      const end = Math.min(last + 1, (from + (point + 1) * step) / rollup.step);
      for (let bucket = begin; bucket < end; bucket += 1)
        for (const each of series) {
          names.push(this.#keys.page(each, rollup, bucket * rollup.step));
          if (isTurnOver()) await nextTurn();
        }
      counts.push(names.length === 0 ? undefined : (await this.#countUnion(series[0]!, names)) || undefined);
    }
    return counts;
  }

  /** Resolves with the number of distinct members of HyperLogLogs, which are merged step by step if there are many. */
  async #countUnion(series: StoredSeries, names: readonly string[]): Promise<number> {
    if (names.length <= MAX_UNION)
      return this.#connection.run((client) => client.pfCount([...names])) as Promise<number>;
    const union = this.#keys.temporary(series);
    for (let start = 0; start < names.length; start += MAX_UNION)
      await this.#connection.run((client) =>
        Promise.all([client.pfMerge(union, names.slice(start, start + MAX_UNION)), client.expire(union, UNION_TTL)]),
      );
    const [count] = await this.#connection.run((client) => Promise.all([client.pfCount([union]), client.del(union)]));
    return count as number;
  }

  /** Calls `visit` with every bucket of the range that is not empty, series by series, from old to new. */
  async #visitBuckets(series: readonly StoredSeries[], query: StoreQuery, visit: VisitBucket): Promise<void> {
    const [first, last] = this.#keptBuckets(query);
    let pages: Page[] = [];
    for (const each of series)
      for (let page = Math.floor(first / PAGE_BUCKETS); page * PAGE_BUCKETS <= last; page += 1) {
        const firstField = Math.max(0, first - page * PAGE_BUCKETS);
        const lastField = Math.min(PAGE_BUCKETS - 1, last - page * PAGE_BUCKETS);
        pages.push({ series: each, page, firstField, lastField });
        if (pages.length < MAX_PIPELINED) continue;
        await this.#visitPages(pages, query, visit);
        pages = [];
      }
    if (pages.length > 0) await this.#visitPages(pages, query, visit);
  }

  async #visitPages(pages: readonly Page[], query: StoreQuery, visit: VisitBucket): Promise<void> {
    const { rollup, from, step } = query;
    const replies = await this.#connection.run((client) =>
      Promise.all(pages.map((page) => this.#readPage(client, page, query))),
    );
    for (const [index, buckets] of replies.entries()) {
      const { series, page, firstField, lastField } = pages[index]!;
      for (let field = firstField; field <= lastField; field += 1) {
        const encoded = buckets[field] ?? null;
        if (encoded === null) continue;
        visit(Math.floor(((page * PAGE_BUCKETS + field) * rollup.step - from) / step), encoded, series);
      }
      if (isTurnOver()) await nextTurn();
    }
  }

  async #readPage(
    client: RedisCommands,
    { series, page, firstField, lastField }: Page,
    { rollup }: StoreQuery,
  ): Promise<Record<number, string | null>> {
    const key = this.#keys.page(series, rollup, page);
    const length = lastField - firstField + 1;
    if (length >= PAGE_BUCKETS * WHOLE_PAGE_SHARE) return client.hGetAll(key) as Promise<Record<number, string>>;
    const fields = Array.from({ length }, (_, index) => `${firstField + index}`);
    const buckets = (await client.hmGet(key, fields)) as (string | null)[];
    return Object.fromEntries(buckets.map((encoded, index) => [fields[index], encoded]));
  }

  /** Returns the numbers of the first and the last bucket of a query that may be kept. */
  #keptBuckets({ rollup, from, step, points }: StoreQuery): [first: number, last: number] {
    const now = this.#host.now();
    const first = Math.max(from, oldestBucket(rollup, now)) / rollup.step;
    const last = Math.ceil(Math.min(from + points * step, now + MAX_AHEAD_SECONDS + rollup.step) / rollup.step) - 1;
    return [first, last];
  }
}

function parseDescription(description: string): StoredSeries | undefined {
  try {
    return parseStoredSeries(JSON.parse(description));
  } catch {
    return undefined;
  }
}
