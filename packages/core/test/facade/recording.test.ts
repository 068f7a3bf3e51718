import { createMetrics, type Metrics, type Problem } from '../../src/index.js';
import { JournalBackend } from '../journal-backend.js';
import { setUp } from '../set-up.js';

let backend: JournalBackend;
let problems: Problem[];
let metrics: Metrics;

beforeEach(() => {
  ({ backend, metrics, problems } = setUp({ prefix: 'shop.' }));
});

describe('the verbs', () => {
  it('pass every kind of sample to the backend under the prefixed name', () => {
    metrics.incr('jobs');
    metrics.incr('jobs', 2.5);
    metrics.incr('jobs', { tags: { queue: 'mail' } });
    metrics.incr('jobs', -1, { tags: { queue: 'mail' } });
    metrics.gauge('depth', 7);
    metrics.timing('query', 12.5, { sampleRate: 0.5 });
    metrics.distribution('size', -3, { instance: 'a' });
    metrics.set('users', 'ann');
    metrics.set('users', 42);
    expect(backend.lines).toEqual([
      'counter shop.jobs 1',
      'counter shop.jobs 2.5',
      'counter shop.jobs{queue=mail} 1',
      'counter shop.jobs{queue=mail} -1',
      'gauge shop.depth 7',
      'timing shop.query 12.5 @0.5',
      'distribution shop.size#a -3',
      'set shop.users ann',
      'set shop.users 42',
    ]);
    expect(problems).toEqual([]);
  });

  it('pass the key, the unit and the `internal` flag to the backend, once', () => {
    metrics.incr('bytes', 5, { unit: 'byte', internal: true });
    metrics.incr('bytes', 5);
    expect(backend.opened).toEqual([
      {
        kind: 'counter',
        key: 'bytes',
        name: 'shop.bytes',
        instance: undefined,
        tags: [],
        unit: 'byte',
        internal: true,
        description: undefined,
        buckets: undefined,
      },
    ]);
  });

  it('record counters and gauges with a timestamp', () => {
    metrics.incr('jobs', 3, { timestamp: 1_700_000_000 });
    metrics.gauge('depth', 4, { timestamp: 1_700_000_000.5 });
    expect(backend.lines).toEqual(['counter shop.jobs 3 T1700000000', 'gauge shop.depth 4 T1700000000.5']);
  });

  it('record as of now, and report it, if the backend has no timestamps', () => {
    const plain = new JournalBackend();
    (plain as { recordAt?: unknown }).recordAt = undefined;
    metrics.register(plain, { replace: true, onError: (problem) => problems.push(problem) });
    metrics.incr('jobs', 3, { timestamp: 1_700_000_000 });
    metrics.gauge('depth', 4, { timestamp: 1_700_000_000 });
    expect(plain.lines).toEqual(['counter jobs 3', 'gauge depth 4']);
    expect(problems.map(({ code }) => code)).toEqual(['timestamp_unsupported', 'timestamp_unsupported']);
  });

  it('pass events and service checks with merged tags', () => {
    const child = metrics.child({ prefix: 'db.', tags: { table: 'users' } });
    child.event({ title: 'Deployed', text: 'v2', alertType: 'success', tags: { by: 'ann', attempt: 2 } });
    child.serviceCheck({ name: 'up', status: 'ok' });
    expect(backend.events).toEqual([
      {
        title: 'Deployed',
        text: 'v2',
        alertType: 'success',
        tags: [
          ['attempt', '2'],
          ['by', 'ann'],
          ['table', 'users'],
        ],
      },
    ]);
    expect(backend.checks).toEqual([{ name: 'shop.db.up', status: 'ok', tags: [['table', 'users']] }]);
  });

  it('count an event the backend does not support', () => {
    const plain = new JournalBackend();
    (plain as { event?: unknown }).event = undefined;
    metrics.register(plain, { replace: true, onError: (problem) => problems.push(problem) });
    metrics.event({ title: 'Deployed', text: '' });
    expect(metrics.stats().dropped).toEqual({ unsupported: 1 });
    expect(problems).toMatchObject([{ code: 'unsupported', metric: 'Deployed' }]);
  });
});

describe('a series', () => {
  it('is the same in any order of tags and for equal values of other types', () => {
    metrics.incr('x', { tags: { a: 1, b: true } });
    metrics.incr('x', { tags: { b: 'true', a: '1' } });
    metrics.incr('x', { tags: { b: true, a: '1', c: undefined, d: null } });
    expect(backend.opened).toHaveLength(1);
    expect(new Set(backend.lines)).toEqual(new Set(['counter shop.x{a=1,b=true} 1']));
  });

  it('differs by key, tag, value and instance', () => {
    metrics.incr('x', { tags: { a: 'b' } });
    metrics.incr('x', { tags: { ab: '' } });
    metrics.incr('x', { tags: { a: 'b' }, instance: 'i' });
    metrics.incr('x', { instance: 'i' });
    metrics.incr('x', { tags: { instance: 'i' } });
    metrics.incr('x');
    expect(backend.opened).toHaveLength(6);
  });

  it('has the same instance as a string or a number, and none when it is empty', () => {
    metrics.incr('x', { instance: '7' });
    metrics.incr('x', { instance: 7 as unknown as string });
    metrics.incr('x', { instance: '' });
    expect(backend.lines).toEqual(['counter shop.x#7 1', 'counter shop.x#7 1', 'counter shop.x 1']);
  });

  it('keeps tags that look like parts of an object', () => {
    metrics.incr('x', { tags: { ['__proto__']: 'p', constructor: 'c', toString: 't' } });
    metrics.incr('x', { tags: JSON.parse('{"__proto__":"p","constructor":"c","toString":"t"}') });
    expect(new Set(backend.lines)).toEqual(new Set(['counter shop.x{__proto__=p,constructor=c,toString=t} 1']));
  });

  it('takes every enumerable field, whatever class the tags are of', () => {
    class Tagged {
      a = '1';
      method(): void {}
    }
    metrics.incr('x', { tags: Object.assign(Object.create({ b: '2' }), { a: '1' }) });
    metrics.incr('x', { tags: { a: '1', b: '2' } });
    metrics.incr('x', { tags: new Tagged() as never });
    expect(backend.lines).toEqual(['counter shop.x{a=1,b=2} 1', 'counter shop.x{a=1,b=2} 1', 'counter shop.x{a=1} 1']);
  });

  it('reads a getter once for a new series', () => {
    let reads = 0;
    const tags = {
      get a() {
        reads += 1;
        return `v${reads}`;
      },
    };
    metrics.incr('x', { tags });
    expect(backend.lines).toEqual(['counter shop.x{a=v1} 1']);
  });

  it('is not mixed up when one path of tags is the beginning of another', () => {
    for (let round = 0; round < 2; round += 1) {
      metrics.incr('x', { tags: { a: 1 } });
      metrics.incr('x', { tags: { a: 1, b: 2 } });
      metrics.incr('x', { tags: { a: 1, b: 2, c: 3 }, instance: 'i' });
      metrics.incr('x', { tags: { a: 1, b: 2 } });
      metrics.incr('x', { tags: { a: 2, b: 2 } });
      metrics.incr('x');
    }
    expect(backend.lines.slice(0, 6)).toEqual(backend.lines.slice(6));
    expect(backend.opened).toHaveLength(5);
  });

  it('shares 200 characters of a longer value, and reports that it was cut', () => {
    metrics.incr('x', { tags: { path: `${'p'.repeat(200)}1` } });
    metrics.incr('x', { tags: { path: `${'p'.repeat(200)}2` } });
    metrics.incr('x', { tags: { path: `${'p'.repeat(199)}\u{1F600}` } });
    expect(backend.opened.map(({ tags }) => tags[0]?.[1].length)).toEqual([200, 200]);
    expect(backend.opened[1]!.tags[0]![1]).toBe(`${'p'.repeat(199)}\uFFFD`);
    expect(problems[0]).toMatchObject({ code: 'tag_truncated', metric: 'x', tag: 'path' });
  });
});

describe('precedence', () => {
  it('is register, child, context, call, from low to high', () => {
    const own = createMetrics({ backend, tags: { a: 'register', b: 'register', c: 'register', d: 'register' } });
    const child = own.child({ tags: { b: 'child', c: 'child', d: 'child' } });
    own.withTags({ c: 'context', d: 'context' }, () => child.incr('x', { tags: { d: 'call' } }));
    expect(backend.lines).toEqual(['counter x{a=register,b=child,c=context,d=call} 1']);
  });

  it('lets an absent value change nothing', () => {
    const child = metrics.child({ tags: { a: 'child' } });
    child.incr('x', { tags: { a: undefined } });
    expect(backend.lines).toEqual(['counter shop.x{a=child} 1']);
  });
});

describe('children', () => {
  it('nest prefixes and tags and share everything else', () => {
    const grandchild = metrics.child({ prefix: 'http.', tags: { a: 1 } }).child({ prefix: 'server.', tags: { b: 2 } });
    grandchild.incr('requests');
    metrics.incr('http.server.requests', { tags: { a: 1, b: 2 } });
    expect(backend.opened).toHaveLength(1);
    expect(backend.lines).toEqual(Array(2).fill('counter shop.http.server.requests{a=1,b=2} 1'));
  });

  it('are one object when they are equal', () => {
    expect(metrics.child({ prefix: 'a.', tags: { x: 1, y: 2 } })).toBe(
      metrics.child({ prefix: 'a.', tags: { y: '2', x: '1' } }),
    );
    expect(metrics.child({ prefix: 'a.' })).not.toBe(metrics.child({ prefix: 'b.' }));
  });
});

describe('many children', () => {
  it('are remembered, a thousand of them; then they are forgotten, and record as before', () => {
    const child = (index: number): Metrics => metrics.child({ prefix: `${index}.` });
    const children = Array.from({ length: 1000 }, (_, index) => child(index));
    for (const index of [0, 1, 500, 999]) expect(child(index)).toBe(children[index]);
    child(1000);
    expect(child(0)).not.toBe(children[0]);
    for (const each of [child(0), children[0]!]) each.incr('x');
    expect(backend.lines).toEqual(Array(2).fill('counter shop.0.x 1'));
  });

  it('and contexts get no tag of an object that cannot be read to its end', () => {
    const tags = {
      a: 1,
      get b(): number {
        throw new Error('no');
      },
    };
    metrics.child({ tags }).incr('x');
    metrics.withTags(tags, () => metrics.incr('x'));
    expect(backend.lines).toEqual(Array(2).fill('counter shop.x 1'));
  });
});

describe('a family', () => {
  it('keeps the kind of its first use; another kind is dropped and reported', () => {
    metrics.incr('x');
    metrics.gauge('x', 5);
    metrics.child({ prefix: 'x' }).incr('y');
    metrics.timing('xy', 5);
    expect(backend.lines).toEqual(['counter shop.x 1', 'counter shop.xy 1']);
    expect(metrics.stats().dropped).toEqual({ kind_conflict: 2 });
    expect(problems).toMatchObject([
      { code: 'kind_conflict', metric: 'x', message: expect.stringContaining('counter') },
      { code: 'kind_conflict', metric: 'xy' },
    ]);
  });

  it('never mixes units', () => {
    metrics.distribution('size', 1, { unit: 'byte' });
    metrics.distribution('size', 1, { unit: 'kilobyte' });
    metrics.distribution('size', 1, { unit: 'kilobyte' });
    metrics.distribution('size', 2);
    expect(backend.lines).toHaveLength(2);
    expect(metrics.stats().dropped).toEqual({ unit_conflict: 2 });
    expect(problems).toMatchObject([{ code: 'unit_conflict', metric: 'size' }]);
  });

  it('keeps its `internal` flag and reports another one, without dropping the sample', () => {
    metrics.incr('x');
    metrics.incr('x', { internal: true });
    expect(backend.lines).toHaveLength(2);
    expect(problems).toMatchObject([{ code: 'definition_conflict', metric: 'x' }]);
  });
});

describe('deny', () => {
  const denied = process.env['METRICS_DENY'];
  afterEach(() => {
    if (denied === undefined) delete process.env['METRICS_DENY'];
    else process.env['METRICS_DENY'] = denied;
  });

  it('switches metrics off by key or pattern, from options and environment', () => {
    process.env['METRICS_DENY'] = 'noisy.*,exact';
    const own = createMetrics({ backend, deny: ['debug.*'] });
    for (const key of ['noisy.a', 'exact', 'exactly', 'debug.x', 'debug']) own.incr(key);
    own.child({ prefix: 'debug.' }).incr('y');
    expect(backend.lines).toEqual(['counter exactly 1', 'counter debug 1']);
    expect(own.stats().dropped).toEqual({ denied: 4 });
  });
});

describe('the dummy', () => {
  it('only counts: it reads nothing of the call', () => {
    const own = createMetrics();
    const trap = new Proxy(
      {},
      {
        get: () => {
          throw new Error('looked at');
        },
        ownKeys: () => {
          throw new Error('looked at');
        },
      },
    );
    own.incr('x', 1, { tags: trap });
    own.gauge('x', Number.NaN, { tags: trap });
    own.event({ title: 'x', text: 'y', tags: trap });
    expect(own.stats()).toEqual(expect.objectContaining({ discarded: 3, dropped: {}, series: 0 }));
  });
});

describe('sampling', () => {
  it('passes rates on unchanged and decides only on none and all', () => {
    metrics.incr('x', 1, { sampleRate: 0.1 });
    metrics.incr('x', 1, { sampleRate: 0 });
    metrics.incr('x', 1, { sampleRate: 7 });
    metrics.gauge('g', 1, { sampleRate: 0 });
    metrics.set('s', 'm', { sampleRate: 0.1 });
    expect(backend.lines).toEqual(['counter shop.x 1 @0.1', 'counter shop.x 1', 'gauge shop.g 1', 'set shop.s m']);
    expect(metrics.stats().sampledOut).toBe(1);
  });

  it('takes the registered rate if a call has none', () => {
    const own = createMetrics({ backend, sampleRate: 0.25 });
    own.timing('t', 1);
    own.timing('t', 1, { sampleRate: 1 });
    own.defineTiming('u').with({}).record(2);
    own.defineCounter('c').incr();
    expect(backend.lines).toEqual(['timing t 1 @0.25', 'timing t 1', 'timing u 2 @0.25', 'counter c 1 @0.25']);
  });
});
