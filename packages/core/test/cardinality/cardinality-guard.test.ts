import fc from 'fast-check';
import {
  CardinalityError,
  type CardinalityOptions,
  createMetrics,
  type Metrics,
  MetricsError,
  type Problem,
} from '../../src/index.js';
import { JournalBackend } from '../journal-backend.js';

let backend: JournalBackend;
let problems: Problem[];

function guarded(
  cardinality: CardinalityOptions = {},
  rest: { strict?: boolean; tags?: Record<string, string> } = {},
): Metrics {
  backend = new JournalBackend();
  problems = [];
  return createMetrics({ backend, onError: (problem) => problems.push(problem), cardinality, ...rest });
}

const codes = (): string[] => problems.map(({ code }) => code);
// A computed key, which the type check allows.
const tagged = (tag: string, value: string | number): Record<string, string | number> => ({ [tag]: value });

afterEach(() => {
  delete process.env['METRICS_CARDINALITY_MODE'];
  jest.useRealTimers();
});

describe('a tag with one value per operation', () => {
  it.each(['request_id', 'requestId', 'request-id', 'REQUEST_ID', 'event_id', 'uuid', 'email', 'ip', 'url'])(
    '%s is dropped and reported once, and totals stay right',
    (tag) => {
      const metrics = guarded();
      for (let i = 0; i < 100; i += 1) metrics.incr('x', 2, { tags: { ...tagged(tag, `v${i}`), status: 200 } });
      expect(new Set(backend.lines)).toEqual(new Set(['counter x{status=200} 2']));
      expect(backend.lines).toHaveLength(100);
      expect(problems).toMatchObject([{ code: 'high_cardinality_tag', metric: 'x', tag, value: '"v0"' }]);
    },
  );

  it('is dropped in any place', () => {
    const metrics = guarded({}, { tags: { trace_id: 'r' } });
    metrics.child({ tags: tagged('span_id', 'c') }).incr('x');
    metrics.withTags(tagged('session_id', 's'), () => metrics.incr('x'));
    expect(new Set(backend.lines)).toEqual(new Set(['counter x 1']));
    expect(problems.map(({ tag }) => `${tag}`).toSorted()).toEqual(['session_id', 'span_id', 'trace_id']);
  });

  it('may be allowed for a metric or for all, and more keys may be named', () => {
    const metrics = guarded({ allow: { beta: ['request_id'], '*': ['span_id'] }, never: ['*_hash', 'order'] });
    metrics.incr('beta', { tags: tagged('request_id', 1) });
    metrics.incr('x', { tags: tagged('request_id', 1) });
    metrics.incr('x', { tags: { span_id: 1, commit_hash: 'a', order: 2 } as never });
    expect(backend.lines).toEqual(['counter beta{request_id=1} 1', 'counter x 1', 'counter x{span_id=1} 1']);
  });

  it('is never the instance, whatever the patterns match', () => {
    const metrics = guarded({ never: ['*'] });
    metrics.incr('x', { instance: 'worker', tags: { a: 1 } });
    expect(backend.lines).toEqual(['counter x#worker 1']);
  });
});

describe('a tag that is an identifier', () => {
  it('keeps twenty values, and the others become one', () => {
    const metrics = guarded();
    for (let i = 0; i < 50; i += 1) metrics.incr('x', { tags: { ...tagged('org_id', i), ok: true } });
    metrics.incr('x', { tags: { ...tagged('org_id', 3), ok: true } });
    expect(backend.opened).toHaveLength(21);
    expect(backend.lines.filter((line) => line === 'counter x{ok=true,org_id=__other__} 1')).toHaveLength(30);
    expect(backend.lines.at(-1)).toBe('counter x{ok=true,org_id=3} 1');
    expect(problems).toMatchObject([
      { code: 'identifier_tag', metric: 'x', tag: 'org_id' },
      { code: 'too_many_values', metric: 'x', tag: 'org_id' },
    ]);
  });
});

describe('values', () => {
  it('are reported at the warning, and become one beyond the limit; other tags stay exact', () => {
    const metrics = guarded({ warnAt: 5, maxValuesPerTag: 10 });
    for (let i = 0; i < 40; i += 1) metrics.incr('x', { tags: { route: `r${i}`, status: i % 2 } });
    expect(backend.lines.filter((line) => line.includes('route=__other__'))).toHaveLength(30);
    for (const status of [0, 1])
      expect(backend.lines.filter((line) => line.includes(`status=${status}}`))).toHaveLength(20);
    expect(problems).toMatchObject([
      { code: 'many_values', metric: 'x', tag: 'route', value: '"r0, r1, r2, r3, r4"' },
      { code: 'too_many_values', metric: 'x', tag: 'route', value: '"r10"' },
    ]);
  });

  it('are 500 by default, for a tag that is not an identifier', () => {
    const metrics = guarded();
    for (let i = 0; i < 510; i += 1) metrics.incr('x', { tags: { route: `r${i}` } });
    expect(backend.opened).toHaveLength(501);
  });

  it('are shown in a warning by at most five', () => {
    const metrics = guarded({ warnAt: 8 });
    for (let i = 0; i < 8; i += 1) metrics.incr('x', { tags: { route: `r${i}` } });
    expect(problems).toMatchObject([{ code: 'many_values', value: '"r0, r1, r2, r3, r7"' }]);
  });

  it('that an application merges itself are within every limit', () => {
    const metrics = guarded({ maxValuesPerTag: 0 });
    metrics.gauge('g', 1, { tags: { shard: '__other__' } });
    expect(backend.lines).toEqual(['gauge g{shard=__other__} 1']);
    expect(problems).toEqual([]);
  });

  it('have limits by metric and tag', () => {
    const metrics = guarded({ maxValuesPerTag: { x: { route: 2 }, y: 3, '*': 4 } });
    for (const key of ['x', 'y', 'z']) for (let i = 0; i < 9; i += 1) metrics.incr(key, { tags: { route: i } });
    expect(metrics.cardinality().metrics.map(({ metric, series }) => [metric, series])).toEqual([
      ['z', 5],
      ['y', 4],
      ['x', 3],
    ]);
  });

  it('come from an instance as from a tag', () => {
    const metrics = guarded({ maxValuesPerTag: 2 });
    for (const instance of ['a', 'b', 'c', 'd']) metrics.incr('x', { instance });
    expect(backend.lines).toEqual(['counter x#a 1', 'counter x#b 1', 'counter x#__other__ 1', 'counter x#__other__ 1']);
    expect(problems).toMatchObject([{ code: 'too_many_values', metric: 'x', tag: 'instance' }]);
  });

  it('that are known stay known in other forms and orders while others overflow', () => {
    const metrics = guarded({ maxValuesPerTag: 2 });
    metrics.incr('x', { tags: { a: 1, b: 1 } });
    metrics.incr('x', { tags: { a: 2, b: 1 } });
    metrics.incr('x', { tags: { a: 3, b: 1 } });
    metrics.incr('x', { tags: { a: 4, b: 1 } });
    metrics.incr('x', { tags: { a: '2', b: 1 } });
    metrics.incr('x', { tags: { b: 1, a: 1 } });
    metrics.incr('x', { tags: { a: 'p'.repeat(1000), b: 1 } });
    metrics.incr('x', { tags: { a: undefined, b: 1 } });
    metrics.incr('x', { tags: { a: {} as never, b: 1 } });
    expect(backend.lines.map((line) => /a=(\w+)/.exec(line)?.[1])).toEqual([
      '1',
      '2',
      '__other__',
      '__other__',
      '2',
      '1',
      '__other__',
      undefined,
    ]);
    expect(metrics.stats().dropped).toEqual({ invalid_tag_value: 1 });
  });

  it.each([
    ['UUIDs', (i: number) => `123e4567-e89b-12d3-a456-42661417400${i}`],
    ['ULIDs', (i: number) => `01ARZ3NDEKTSV4RRFFQ69G5FA${i}`],
    ['long hexadecimal', (i: number) => `deadbeefdeadbeef${i}`],
    ['e-mail addresses', (i: number) => `ann${i}@example.org`],
    ['IPv4 addresses', (i: number) => `10.0.0.${i}`],
    ['IPv6 addresses', (i: number) => `2001:db8::1:${i}`],
    ['milliseconds', (i: number) => 1_700_000_000_000 + i],
  ])('that look like %s are suspected at the third', (_name, value) => {
    const metrics = guarded();
    for (let i = 0; i < 2; i += 1) metrics.incr('x', { tags: { thing: value(i) } });
    expect(problems).toEqual([]);
    for (let i = 2; i < 5; i += 1) metrics.incr('x', { tags: { thing: value(i) } });
    expect(problems).toMatchObject([{ code: 'suspicious_values', metric: 'x', tag: 'thing' }]);
    expect(backend.opened).toHaveLength(5);
  });

  it('that are ordinary are not suspected', () => {
    const metrics = guarded();
    for (const thing of [
      'GET',
      'POST',
      '/users/:id',
      'a:b',
      '10.2.3',
      '200',
      'v1.2.3-beta',
      'send_email',
      'eu-central-1',
      '2024-01-01',
    ])
      metrics.incr('x', { tags: { thing } });
    expect(problems).toEqual([]);
  });
});

describe('a gauge', () => {
  it('beyond a limit is dropped and counted: its value would overwrite those of others', () => {
    const metrics = guarded({ maxValuesPerTag: 2 });
    for (let i = 0; i < 5; i += 1) metrics.gauge('g', i, { tags: { shard: i } });
    expect(backend.lines).toEqual(['gauge g{shard=0} 0', 'gauge g{shard=1} 1']);
    expect(metrics.stats().dropped).toEqual({ gauge_would_merge: 3 });
    expect(codes()).toEqual(['too_many_values', 'gauge_would_merge']);
  });

  it('counts the samples of its handles beyond a limit, and no sample when a handle is made', () => {
    const metrics = guarded({ maxValuesPerTag: 0 });
    const handle = metrics.defineGauge('g', { tags: ['shard'] }).with({ shard: 1 });
    metrics.defineGauge('h', { tags: ['shard'] }).with({ shard: 1 });
    expect(metrics.stats().dropped).toEqual({});
    for (let i = 0; i < 3; i += 1) handle.set(i);
    expect([backend.lines, metrics.stats().dropped]).toEqual([[], { gauge_would_merge: 3 }]);
  });

  it('beyond a bound of series is dropped, and those that are open are not', () => {
    const metrics = guarded({ maxSeriesPerMetric: 3 });
    for (const shard of [0, 1, '0', '1']) metrics.gauge('g', 5, { tags: { shard } });
    expect(backend.lines).toEqual(['gauge g{shard=0} 5', 'gauge g{shard=0} 5']);
    expect(metrics.stats().dropped).toEqual({ gauge_would_merge: 2 });
  });
});

describe('declared values', () => {
  it('are all there are, also below the limit', () => {
    const metrics = guarded();
    metrics.defineCounter('x', { tags: { result: ['success', 'failure'] } }).incr({ result: 'oops' as never });
    expect(backend.lines).toEqual(['counter x{result=__other__} 1']);
  });

  it('never count for the limit, and others become one', () => {
    const metrics = guarded({ maxValuesPerTag: 1 });
    const counter = metrics.defineCounter('x', { tags: { result: ['success', 'failure', 1], org_id: ['a', 'b'] } });
    counter.incr({ result: 'success', org_id: 'a' });
    counter.incr({ result: 'failure', org_id: 'b' });
    counter.incr({ result: 1 });
    counter.incr({ result: 'oops' as never });
    metrics.incr('x', { tags: { result: 'oops again' } });
    expect(backend.lines).toEqual([
      'counter x{org_id=a,result=success} 1',
      'counter x{org_id=b,result=failure} 1',
      'counter x{result=1} 1',
      'counter x{result=__other__} 1',
      'counter x{result=__other__} 1',
    ]);
    expect(problems).toMatchObject([{ code: 'undeclared_value', metric: 'x', tag: 'result', value: '"oops"' }]);
    expect(metrics.cardinality().metrics[0]).toMatchObject({ series: 4, worstCase: 5 * 4 });
  });
});

describe('bounds of series', () => {
  it('of a metric: the tag with most values is collapsed first', () => {
    const metrics = guarded({ maxSeriesPerMetric: 12 });
    for (let i = 0; i < 100; i += 1) metrics.incr('x', { tags: { many: i, few: i % 2 } });
    expect(metrics.stats().series).toBeLessThanOrEqual(12);
    expect(backend.lines).toHaveLength(100);
    expect(backend.lines.at(-1)).toBe('counter x{few=__other__,many=__other__} 1');
    expect(codes()).toContain('too_many_series');
  });

  it('of a metric: a sample joins the series in which only the tag with most values is collapsed', () => {
    const metrics = guarded({ maxSeriesPerMetric: 6 });
    metrics.incr('x', { tags: { few: 1, many: '__other__' } });
    for (const many of [0, 1, 2]) metrics.incr('x', { tags: { few: 0, many } });
    metrics.incr('x', { tags: { few: 1, many: 1 } });
    expect(backend.lines.at(-1)).toBe('counter x{few=1,many=__other__} 1');
    metrics.incr('x', { tags: { few: '0', many: '2' } });
    expect(backend.lines.at(-1)).toBe('counter x{few=0,many=2} 1');
    expect(backend.opened).toHaveLength(4);
  });

  it('of the process leave two series to each metric: all else is exact', () => {
    const metrics = guarded({ maxSeries: 40, maxMetrics: 10 });
    for (let i = 0; i < 30; i += 1) metrics.incr('x', { tags: { v: i } });
    expect(backend.lines.filter((line) => line === 'counter x{v=__other__} 1')).toHaveLength(10);
    expect(backend.opened).toHaveLength(21);
  });

  it('of the process hold over all metrics, and each metric keeps a last resort', () => {
    const metrics = guarded({ maxSeries: 40, maxMetrics: 10 });
    for (let i = 0; i < 400; i += 1) metrics.incr(`m${i % 10}`, { tags: { v: i, w: i % 3 } });
    expect(metrics.stats().series).toBeLessThanOrEqual(40);
    expect(backend.lines).toHaveLength(400);
  });

  it('of tag keys: more than 64 are dropped', () => {
    const metrics = guarded();
    for (let i = 0; i < 80; i += 1) metrics.incr('x', { tags: { [`key${i}`]: 1 } });
    expect(metrics.stats().series).toBe(65);
    expect(problems[0]).toMatchObject({ code: 'too_many_tag_keys', metric: 'x', tag: 'key64' });
    expect(new Set(codes())).toEqual(new Set(['too_many_tag_keys']));
    expect(metrics.cardinality().metrics[0]?.tags).toHaveLength(64);
  });

  it('of tag keys: all are kept in mode report', () => {
    const metrics = guarded({ mode: 'report' });
    for (let i = 0; i < 70; i += 1) metrics.incr('x', { tags: { [`key${i}`]: 1 } });
    expect(backend.lines.at(-1)).toBe('counter x{key69=1} 1');
    expect(metrics.stats()).toEqual(expect.objectContaining({ series: 70, dropped: {} }));
  });

  it('hold for values that look like the overflow', () => {
    const metrics = guarded({ maxSeriesPerMetric: 10 });
    for (let i = 0; i < 200; i += 1) metrics.incr('x', { tags: { [`key${i}`]: '__other__', n: i } });
    metrics.incr('x', { tags: tagged('request_id', '__other__') });
    expect(metrics.stats()).toEqual(expect.objectContaining({ dropped: {} }));
    expect(metrics.stats().series).toBeLessThanOrEqual(10);
    expect(backend.lines).toHaveLength(201);
    expect(backend.lines.join()).not.toContain('request_id');
  });

  it('that are invalid are errors at register', () => {
    for (const name of ['maxSeriesPerMetric', 'maxSeries', 'maxMetrics', 'idleAfter'])
      expect(() => guarded({ [name]: Number.NaN })).toThrow(
        new RangeError(`cardinality.${name} must be a number from 0 to Infinity, not NaN.`),
      );
  });

  it('of metrics: no more than a quarter of all series', () => {
    const metrics = guarded({ maxSeries: 8 });
    for (const key of ['a', 'b', 'c']) metrics.incr(key);
    expect(backend.lines).toEqual(['counter a 1', 'counter b 1']);
  });

  it('of metrics: samples of new ones are dropped and counted', () => {
    const metrics = guarded({ maxMetrics: 3 });
    for (let i = 0; i < 10; i += 1) metrics.incr(`m${i}`);
    metrics.incr('m1');
    expect(backend.lines).toHaveLength(4);
    expect(metrics.stats().dropped).toEqual({ too_many_metrics: 7 });
    expect(codes()).toEqual(['too_many_metrics']);
  });
});

describe('modes', () => {
  const attack = (metrics: Metrics): void => {
    for (let i = 0; i < 300; i += 1) {
      metrics.incr('x', { tags: { ...tagged('request_id', i), route: i, status: i % 3 } });
      metrics.gauge('g', i, { tags: { route: i } });
      metrics.incr(`m${i}`);
    }
  };
  const limits = { maxValuesPerTag: 5, maxSeriesPerMetric: 20, maxMetrics: 50, maxSeries: 400 };

  it('report changes nothing and reports the same', () => {
    const off = guarded({ ...limits, mode: 'off' });
    attack(off);
    const unguarded = backend.lines;
    expect(problems).toEqual([]);
    const reporting = guarded({ ...limits, mode: 'report' });
    attack(reporting);
    expect(backend.lines).toEqual(unguarded);
    expect(new Set(codes())).toEqual(
      new Set(['high_cardinality_tag', 'too_many_values', 'gauge_would_merge', 'too_many_series', 'too_many_metrics']),
    );
  });

  it('strict throws with the metric, the tag, the value and the message', () => {
    const metrics = guarded({ mode: 'strict' });
    let thrown: unknown;
    try {
      metrics.incr('x', { tags: tagged('request_id', 'abc') });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(CardinalityError);
    expect(thrown).toBeInstanceOf(MetricsError);
    expect(thrown).toMatchObject({
      name: 'CardinalityError',
      metric: 'x',
      tag: 'request_id',
      value: '"abc"',
      message: expect.stringContaining('allow'),
    });
    for (let i = 0; i < 2; i += 1)
      expect(() => metrics.incr('x', { tags: tagged('org_id', 1) })).toThrow(/identifier_tag/);
    expect(backend.lines).toEqual([]);
    const full = guarded({ mode: 'strict', maxMetrics: 1 });
    full.incr('one');
    for (let i = 0; i < 2; i += 1) expect(() => full.incr('two')).toThrow(/too_many_metrics/);
    expect(() => guarded({}, { strict: true }).incr('x', { tags: tagged('uuid', 1) })).toThrow(CardinalityError);
  });

  it('come from the environment first, and an unknown one there is ignored and reported', () => {
    process.env['METRICS_CARDINALITY_MODE'] = 'off';
    guarded({ mode: 'strict' }).incr('x', { tags: tagged('request_id', 1) });
    expect(backend.lines).toEqual(['counter x{request_id=1} 1']);
    process.env['METRICS_CARDINALITY_MODE'] = 'of';
    guarded({ mode: 'off' }).incr('x', { tags: tagged('request_id', 2) });
    expect(backend.lines).toEqual(['counter x{request_id=2} 1']);
    expect(problems).toMatchObject([
      { code: 'invalid_options', message: 'METRICS_CARDINALITY_MODE is ignored: use report, guard, strict, off.' },
    ]);
    expect(() => guarded({ mode: 'of' as never })).toThrow(/cardinality.mode must be one of .*, not "of"/);
    process.env['METRICS_CARDINALITY_MODE'] = ' ';
    guarded({ mode: 'off' });
    expect(problems).toEqual([]);
  });

  it('never make the import of the package throw', async () => {
    process.env['METRICS_CARDINALITY_MODE'] = 'strictt';
    await jest.isolateModulesAsync(async () => {
      const isolated = await import('../../src/index.js');
      isolated.createMetrics().incr('x');
    });
  });
});

describe('after the idle time', () => {
  it('values, series and metrics have room again', () => {
    jest.useFakeTimers();
    const metrics = guarded({ maxValuesPerTag: 3, maxMetrics: 4, idleAfter: 1000 });
    for (let i = 0; i < 10; i += 1) {
      metrics.incr('x', { tags: { route: `attack${i}` } });
      metrics.gauge('g', 1, { tags: { route: `attack${i}` } });
      metrics.incr(`attack${i}`);
    }
    metrics.incr('x', { tags: { route: 'real' } });
    metrics.incr('late');
    expect(backend.lines.at(-1)).toBe('counter x{route=__other__} 1');
    jest.advanceTimersByTime(3000);
    backend.lines.length = 0;
    metrics.incr('x', { tags: { route: 'real' } });
    metrics.gauge('g', 1, { tags: { route: 'real' } });
    metrics.incr('late');
    expect(backend.lines).toEqual(['counter x{route=real} 1', 'gauge g{route=real} 1', 'counter late 1']);
  });

  it('a metric that opened no series is forgotten', () => {
    jest.useFakeTimers();
    const metrics = guarded({ maxValuesPerTag: 0, maxMetrics: 2, idleAfter: 1000 });
    metrics.gauge('merged', 1, { tags: { shard: 1 } });
    metrics.incr('x');
    jest.advanceTimersByTime(3000);
    metrics.incr('y');
    metrics.incr('z');
    expect(backend.lines).toEqual(['counter x 1', 'counter y 1', 'counter z 1']);
  });

  it('a declared metric has a new start, and one that was never used stays declared', () => {
    jest.useFakeTimers();
    const metrics = guarded({ idleAfter: 1000 });
    metrics.defineCounter('unused', { tags: { result: ['a'] } });
    metrics.defineCounter('used', { tags: { result: ['a'] } }).incr({ result: 'oops' as never });
    expect(metrics.cardinality().metrics[0]).toMatchObject({ metric: 'used', tags: [{ rejected: ['oops'] }] });
    jest.advanceTimersByTime(3000);
    const unused = { tag: 'result', values: 0, examples: [], limit: 1, rejected: [] };
    expect(metrics.cardinality()).toMatchObject({
      series: 0,
      metrics: [
        { metric: 'unused', tags: [unused] },
        { metric: 'used', tags: [unused] },
      ],
    });
  });

  it('a value of an open series is kept', () => {
    jest.useFakeTimers();
    const metrics = guarded({ maxValuesPerTag: 2, idleAfter: 1000 });
    metrics.incr('x', { tags: { route: 'used', status: 1 } });
    metrics.incr('x', { tags: { route: 'used', status: 2 } });
    metrics.incr('x', { tags: { route: 'idle', status: 1 } });
    jest.advanceTimersByTime(1000);
    metrics.incr('x', { tags: { route: 'used', status: 1 } });
    jest.advanceTimersByTime(1500);
    metrics.incr('x', { tags: { route: 'one' } });
    metrics.incr('x', { tags: { route: 'two' } });
    expect(backend.lines.slice(-2)).toEqual(['counter x{route=one} 1', 'counter x{route=__other__} 1']);
  });
});

describe('the report', () => {
  it('names the metric with most series first, and its tags with their values', () => {
    const metrics = guarded({ maxValuesPerTag: 3 });
    for (let i = 0; i < 6; i += 1)
      metrics.timing('db.query', 1, { tags: { table: `t${i}`, ...tagged('request_id', i) } });
    metrics.incr('jobs', { tags: { task: 'mail' }, instance: 'w1' });
    metrics.distribution('size', 1);
    expect(metrics.cardinality()).toEqual({
      series: 6,
      metrics: [
        {
          metric: 'db.query',
          kind: 'timing',
          series: 4,
          worstCase: undefined,
          tags: [
            { tag: 'table', values: 3, examples: ['t0', 't1', 't2'], limit: 3, rejected: ['t3'] },
            { tag: 'request_id', values: 0, examples: [], limit: 0, rejected: ['0', '1', '2', '3'] },
          ],
        },
        {
          metric: 'jobs',
          kind: 'counter',
          series: 1,
          worstCase: undefined,
          tags: [
            { tag: 'task', values: 1, examples: ['mail'], limit: 3, rejected: [] },
            { tag: 'instance', values: 1, examples: ['w1'], limit: 3, rejected: [] },
          ],
        },
        { metric: 'size', kind: 'distribution', series: 1, worstCase: undefined, tags: [] },
      ],
    });
  });
});

describe('the report of declared metrics', () => {
  it('names all their values, used or not, and the worst case if all tags have a list', () => {
    const metrics = guarded({ mode: 'off' });
    metrics.incr('free', { tags: { a: 1 } });
    metrics.defineCounter('listed', { tags: { result: ['a', 'b'] } }).incr({ result: 'a' });
    metrics.defineCounter('open', { tags: ['queue'] });
    const result = { tag: 'result', values: 0, examples: [], limit: 2, rejected: [] };
    expect(metrics.cardinality()).toEqual({
      series: 2,
      metrics: [
        { metric: 'listed', kind: 'counter', series: 0, worstCase: 4, tags: [result] },
        { metric: 'open', kind: 'counter', series: 0, worstCase: undefined, tags: [] },
      ],
    });
  });

  it('names a used tag once, those with most values first, and some of the rejected values', () => {
    const metrics = guarded();
    const counter = metrics.defineCounter('x', { tags: { result: ['a', 'b'], zone: ['c'], kind: ['d'] } });
    for (const result of ['a', 'b'] as const) counter.incr({ result, zone: 'c' });
    expect(metrics.cardinality().metrics[0]?.tags.map(({ tag, values }) => [tag, values])).toEqual([
      ['result', 2],
      ['zone', 1],
      ['kind', 0],
    ]);
    for (let i = 0; i < 9; i += 1) metrics.incr('y', { tags: { ...tagged('request_id', i), table: i } });
    expect(metrics.cardinality().metrics[0]?.tags[1]?.rejected).toEqual(['0', '1', '2', '3', '4']);
  });
});

it('in every mode totals are exact, bounds hold, and report changes nothing', () => {
  const tag = fc.constantFrom('a', 'b', 'c', 'org_id', 'request_id', '__proto__');
  const value = fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constantFrom('x', '__other__', true), fc.uuid());
  const call = fc.record({
    key: fc.nat(8),
    amount: fc.integer({ min: 1, max: 9 }),
    tags: fc.dictionary(tag, value, { maxKeys: 4 }),
  });
  const options = fc.record({
    maxValuesPerTag: fc.integer({ min: 1, max: 6 }),
    maxSeriesPerMetric: fc.integer({ min: 3, max: 20 }),
    maxSeries: fc.integer({ min: 40, max: 90 }),
    maxMetrics: fc.integer({ min: 9, max: 10 }),
  });
  const total = (lines: readonly string[], key: number): number =>
    lines
      .filter((line) => new RegExp(`^counter k${key}[{ ]`).test(line))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  fc.assert(
    fc.property(fc.array(call, { maxLength: 150 }), options, (calls, cardinality) => {
      const run = (mode: 'guard' | 'report' | 'off'): Metrics => {
        const metrics = guarded({ ...cardinality, mode });
        for (const { key, amount, tags } of calls) metrics.incr(`k${key}`, amount, { tags });
        return metrics;
      };
      const metrics = run('guard');
      for (let key = 0; key <= 8; key += 1)
        expect(total(backend.lines, key)).toBe(
          calls.filter((one) => one.key === key).reduce((sum, one) => sum + one.amount, 0),
        );
      expect(metrics.stats().series).toBeLessThanOrEqual(cardinality.maxSeries);
      for (const { series, tags } of metrics.cardinality().metrics) {
        expect(series).toBeLessThanOrEqual(cardinality.maxSeriesPerMetric);
        for (const one of tags) expect(one.values).toBeLessThanOrEqual(one.limit);
      }
      run('off');
      const { lines } = backend;
      run('report');
      expect(backend.lines).toEqual(lines);
    }),
    { numRuns: 200 },
  );
});
