import { type StoredSeries, storedSeriesOf } from '../stored-series.js';
import type { Sketch } from '../summary/sketch.js';
import type { GaugeReading, StoreQuery } from '../time-series-store.js';
import type { RedisCommands } from './redis-client.js';
import type { RedisConnection } from './redis-connection.js';
import { addSketchText, gaugeReading } from './redis-encoding.js';
import { PAGE_LENGTH, type RedisKeys, SHARDS } from './redis-keys.js';

/** Commands sent before the first reply is waited for. */
const PIPELINE = 1000;
/** Of a page at least this share is wanted before it is read as a whole. */
const WHOLE_PAGE_SHARE = 1 / 8;

type Point = number | undefined;
type Visit = (point: number, text: string, series: StoredSeries) => void;

export interface RedisReadsOptions {
  readonly connection: RedisConnection;
  readonly keys: RedisKeys;
  /** Filled for each point; what is in it is lost. */
  readonly sketch: Sketch;
}

/** Reads history from Redis. All reject when it does not answer. */
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
      const series = storedSeriesOf({ kind, key: ofMetric, unit, tags });
      // The same series with another unit: the one written last has the right one, and its place.
      found.delete(series.identity);
      found.set(series.identity, series);
    }
    return [...found.values()];
  }

  read(series: readonly StoredSeries[], query: StoreQuery): Promise<readonly Point[]> {
    const kind = series[0]?.kind;
    if (kind === undefined || kind === 'counter') return this.#counters(series, query);
    if (kind === 'gauge') return this.#gauges(series, query);
    return kind === 'set' ? this.#sets(series, query) : this.#summaries(series, query);
  }

  async #counters(series: readonly StoredSeries[], query: StoreQuery): Promise<Point[]> {
    const sums = Array.from({ length: query.points }, () => 0);
    await this.#visit(series, query, (point, text) => {
      sums[point]! += Number(text);
    });
    return sums;
  }

  /** Within a series the later value is the last one; of several series the last values are added up. */
  async #gauges(series: readonly StoredSeries[], query: StoreQuery): Promise<Point[]> {
    const field = query.statistic as keyof GaugeReading;
    const fold = { last: (sum: number, value: number) => sum + value, min: Math.min, max: Math.max }[field];
    const points = Array.from({ length: query.points }, (): Point => undefined);
    let own: { readonly series: StoredSeries; readonly point: number; value: number } | undefined;
    const close = () => {
      if (own === undefined) return;
      const before = points[own.point];
      points[own.point] = before === undefined ? own.value : fold(before, own.value);
    };
    await this.#visit(series, query, (point, text, each) => {
      const value = gaugeReading(text)[field];
      if (own?.series === each && own.point === point) {
        own.value = field === 'last' ? value : fold(own.value, value);
        return;
      }
      close();
      own = { series: each, point, value };
    });
    close();
    return points;
  }

  async #summaries(series: readonly StoredSeries[], query: StoreQuery): Promise<Point[]> {
    const texts = Array.from({ length: query.points }, (): string[] => []);
    await this.#visit(series, query, (point, text) => {
      texts[point]!.push(text);
    });
    return texts.map((ofPoint) => {
      this.#sketch.clear();
      for (const text of ofPoint) addSketchText(this.#sketch, text);
      return this.#sketch.statistic(query.statistic);
    });
  }

  /** The server counts the union of all sets of a point. */
  async #sets(series: readonly StoredSeries[], query: StoreQuery): Promise<Point[]> {
    const { rollup, from, step, points } = query;
    const commands = Array.from({ length: points }, (_, point) => (client: RedisCommands) => {
      const keys: string[] = [];
      for (let time = from + point * step; time < from + (point + 1) * step; time += rollup.step)
        for (const each of series) keys.push(this.#keys.page(each, rollup, time));
      return client.pfCount(keys);
    });
    const counts: Point[] = [];
    await this.#pipeline(commands, (reply) => counts.push((reply as number) || undefined));
    return counts;
  }

  /** Every bucket of the range that holds something: series by series, and from old to new. */
  #visit(series: readonly StoredSeries[], query: StoreQuery, visit: Visit): Promise<void> {
    const { rollup, from, step, points } = query;
    const first = from / rollup.step;
    const last = (from + points * step) / rollup.step - 1;
    const pages: { readonly series: StoredSeries; readonly page: number; readonly fields: string[] }[] = [];
    for (const each of series)
      for (let page = Math.floor(first / PAGE_LENGTH); page * PAGE_LENGTH <= last; page += 1) {
        const fields: string[] = [];
        for (let field = 0; field < PAGE_LENGTH; field += 1) {
          const bucket = page * PAGE_LENGTH + field;
          if (bucket >= first && bucket <= last) fields.push(`${field}`);
        }
        pages.push({ series: each, page, fields });
      }
    const commands = pages.map(({ series: each, page, fields }) => async (client: RedisCommands) => {
      const key = this.#keys.page(each, rollup, page);
      if (fields.length >= PAGE_LENGTH * WHOLE_PAGE_SHARE) return client.hGetAll(key);
      const texts = (await client.hmGet(key, fields)) as (string | null)[];
      return Object.fromEntries(texts.map((text, index) => [fields[index], text]));
    });
    return this.#pipeline(commands, (reply, index) => {
      const { series: each, page, fields } = pages[index]!;
      for (const field of fields) {
        const text = (reply as Record<string, string | null>)[field] ?? null;
        if (text === null) continue;
        const time = (page * PAGE_LENGTH + Number(field)) * rollup.step;
        visit(Math.floor((time - from) / step), text, each);
      }
    });
  }

  async #pipeline(
    commands: readonly ((client: RedisCommands) => Promise<unknown>)[],
    take: (reply: unknown, index: number) => void,
  ): Promise<void> {
    for (let start = 0; start < commands.length; start += PIPELINE) {
      const slice = commands.slice(start, start + PIPELINE);
      const replies = await this.#connection.run((client) => Promise.all(slice.map((command) => command(client))));
      replies.forEach((reply, index) => {
        take(reply, start + index);
      });
    }
  }
}
