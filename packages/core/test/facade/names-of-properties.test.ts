import { createMetrics, type Metrics, type Problem } from '../../src/index.js';
import { JournalBackend } from '../journal-backend.js';

const NAMES = ['constructor', 'toString', 'hasOwnProperty', '__proto__', 'valueOf', 'isPrototypeOf'];

let backend: JournalBackend;
let metrics: Metrics;
let problems: Problem[];

beforeEach(() => {
  backend = new JournalBackend();
  problems = [];
  metrics = createMetrics({
    backend,
    onError: (problem) => problems.push(problem),
    cardinality: {
      allow: { 'jobs.done': ['org_id'] },
      maxValuesPerTag: { 'jobs.done': { queue: 3 }, other: 5 },
      warnAt: { 'jobs.done': { queue: 2 } },
    },
  });
});
afterEach(() => {
  if (problems.length > 0) throw new Error(`Problems were reported: ${JSON.stringify(problems)}`);
});

const tagsOf = (name: string): Record<string, string> => JSON.parse(`{"${name}":"a","kind":"b"}`) as never;
const shown = (name: string): string =>
  `{${[name, 'kind']
    .toSorted()
    .map((key) => `${key}=${key === 'kind' ? 'b' : 'a'}`)
    .join(',')}}`;

describe.each(NAMES)('a name that every object has, %s,', (name) => {
  it('is the key of a metric with tags', () => {
    metrics.incr(name, { tags: { kind: 'b' } });
    metrics.timer(name.repeat(2), { tags: { kind: 'b' } }, () => {});
    metrics.defineCounter(`${name}.declared`, { tags: ['kind'] }).incr({ kind: 'b' });
    expect(backend.lines.length).toBe(3);
    expect(backend.lines[0]).toBe(`counter ${name}{kind=b} 1`);
  });

  it('is the key and the value of a tag', () => {
    metrics.incr('x', { tags: tagsOf(name) });
    metrics.incr('jobs.done', { tags: { queue: name, ['kind' as string]: name } });
    expect(backend.lines).toEqual([`counter x${shown(name)} 1`, `counter jobs.done{kind=${name},queue=${name}} 1`]);
  });

  it('is the key of a tag of timers, handles, children and contexts', () => {
    const tags = tagsOf(name);
    metrics.timer('run', { tags: { ...tags, result: 'x' } }, () => {});
    metrics.startTimer('wait', { tags }).stop();
    metrics.startTimer('stop').stop(tags);
    metrics
      .defineCounter('with', { tags: [name, 'kind'] })
      .with(tags)
      .incr();
    metrics.child({ tags }).incr('child');
    metrics.withTags(tags, () => metrics.incr('context'));
    const series = backend.lines.map((line) => line.split(' ')[1]!);
    expect(series.map((each) => each.replace(/,result=x|result=x,/, ''))).toEqual(
      ['run', 'wait', 'stop', 'with', 'child', 'context'].map((key) => `${key}${shown(name)}`),
    );
  });

  it('is an allowed key, and has limits of its own', () => {
    const own = JSON.parse(`{"${name}":{"kind":1}}`) as Record<string, { kind: number }>;
    const allow = JSON.parse(`{"${name}":["org_id"]}`) as Record<string, string[]>;
    const codes: string[] = [];
    const limited = createMetrics({
      backend,
      cardinality: { allow, maxValuesPerTag: own },
      onError: ({ code }) => codes.push(code),
    });
    limited.incr(name, { tags: { ['org_id' as string]: 1, kind: 'b' } });
    limited.incr(name, { tags: { kind: 'c' } });
    expect(backend.lines).toEqual([`counter ${name}{kind=b,org_id=1} 1`, `counter ${name}{kind=__other__} 1`]);
    expect(codes).toEqual(['too_many_values']);
  });
});
