import {
  BackendReporter,
  BucketRows,
  type HistogramRows,
  SampleAccounting,
  type TotalKind,
} from '@metrics/aggregation';
import { Interner } from '@metrics/core/backend';
import { seriesOf } from 'test-kit/series-of';
import { attributesOf, defineFamily } from '../src/metric-names.js';
import { MetricReader, type Part } from '../src/metric-reader.js';

export const [DELTA, CUMULATIVE] = [0, 1] as const;

export interface ReaderSetUp {
  readonly isPulled?: boolean;
  readonly maxReleased?: number;
  readonly rows?: HistogramRows;
}

/** A reader without a backend, with what it counts in. Histograms are of timings, which are recorded in milliseconds. */
export function setUpReader({
  isPulled = false,
  maxReleased = 100,
  rows = new BucketRows([1000, 10_000]),
}: ReaderSetUp = {}) {
  const labels = new Interner();
  const reporter = new BackendReporter();
  const accounting = new SampleAccounting(reporter);
  const reader = new MetricReader({ labels, accounting, reporter, maxReleased, setWindow: 60_000 }, isPulled);
  const { totals } = reader;
  const open = (id: number, kind: TotalKind, name: string, tags: Readonly<Record<string, string>> = {}): void => {
    const series = seriesOf(kind === 'histogram' ? 'timing' : 'gauge', name, { tags });
    const attributes = attributesOf(series).map((text) => labels.acquire(text));
    totals.open(id, defineFamily(series, kind, () => rows)!, attributes);
  };
  const record = (kind: TotalKind, id: number, value: number): void => {
    if (kind === 'set') reader.count(totals.set(id, `${value}`));
    else if (kind === 'gauge') reader.count(totals.gauge(id, value));
    else reader.count(kind === 'histogram' ? totals.value(id, value) : totals.incr(id, value));
  };
  const parts = (temporality: number, maxPoints = 1000): Generator<Part, void> =>
    reader.parts(() => temporality, maxPoints);
  /** The points of an export that arrives. */
  const exportAll = (temporality: number): ReturnType<typeof pointsOf> => {
    const all = [...parts(temporality)];
    for (const part of all) reader.confirm(part);
    return all.flatMap(pointsOf);
  };
  return { reader, totals, open, record, parts, exportAll, stats: () => accounting.stats(reader.buffered) };
}

/** The points of a part with the names of their metrics. */
export function pointsOf({ metrics }: Part) {
  return metrics.flatMap(({ descriptor: { name }, dataPoints }) => dataPoints.map((point) => ({ name, ...point })));
}
