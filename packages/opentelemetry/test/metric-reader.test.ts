// The points that an export reads: https://opentelemetry.io/docs/specs/otel/metrics/data-model
import { ExponentialRows } from '../src/exponential-rows.js';
import { CUMULATIVE, DELTA, pointsOf, setUpReader } from './reader-set-up.js';

const START = 1_700_000_000_000;
const KINDS = ['counter', 'up-down', 'gauge', 'set', 'histogram'] as const;

beforeEach(() => jest.useFakeTimers({ now: START }));
afterEach(() => jest.useRealTimers());

test.each([CUMULATIVE, DELTA])('a part is what an exporter of the SDK takes; temporality %i', (temporality) => {
  const { open, record, parts } = setUpReader();
  for (const [id, kind] of KINDS.entries()) {
    open(id, kind, kind, { b: '1', a: '2' });
    record(kind, id, 3000);
    record(kind, id, 20_000);
  }
  jest.advanceTimersByTime(1500);
  const [part] = [...parts(temporality)];
  const point = {
    startTime: [1_700_000_000, 0],
    endTime: [1_700_000_001, 500_000_000],
    attributes: { a: '2', b: '1' },
  };
  const descriptor = (name: string, type: string, unit = '') => ({
    name,
    type,
    unit,
    description: '',
    valueType: 1,
    advice: {},
  });
  const buckets = { boundaries: [1, 10], counts: [0, 1, 1] };
  const aggregationTemporality = temporality;
  expect(part!.metrics).toEqual([
    {
      descriptor: descriptor('counter', 'COUNTER'),
      aggregationTemporality,
      dataPointType: 3,
      isMonotonic: true,
      dataPoints: [{ ...point, value: 23_000 }],
    },
    {
      descriptor: descriptor('up-down', 'UP_DOWN_COUNTER'),
      aggregationTemporality,
      dataPointType: 3,
      isMonotonic: false,
      dataPoints: [{ ...point, value: 23_000 }],
    },
    {
      descriptor: descriptor('gauge', 'GAUGE'),
      aggregationTemporality,
      dataPointType: 2,
      dataPoints: [{ ...point, value: 20_000 }],
    },
    {
      descriptor: descriptor('set', 'GAUGE'),
      aggregationTemporality,
      dataPointType: 2,
      dataPoints: [{ ...point, value: 2 }],
    },
    {
      descriptor: descriptor('histogram', 'HISTOGRAM', 's'),
      aggregationTemporality,
      dataPointType: 0,
      dataPoints: [{ ...point, value: { sum: 23, count: 2, buckets } }],
    },
  ]);
});

test('the temporality of each kind is what the exporter chooses for its instrument', () => {
  const { open, record, reader } = setUpReader();
  for (const [id, kind] of KINDS.entries()) {
    open(id, kind, kind);
    record(kind, id, 1);
  }
  const asked: string[] = [];
  const [part] = [
    ...reader.parts((instrument) => (asked.push(instrument), instrument === 'COUNTER' ? DELTA : CUMULATIVE), 9),
  ];
  expect(asked).toEqual(['COUNTER', 'UP_DOWN_COUNTER', 'GAUGE', 'GAUGE', 'HISTOGRAM']);
  expect(part!.metrics.map(({ aggregationTemporality }) => aggregationTemporality)).toEqual([0, 1, 1, 1, 1]);
});

test('later exports have totals, or what is new since the last that arrived; a gauge keeps its value', () => {
  const histogram = (sum: number, counts: number[]) => ({
    sum,
    count: counts.reduce((all, count) => all + count, 0),
    buckets: { boundaries: [1, 10], counts },
  });
  for (const temporality of [CUMULATIVE, DELTA]) {
    const isDelta = temporality === DELTA;
    const { open, record, exportAll } = setUpReader();
    const values = () => Object.fromEntries(exportAll(temporality).map(({ name, value }) => [name, value]));
    for (const [id, kind] of KINDS.entries()) open(id, kind, kind);
    const recordAll = (value: number): void => KINDS.forEach((kind, id) => record(kind, id, value));
    recordAll(2000);
    const first = { counter: 2000, 'up-down': 2000, gauge: 2000, set: 1, histogram: histogram(2, [0, 1, 0]) };
    expect(values()).toEqual(first);
    // The members of a set are those of its window, whatever was exported.
    expect(values()).toEqual(isDelta ? { set: 1 } : first);
    recordAll(500);
    expect(values()).toEqual(
      isDelta
        ? { counter: 500, 'up-down': 500, gauge: 500, set: 2, histogram: histogram(0.5, [1, 0, 0]) }
        : { counter: 2500, 'up-down': 2500, gauge: 500, set: 2, histogram: histogram(2.5, [1, 1, 0]) },
    );
  }
});

test('exponential histograms have their scale and buckets, as totals or as what is new', () => {
  for (const temporality of [CUMULATIVE, DELTA]) {
    const { open, record, exportAll } = setUpReader({ rows: new ExponentialRows(4, 1000) });
    open(0, 'histogram', 'query');
    for (const value of [0, 1000, 2000, 16_000, -1000]) record('histogram', 0, value);
    const first = {
      sum: 18,
      count: 5,
      scale: -1,
      zeroCount: 1,
      positive: { offset: -1, bucketCounts: [1, 1, 1] },
      negative: { offset: -1, bucketCounts: [1] },
    };
    expect(exportAll(temporality)).toMatchObject([{ value: first }]);
    record('histogram', 0, 16_000);
    const [second] = exportAll(temporality);
    expect(second!.value).toEqual(
      temporality === DELTA
        ? {
            sum: 16,
            count: 1,
            scale: 20,
            zeroCount: 0,
            positive: { offset: 4 * 2 ** 20 - 1, bucketCounts: [1] },
            negative: { offset: 0, bucketCounts: [] },
          }
        : { ...first, sum: 34, count: 6, positive: { offset: -1, bucketCounts: [1, 1, 2] } },
    );
  }
});

test('under delta a window begins at the end of the last one that arrived, totals begin with their series', () => {
  for (const temporality of [CUMULATIVE, DELTA]) {
    jest.setSystemTime(START);
    const { open, record, parts, reader } = setUpReader();
    open(0, 'counter', 'jobs');
    const windows = [true, false, true].flatMap((arrives) => {
      record('counter', 0, 1);
      jest.advanceTimersByTime(1000);
      return [...parts(temporality)].map((part) => {
        if (arrives) reader.confirm(part);
        else reader.restore(part);
        const { startTime, endTime, value } = pointsOf(part)[0]!;
        return [startTime[0] - START / 1000, endTime[0] - START / 1000, value];
      });
    });
    expect(windows).toEqual(
      temporality === DELTA
        ? [
            [0, 1, 1],
            [1, 2, 1],
            [1, 3, 2],
          ]
        : [
            [0, 1, 1],
            [0, 2, 2],
            [0, 3, 3],
          ],
    );
  }
});

test('series that began at different times have their starts, and none ends before it began', () => {
  const { open, record, parts } = setUpReader();
  for (let id = 0; id < 4; id += 1) {
    open(id, 'counter', `jobs${id % 2}`, { id: `${id}` });
    record('counter', id, 1);
    if (id > 0) jest.advanceTimersByTime(1000);
  }
  // The clock is set back.
  jest.setSystemTime(START + 500);
  const seconds = [...parts(CUMULATIVE)].flatMap(pointsOf).map(({ startTime, endTime }) => [startTime, endTime]);
  const at = (time: number): number[] => [1_700_000_000 + Math.floor(time), (time % 1) * 1e9];
  expect(seconds).toEqual([
    [at(0), at(0.5)],
    [at(1), at(1)],
    [at(0), at(0.5)],
    [at(2), at(2)],
  ]);
});

test('series that began together share their start, also at the begin of the epoch', () => {
  jest.setSystemTime(0);
  const { open, record, exportAll } = setUpReader();
  for (const id of [0, 1]) {
    open(id, 'counter', 'jobs', { id: `${id}` });
    record('counter', id, 1);
  }
  const [first, second] = exportAll(CUMULATIVE);
  expect(first!.startTime).toEqual([0, 0]);
  expect(second!.startTime).toBe(first!.startTime);
});

test('a part has no more points than asked for, and describes its metrics again', () => {
  const { open, record, parts } = setUpReader();
  for (let id = 0; id < 6; id += 1) {
    open(id, 'counter', id < 4 ? 'jobs' : 'others', { id: `${id}` });
    record('counter', id, id);
  }
  const sizes = (maxPoints: number) =>
    [...parts(CUMULATIVE, maxPoints)].map(({ metrics, readings }) => {
      expect(metrics.flatMap(({ dataPoints }) => dataPoints)).toHaveLength(readings.length);
      return metrics.map(({ descriptor: { name }, dataPoints }) => `${name} ${dataPoints.length}`).join();
    });
  expect(sizes(3)).toEqual(['jobs 3', 'jobs 1,others 2']);
  expect(sizes(2)).toEqual(['jobs 2', 'jobs 2', 'others 2']);
  expect(sizes(6)).toEqual(['jobs 4,others 2']);
  expect(sizes(Number.POSITIVE_INFINITY)).toEqual(['jobs 4,others 2']);
});

test('nothing to export is no part, and a gauge without a value is not there', () => {
  const { open, parts, record, totals } = setUpReader();
  expect([...parts(CUMULATIVE)]).toEqual([]);
  open(0, 'gauge', 'pool', { of: 'a' });
  expect([...parts(CUMULATIVE)]).toEqual([]);
  open(1, 'gauge', 'pool', { of: 'b' });
  record('gauge', 1, 7);
  expect([...parts(CUMULATIVE)].flatMap(pointsOf)).toMatchObject([{ attributes: { of: 'b' }, value: 7 }]);
  totals.release(0, true);
  expect(totals.size).toBe(1);
});

test('attributes of any name are there, those of an object included', () => {
  const { open, record, exportAll } = setUpReader();
  open(0, 'counter', 'jobs', JSON.parse('{ "__proto__": "a", "constructor": "b", "": "c" }'));
  record('counter', 0, 1);
  const { attributes } = exportAll(CUMULATIVE)[0]!;
  expect(new Map(Object.entries(attributes))).toEqual(
    new Map([
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['', 'c'],
    ]),
  );
  expect(Object.getPrototypeOf(attributes)).toBe(Object.prototype);
  expect({ ...attributes }).toEqual(attributes);
});
