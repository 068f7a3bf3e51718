// Reads of the Redis store.
import { createStoredSeries, type StoredSeries } from '../stored-series.js';
import type { Sketch } from '../summary/sketch.js';
import type { GaugeReading, StoreQuery } from '../time-series-store.js';
import type { RedisCommands } from './redis-client.js';
import type { RedisConnection } from './redis-connection.js';
import { addEncodedSketch, decodeGauge } from './redis-encoding.js';
import { PAGE_BUCKETS, type RedisKeys, SHARDS } from './redis-keys.js';

/** Commands sent before their replies are awaited. */
const MAX_PIPELINED = 1000;
/** Share of a page's fields from which the page is read as a whole. */
const WHOLE_PAGE_SHARE = 1 / 8;

type PointValue = number | undefined;
type VisitBucket = (point: number, encoded: string, series: StoredSeries) => void;

export interface RedisReadsOptions {
  readonly connection: RedisConnection;
  readonly keys: RedisKeys;
  /** A sketch to merge with; its content is overwritten. */
  readonly sketch: Sketch;
}

/** Reads history from Redis. All reads reject if it does not respond. */
export class RedisReads {
  readonly #connection: RedisConnection;
  readonly #keys: RedisKeys;
  readonly #sketch: Sketch;

  constructor({ connection, keys, sketch }: RedisReadsOptions) {
    this.#connection = connection;
    this.#keys = keys;
    this.#sketch = sketch;
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
      const { kind, key: ofMetric, unit, tags } = JSON.parse(description) as StoredSeries;
      const series = createStoredSeries({ kind, key: ofMetric, unit, tags: Object.entries(tags) });
      // If the same series has two units, the one written last is right, and comes last.
      found.delete(series.identity);
      found.set(series.identity, series);
    }
    return [...found.values()];
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
      sums[point]! += Number(encoded);
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
      const value = decodeGauge(encoded)[field];
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
    const sketches = Array.from({ length: query.points }, (): string[] => []);
    await this.#visitBuckets(series, query, (point, encoded) => {
      sketches[point]!.push(encoded);
    });
    return sketches.map((ofPoint) => {
      this.#sketch.clear();
      for (const encoded of ofPoint) addEncodedSketch(this.#sketch, encoded);
      return this.#sketch.statistic(query.statistic);
    });
  }

  /** Reads sets. The server counts the union of all sets of a point. */
  async #sets(series: readonly StoredSeries[], query: StoreQuery): Promise<PointValue[]> {
    const { rollup, from, step, points } = query;
    const commands = Array.from({ length: points }, (_, point) => (client: RedisCommands) => {
      const keys: string[] = [];
      for (let time = from + point * step; time < from + (point + 1) * step; time += rollup.step)
        for (const each of series) keys.push(this.#keys.page(each, rollup, time));
      return client.pfCount(keys);
    });
    const counts: PointValue[] = [];
    await this.#pipeline(commands, (reply) => counts.push((reply as number) || undefined));
    return counts;
  }

  /** Calls `visit` with every bucket of the range that is not empty, series by series, from old to new. */
  #visitBuckets(series: readonly StoredSeries[], query: StoreQuery, visit: VisitBucket): Promise<void> {
    const { rollup, from, step, points } = query;
    const first = from / rollup.step;
    const last = (from + points * step) / rollup.step - 1;
    const pages: { readonly series: StoredSeries; readonly page: number; readonly fields: string[] }[] = [];
    for (const each of series)
      for (let page = Math.floor(first / PAGE_BUCKETS); page * PAGE_BUCKETS <= last; page += 1) {
        const fields: string[] = [];
        for (let field = 0; field < PAGE_BUCKETS; field += 1) {
          const bucket = page * PAGE_BUCKETS + field;
          if (bucket >= first && bucket <= last) fields.push(`${field}`);
        }
        pages.push({ series: each, page, fields });
      }
    const commands = pages.map(({ series: each, page, fields }) => async (client: RedisCommands) => {
      const key = this.#keys.page(each, rollup, page);
      if (fields.length >= PAGE_BUCKETS * WHOLE_PAGE_SHARE) return client.hGetAll(key);
      const buckets = (await client.hmGet(key, fields)) as (string | null)[];
      return Object.fromEntries(buckets.map((encoded, index) => [fields[index], encoded]));
    });
    return this.#pipeline(commands, (reply, index) => {
      const { series: each, page, fields } = pages[index]!;
      for (const field of fields) {
        const encoded = (reply as Record<string, string | null>)[field] ?? null;
        if (encoded === null) continue;
        const time = (page * PAGE_BUCKETS + Number(field)) * rollup.step;
        visit(Math.floor((time - from) / step), encoded, each);
      }
    });
  }

  async #pipeline(
    commands: readonly ((client: RedisCommands) => Promise<unknown>)[],
    onReply: (reply: unknown, index: number) => void,
  ): Promise<void> {
    for (let start = 0; start < commands.length; start += MAX_PIPELINED) {
      const slice = commands.slice(start, start + MAX_PIPELINED);
      const replies = await this.#connection.run((client) => Promise.all(slice.map((command) => command(client))));
      replies.forEach((reply, index) => {
        onReply(reply, start + index);
      });
    }
  }
}
