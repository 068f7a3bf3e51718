import { createMetrics, type Metrics, MetricsError, type Problem } from '../../src/index.js';
import type { JournalBackend } from '../journal-backend.js';
import { setUp } from '../set-up.js';

// Plain JavaScript and `any` pass values that the types forbid.
// oxlint-disable-next-line typescript/no-explicit-any -- see above
type Untyped = any;

let backend: JournalBackend;
let problems: Problem[];
let metrics: Metrics;

beforeEach(() => {
  ({ backend, metrics, problems } = setUp());
});

/** Records until every cache knows the series, and forgets the lines. */
const know = (record: () => void): void => {
  for (let call = 0; call < 3; call += 1) record();
  backend.lines.length = 0;
};

describe('a call of a series that is known', () => {
  it('of a declared counter checks its arguments as the first one does', () => {
    const counter: Untyped = metrics.defineCounter('x', { tags: ['a'] });
    know(() => counter.incr());
    know(() => counter.incr({ a: 1 }));
    for (const args of [[undefined], [null], ['5'], [true], [Number.NaN]]) counter.incr(...args);
    expect(metrics.stats().dropped).toEqual({ invalid_value: 5 });
    counter.incr({ a: 1 }, { a: 1 });
    counter.incr([], undefined);
    counter.incr(null, { a: 1 });
    expect(metrics.stats().dropped).toEqual({ invalid_value: 6, invalid_options: 1, invalid_tags: 1 });
    expect(backend.lines).toEqual([]);
    counter.incr();
    counter.incr(undefined, undefined);
    counter.incr({ a: 1 });
    counter.incr({ a: 1 }, undefined);
    counter.incr(2, { a: 1 });
    const counts = ['x 1', 'x 1', 'x{a=1} 1', 'x{a=1} 1', 'x{a=1} 2'];
    expect(backend.lines).toEqual(counts.map((line) => `counter ${line}`));
  });

  it('of another declared kind than a counter is no addition of 1', () => {
    const gauge: Untyped = metrics.defineGauge('x', { tags: ['a'] });
    know(() => gauge.set(5, { a: 1 }));
    gauge.incr({ a: 1 });
    expect(backend.lines).toEqual(['gauge x{a=1} 1']);
  });

  it('is counted once as dropped, if the backend or a getter throws', () => {
    const counter = metrics.defineCounter('x', { tags: ['a'] });
    know(() => counter.incr({ a: 1 }));
    const { incr } = backend;
    let calls = 0;
    backend.incr = (...args) => {
      calls += 1;
      if (calls === 1) throw new Error('broken');
      incr.apply(backend, args);
    };
    counter.incr({ a: 1 });
    expect(metrics.stats().dropped).toEqual({ recording_failed: 1 });
    counter.incr({ a: 1 });
    let reads = 0;
    const tags = {
      get a(): number {
        reads += 1;
        if (reads === 1) throw new Error('no');
        return 1;
      },
    };
    counter.incr(tags);
    expect(metrics.stats().dropped).toEqual({ recording_failed: 2 });
    expect(backend.lines).toEqual(['counter x{a=1} 1']);
    expect(problems).toMatchObject([{ code: 'recording_failed', metric: 'x', cause: new Error('broken') }]);
  });

  it('reads a getter once, by a verb and by an instrument', () => {
    const timing = metrics.defineTiming('t', { tags: ['a'] });
    let reads = 0;
    const tags = {
      get a(): number {
        reads += 1;
        return 1;
      },
    };
    know(() => metrics.incr('x', { tags: { a: 1 } }));
    know(() => timing.record(1, { a: 1 }));
    metrics.incr('x', { tags });
    expect(reads).toBe(1);
    timing.record(1, tags);
    expect(reads).toBe(2);
    expect(backend.lines).toEqual(['counter x{a=1} 1', 'timing t{a=1} 1']);
  });

  it('without tags drops tags instead of options; next to tags that are known it lets unknown names pass', () => {
    know(() => metrics.incr('x'));
    know(() => metrics.incr('x', { tags: { a: 1 } }));
    know(() => metrics.incr('x', { instance: 'i' }));
    metrics.incr('x', { status: 200 } as Untyped);
    metrics.incr('x', 1, { unit: undefined, status: 200 } as Untyped);
    expect(metrics.stats().dropped).toEqual({ invalid_options: 2 });
    metrics.incr('x', { tags: { a: 1 }, status: 200 } as Untyped);
    metrics.incr('x', { instance: 'i', status: 200 } as Untyped);
    expect(backend.lines).toEqual(['counter x{a=1} 1', 'counter x#i 1']);
  });

  it('takes an instance that is null, and any order of absent options, as none', () => {
    know(() => metrics.incr('x'));
    for (const instance of [null, undefined, '']) metrics.incr('x', 1, { instance } as Untyped);
    expect(backend.lines).toEqual(Array(3).fill('counter x 1'));
    expect(problems).toEqual([]);
  });

  it('keeps its unit and flag: equal ones are no problem, and absent ones are not other ones', () => {
    metrics.incr('x', { unit: 'byte', internal: true });
    metrics.incr('x', { internal: true });
    metrics.incr('x', { unit: 'byte', internal: true });
    metrics.incr('x', { unit: 'byte' });
    expect(problems).toEqual([]);
    metrics.incr('x', { internal: false });
    metrics.incr('y');
    metrics.incr('y', { unit: 'byte' });
    expect(problems.map(({ code, metric }) => `${code} ${metric}`)).toEqual([
      'definition_conflict x',
      'definition_conflict y',
    ]);
    expect(metrics.stats().dropped).toEqual({});
    expect(backend.lines).toHaveLength(7);
  });

  it('has its timestamp: no problem, and no second one if its tags are invalid', () => {
    for (const timestamp of [0.5, 5, 1e11 - 1]) {
      metrics.incr('x', 3, { timestamp });
      metrics.gauge('g', 3, { timestamp });
    }
    metrics.incr('x', 3, { timestamp: undefined });
    expect(problems).toEqual([]);
    expect(backend.lines).toHaveLength(7);
    backend.lines.length = 0;
    metrics.incr('x', 3, { timestamp: 5, tags: { a: {} } } as Untyped);
    expect(metrics.stats().dropped).toEqual({ invalid_tag_value: 1 });
    metrics.distribution('d', 3, { timestamp: 5 } as Untyped);
    expect(backend.lines).toEqual(['distribution d 3']);
  });

  it('has the tags of its context, also a declared set and a metric that is known without', () => {
    const set = metrics.defineSet('s', { tags: ['a'] });
    know(() => metrics.incr('x'));
    know(() => set.add('m'));
    metrics.withTags({ a: 1, b: 2 }, () => {
      for (let call = 0; call < 3; call += 1) {
        metrics.incr('x');
        set.add('m');
      }
    });
    metrics.incr('x');
    set.add('m');
    const inside = ['counter x{a=1,b=2} 1', 'set s{a=1} m'];
    expect(backend.lines).toEqual([...inside, ...inside, ...inside, 'counter x 1', 'set s m']);
  });
});

describe('a sample of a handle', () => {
  it('is counted once, also if its value is invalid as well', () => {
    const own = createMetrics({ backend, deny: ['denied'], onError: () => {} });
    own.defineCounter('denied').with({}).incr(Number.NaN);
    own
      .defineCounter('x', { tags: ['a'] })
      .with({ a: {} } as Untyped)
      .incr(Number.NaN);
    expect(own.stats().dropped).toEqual({ denied: 1, invalid_tag_value: 1 });
    const early = createMetrics();
    for (const handle of [early.defineCounter('x').with({}), early.defineCounter('y').with({})])
      handle.incr(Number.NaN);
    early.defineTiming('t').with({}).record(Number.NaN);
    expect(early.stats()).toEqual(expect.objectContaining({ discarded: 3, dropped: {} }));
  });

  it('whose tags strict mode forbids throws when the handle is made', () => {
    const strict = createMetrics({ backend, strict: true, onError: () => {} });
    const counter = strict.defineCounter('x', { tags: ['a'] });
    expect(() => counter.with({ b: 1 } as Untyped)).toThrow(MetricsError);
    expect(() => counter.with({ b: 1 } as Untyped)).toThrow('undeclared_tag');
  });
});
