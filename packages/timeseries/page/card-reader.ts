// Reads the data of cards: those that are visible, several in one request, few requests at a time.
import type { ChartsResponse } from '../src/http/responses.js';
import type { Card, CardData } from './card.js';
import { linesOfGroups, linesOfStatistics } from './lines.js';
import { readCharts, readRange, readSeries } from './read.js';
import { addsUp, PERCENTILES, statisticsFor, unitOf } from './statistics.js';
import { NO_SELECTION, toChartsQuery, toRangeQuery, type View } from './view.js';

/** Keys of one request. */
const MAX_KEYS = 12;
/** Characters of the keys of one request: servers accept 8000 of a URL, and a key may have any length. */
const MAX_LENGTH = 4000;
/** Points of a small chart, about as many as `/charts` has by default. */
const POINTS = 120;
const MAX_REQUESTS = 2;

export class CardReader {
  readonly #onError: (error: unknown) => void;
  #waiting: Card[] = [];
  /** Cards that were read, or are being read. */
  #read = new WeakSet<Card>();
  #requests = 0;
  #isScheduled = false;
  #view: View | undefined;
  #reading = new AbortController();

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Forgets what is waiting or being read, and reads in the range of this view from now on. */
  start(view: View): void {
    this.stop();
    this.#view = { ...view, ...NO_SELECTION };
  }

  stop(): void {
    this.#reading.abort();
    this.#reading = new AbortController();
    this.#waiting = [];
    this.#read = new WeakSet();
    this.#requests = 0;
  }

  /** Reads a card when it is its turn, once, if it is visible then. */
  read(card: Card): void {
    if (this.#read.has(card) || this.#waiting.includes(card)) return;
    this.#waiting.push(card);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // The cards that become visible together are read together.
    setTimeout(() => {
      this.#isScheduled = false;
      this.#continue();
    });
  }

  #continue(): void {
    this.#waiting = this.#waiting.filter(({ isVisible }) => isVisible);
    while (this.#requests < MAX_REQUESTS && this.#waiting.length > 0) {
      const { signal } = this.#reading;
      this.#requests += 1;
      void this.#readBatch(this.#takeBatch(), this.#view!, signal)
        .catch((error: unknown) => {
          if (!signal.aborted) this.#onError(error);
        })
        .then(() => {
          if (signal.aborted) return;
          this.#requests -= 1;
          this.#continue();
        });
    }
  }

  /** Takes a card that needs its own request, or some that share one. */
  #takeBatch(): Card[] {
    const [first] = this.#waiting;
    const batch: Card[] = [];
    let length = 0;
    for (const card of first!.content.statistic === undefined ? this.#waiting : [first!]) {
      if (card.content.statistic !== undefined) continue;
      length += encodeURIComponent(card.content.key).length;
      if (batch.length === MAX_KEYS || (batch.length > 0 && length > MAX_LENGTH)) break;
      batch.push(card);
    }
    if (batch.length === 0) batch.push(first!);
    for (const card of batch) this.#read.add(card);
    this.#waiting = this.#waiting.filter((card) => !batch.includes(card));
    return batch;
  }

  async #readBatch(cards: readonly Card[], view: View, signal: AbortSignal): Promise<void> {
    const [{ content }] = cards as [Card];
    if (content.statistic !== undefined) {
      const data = await readGroups(content, view, signal);
      if (!signal.aborted) cards[0]!.show(data, view);
      return;
    }
    const keys = cards.map((card) => card.content.key);
    const { charts } = await readCharts(toChartsQuery(view, keys, Date.now() / 1000), signal);
    if (signal.aborted) return;
    charts.forEach((chart, index) => cards[index]!.show(toData(chart, view), view));
  }
}

function toData({ kind, unit, lines }: ChartsResponse['charts'][number], view: View): CardData {
  const statistic = statisticsFor(kind, false)[0]!;
  return {
    lines: linesOfStatistics(lines, view.range),
    unit: unitOf(statistic, unit),
    statistic: statistic === PERCENTILES ? 'percentiles' : statistic,
    addsUp: addsUp(statistic, kind),
    isGauge: kind === 'gauge',
    groupBy: '',
  };
}

async function readGroups(
  { key, statistic = '', groupBy = [] }: Card['content'],
  view: View,
  signal: AbortSignal,
): Promise<CardData> {
  const { tags } = await readSeries(key, signal);
  const tag = groupBy.find((name) => tags.some((each) => each.tag === name)) ?? '';
  const query = toRangeQuery({ ...view, key, groupBy: tag }, statistic, Date.now() / 1000);
  query.set('points', String(POINTS));
  const { kind, unit, groups } = await readRange(query, signal);
  return {
    lines: linesOfGroups(groups, view.range),
    unit: unitOf(statistic, unit),
    statistic,
    addsUp: addsUp(statistic, kind),
    isGauge: kind === 'gauge',
    groupBy: tag,
  };
}
