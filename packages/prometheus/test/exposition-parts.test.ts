// The series that a scrape shows while series come and go, and when it yields to other work.
import { PrometheusBackend, type PrometheusOptions } from '../src/index.js';

let step = 0;
let time = 0;
beforeEach(() => {
  [step, time] = [0, 1000];
  jest.spyOn(performance, 'now').mockImplementation(() => {
    time += step;
    return time;
  });
});
afterEach(() => jest.restoreAllMocks());

function setUp(options: PrometheusOptions = {}) {
  const backend = new PrometheusBackend(options);
  const open = (id: number, kind: string, name: string, tag = ''): void =>
    backend.open(id, { kind, key: name, name, tags: [['tag', tag]] } as never);
  /** Reads a scrape, and does something after each part. */
  const scrape = async (afterPart = (): void => {}, accept = ''): Promise<string[]> => {
    const parts: string[] = [];
    for await (const part of backend.scrape(accept).body) {
      parts.push(part);
      afterPart();
    }
    return parts;
  };
  const count = (first: number, last: number): void => {
    for (let id = first; id <= last; id += 1) {
      open(id, 'counter', 'jobs', `${id}`);
      backend.incr(id, id);
    }
  };
  return { backend, open, scrape, count };
}

const linesOf = (part: string): number[] =>
  part.split('\n').flatMap((line) => (line.startsWith('jobs_total{') ? [Number(line.split(' ')[1])] : []));
const between = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

test('a scrape that takes no time is one part, with one header of each family', async () => {
  const { scrape, count } = setUp();
  count(1, 500);
  const parts = await scrape();
  expect(parts.map(linesOf)).toEqual([between(1, 500)]);
  expect(parts[0]!.match(/^#.*$/gm)).toEqual(['# HELP jobs_total jobs', '# TYPE jobs_total counter']);
});

test('a scrape yields after a millisecond, at every sixteenth series, and then begins another millisecond', async () => {
  const { scrape, count } = setUp();
  count(1, 100);
  // Half a millisecond for sixteen series.
  step = 0.5;
  const parts = await scrape();
  expect(parts.map(linesOf)).toEqual([between(1, 32), between(33, 64), between(65, 96), between(97, 100)]);
  step = 10;
  expect((await scrape()).map((part) => linesOf(part).length)).toEqual([16, 16, 16, 16, 16, 16, 4]);
});

test('series that end during a scrape are not in its later parts', async () => {
  const { backend, scrape, count } = setUp();
  count(1, 40);
  step = 10;
  const parts = await scrape(() => {
    for (const id of [3, 20, 21]) backend.release(id, true);
  });
  expect(parts.map(linesOf)).toEqual([
    between(1, 16),
    between(17, 34).filter((id) => id !== 20 && id !== 21),
    between(35, 40),
  ]);
});

test('the place of a series that ended during a scrape shows nothing of the series that has it now', async () => {
  const { backend, open, scrape, count } = setUp();
  count(1, 20);
  step = 10;
  let isFirst = true;
  const parts = await scrape(() => {
    if (!isFirst) return;
    isFirst = false;
    backend.release(18, true);
    open(18, 'gauge', 'pool', 'new');
    backend.gauge(18, 7);
  });
  expect(parts.join('').match(/pool/)).toBeNull();
  expect(parts.map(linesOf)).toEqual([between(1, 16), [17, 19, 20]]);
});

test('a family that ends and begins again during a scrape is not in its later parts', async () => {
  const { backend, open, scrape, count } = setUp();
  count(1, 16);
  open(100, 'gauge', 'pool', 'a');
  backend.gauge(100, 1);
  step = 10;
  const parts = await scrape(() => {
    backend.release(100, true);
    open(100, 'gauge', 'pool', 'b');
    backend.gauge(100, 2);
  });
  expect(parts.join('')).not.toMatch(/pool/);
  expect((await scrape()).join('')).toMatch(/^pool\{tag="b"\} 2$/m);
});

test('a family has its header before the first series that has a value', async () => {
  const { backend, open, scrape } = setUp();
  open(0, 'gauge', 'pool', 'a');
  open(1, 'gauge', 'queue');
  open(2, 'gauge', 'pool', 'b');
  open(3, 'gauge', 'pool', 'c');
  backend.gauge(2, 1);
  backend.gauge(3, 2);
  expect((await scrape()).join('')).toBe('# HELP pool pool\n# TYPE pool gauge\npool{tag="b"} 1\npool{tag="c"} 2\n');
});

test('any value is written as a number that is read as the same value', async () => {
  // https://prometheus.io/docs/instrumenting/exposition_formats/#comments-help-text-and-type-information
  const { backend, scrape } = setUp();
  const values = [0, -7, 0.1, 1e-7, 1e20, 1e21, 5e-324, -Number.MAX_VALUE, 2 ** 53];
  for (const [id, value] of values.entries()) {
    backend.open(id, { kind: 'gauge', key: `g${id}`, name: `g${id}`, tags: [] } as never);
    backend.gauge(id, value);
  }
  const written = (await scrape()).join('').match(/(?<=^g\d ).*$/gm);
  expect(written).toEqual([
    '0',
    '-7',
    '0.1',
    '1e-7',
    '100000000000000000000',
    '1e+21',
    '5e-324',
    '-1.7976931348623157e+308',
    '9007199254740992',
  ]);
  expect(written!.map(Number)).toEqual(values);
});

test('OpenMetrics has a unit only if the name ends with it, and bounds as floating point numbers', async () => {
  // https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md#unit
  const { backend, scrape } = setUp({ format: 'auto', buckets: { sizes: [-2, 0, 0.5, 1e20, 1e21, 1e22] } });
  const all = [
    { kind: 'gauge', name: 'bytes', unit: 'byte' },
    { kind: 'gauge', name: 'is.undefined' },
    { kind: 'gauge', name: 'sent', unit: 'byte' },
    { kind: 'distribution', name: 'sizes' },
  ];
  for (const [id, series] of all.entries()) backend.open(id, { ...series, key: series.name, tags: [] } as never);
  for (const id of [0, 1, 2]) backend.gauge(id, 1);
  backend.distribution(3, 0);
  const text = (await scrape(undefined, 'application/openmetrics-text')).join('');
  expect(text.match(/^# UNIT.*$/gm)).toEqual(['# UNIT sent_bytes bytes']);
  expect(text.match(/(?<=le=")[^"]*/g)).toEqual([
    '-2.0',
    '0.0',
    '0.5',
    '100000000000000000000.0',
    '1e+21',
    '1e+22',
    '+Inf',
  ]);
});
