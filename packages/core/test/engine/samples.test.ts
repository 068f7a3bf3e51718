// Which samples are valid, kept, and passed to which method of the backend.
import { createMetrics, type Metrics, type Problem } from '../../src/index.js';
import { JournalBackend } from '../journal-backend.js';

let backend: JournalBackend;
let problems: Problem[];
const setUp = (sampleRate = 1): Metrics => {
  backend = new JournalBackend();
  problems = [];
  return createMetrics({ backend, sampleRate, onError: (problem) => problems.push(problem) });
};

/** Records a value of every kind by the same options. */
const KINDS: Readonly<Record<string, (metrics: Metrics, value: never, options?: object) => void>> = {
  counter: (metrics, value, options) => metrics.incr('x', value, options),
  gauge: (metrics, value, options) => metrics.gauge('x', value, options),
  timing: (metrics, value, options) => metrics.timing('x', value, options),
  distribution: (metrics, value, options) => metrics.distribution('x', value, options),
  set: (metrics, value, options) => metrics.set('x', value, options),
};

it.each(Object.keys(KINDS))('a %s reaches the method of its kind, by a tagged call and by a plain one', (kind) => {
  const metrics = setUp();
  KINDS[kind]!(metrics, 5 as never);
  KINDS[kind]!(metrics, 5 as never);
  KINDS[kind]!(metrics, 6 as never, { tags: { a: 1 } });
  expect(backend.lines).toEqual([`${kind} x 5`, `${kind} x 5`, `${kind} x{a=1} 6`]);
  expect(problems).toEqual([]);
});

it.each(['gauge', 'set'])('a %s is recorded at any rate', (kind) => {
  const metrics = setUp(0);
  KINDS[kind]!(metrics, 5 as never);
  KINDS[kind]!(metrics, 0 as never, { tags: { a: 1 } });
  if (kind === 'set') KINDS[kind]!(metrics, 'ann' as never);
  expect(backend.lines.slice(0, 2)).toEqual([`${kind} x 5`, `${kind} x{a=1} 0`]);
  if (kind === 'set') expect(backend.lines.at(-1)).toBe('set x ann');
  expect(metrics.stats().sampledOut).toBe(0);
});

it('the rate and the context of a counter apply to known series, too, and after a change of the backend', () => {
  const metrics = setUp(0.5);
  const counter = metrics.defineCounter('jobs', { tags: ['queue', 'region'] });
  const handle = counter.with({ queue: 'mail' });
  const record = (): void => {
    counter.incr({ queue: 'mail' });
    handle.incr();
  };
  for (let round = 0; round < 3; round += 1) record();
  expect(new Set(backend.lines)).toEqual(new Set(['counter jobs{queue=mail} 1 @0.5']));
  for (let turn = 0; turn < 2; turn += 1) {
    backend = new JournalBackend();
    metrics.register(backend, { replace: true });
    record();
    metrics.withTags({ region: 'eu' }, record);
    metrics.withTags({ region: 'eu' }, record);
    const [known, inContext] = ['counter jobs{queue=mail} 1', 'counter jobs{queue=mail,region=eu} 1'];
    // Handles get no context tags.
    expect(backend.lines).toEqual([known, known, inContext, known, inContext, known]);
  }
});

it.each<[string, number, string]>([
  ['counter', -2, 'sampled out'],
  ['counter', 0, 'sampled out'],
  ['distribution', -2, 'sampled out'],
  ['timing', 2, 'sampled out'],
  ['timing', 0, 'sampled out'],
  ['timing', -2, 'invalid'],
  ['counter', Number.NaN, 'invalid'],
  ['distribution', Number.POSITIVE_INFINITY, 'invalid'],
])('a %s of %d at a rate of 0 is %s', (kind, value, outcome) => {
  const metrics = setUp();
  for (const options of [{ sampleRate: 0 }, { sampleRate: 0, tags: { a: 1 } }]) {
    KINDS[kind]!(metrics, value as never, options);
  }
  expect(backend.lines).toEqual([]);
  expect([metrics.stats().sampledOut, metrics.stats().dropped]).toEqual(
    outcome === 'invalid' ? [0, { invalid_value: 2 }] : [2, {}],
  );
});

it('an invalid value or rate is reported with the value and what to do', () => {
  const metrics = setUp();
  metrics.timing('t', -5);
  metrics.incr('c', 1, { sampleRate: '0.5' as never });
  metrics.incr('d', 1, { sampleRate: -1 });
  expect(problems).toEqual([
    {
      code: 'invalid_value',
      metric: 't',
      count: 1,
      value: '-5',
      message: 'Values are finite numbers, timings are not negative, members of sets are strings.',
    },
    ...[
      ['c', '"0.5"'],
      ['d', '-1'],
    ].map(([metric, value]) => ({
      code: 'invalid_sample_rate',
      metric,
      count: 1,
      value,
      message: 'A sample rate is a number from 0 to 1.',
    })),
  ]);
});

it('a rate above 1 records every sample, without a rate', () => {
  const metrics = setUp();
  metrics.incr('x', 1, { sampleRate: 7 });
  metrics.incr('x', 1, { sampleRate: 1 });
  expect(backend.lines).toEqual(['counter x 1', 'counter x 1']);
});

it('a problem shows the first 200 characters of a key', () => {
  const metrics = setUp();
  metrics.timing('k'.repeat(1000), -5);
  expect(problems[0]?.metric).toBe('k'.repeat(200));
});

it('a backend or a getter that throws is reported with its cause, and the sample counts as dropped', () => {
  const metrics = setUp();
  const cause = new Error('no');
  backend.incr = () => {
    throw cause;
  };
  metrics.incr('x');
  expect(problems).toMatchObject([
    {
      code: 'recording_failed',
      metric: 'x',
      cause,
      message: 'A getter of the tags, or the backend, threw. See the cause.',
    },
  ]);
  expect(metrics.stats().dropped).toEqual({ recording_failed: 1 });
});
