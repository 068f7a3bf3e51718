import { createMetrics, type Problem } from '../../src/index.js';
import { JournalBackend } from '../journal-backend.js';

// Plain JavaScript and `any` pass values that the types forbid.
// oxlint-disable-next-line typescript/no-explicit-any -- see above
type Untyped = any;

let backend: JournalBackend;
let problems: Problem[];
let metrics: Untyped;

const start = (options: object = {}): void => {
  backend = new JournalBackend();
  problems = [];
  metrics = createMetrics({ backend, onError: (problem) => problems.push(problem), ...options });
};
beforeEach(() => start());

const NOT_TAGS = 'Tags are a plain object of strings, numbers and booleans, such as { status: 200 }.';
const MISPLACED = 'Tags go inside the options: incr(key, 1, { tags: { status: 200 } }).';

type Expected = Partial<Problem> & { code: string };

/** The sample is dropped, counted and reported. */
test.each<[string, (given: Untyped) => void, Expected]>([
  [
    'a key that is a number',
    (given) => given.incr(5),
    { code: 'invalid_key', message: "A metric's key is a string of 1 to 1000 characters.", value: '5' },
  ],
  [
    'tags that are a list',
    (given) => given.incr('x', { tags: ['a'] }),
    { code: 'invalid_tags', metric: 'x', message: NOT_TAGS, value: 'an array' },
  ],
  [
    'a tag that is an object',
    (given) => given.incr('x', { tags: { a: {} } }),
    { code: 'invalid_tag_value', metric: 'x', message: NOT_TAGS, tag: 'a', value: 'an object' },
  ],
  [
    'a tag without a name',
    (given) => given.incr('x', { tags: { '': 1 } }),
    { code: 'invalid_tag_value', metric: 'x', message: NOT_TAGS, tag: '', value: '1' },
  ],
  [
    'more than 32 tags',
    (given) => given.incr('x', { tags: Object.fromEntries(Array.from({ length: 33 }, (_, tag) => [tag, 1])) }),
    { code: 'too_many_tags', metric: 'x', message: 'A call may have at most 32 tags.' },
  ],
  ...[{}, true, Symbol('i')].map((instance): [string, (given: Untyped) => void, Expected] => [
    `an instance that is a ${typeof instance}`,
    (given) => given.incr('x', { instance }),
    { code: 'invalid_tag_value', metric: 'x', message: 'An instance is a string.', tag: 'instance' },
  ]),
  ...[0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e11, '5'].map(
    (timestamp): [string, (given: Untyped) => void, Expected] => [
      `the time ${timestamp}`,
      (given) => given.gauge('x', 1, { timestamp }),
      {
        code: 'invalid_timestamp',
        metric: 'x',
        message: 'A timestamp is in seconds since the epoch.',
        value: JSON.stringify(timestamp) === 'null' ? String(timestamp) : JSON.stringify(timestamp),
      },
    ],
  ),
  ...['incr', 'gauge', 'timing', 'distribution', 'set'].map((verb): [string, (given: Untyped) => void, Expected] => [
    `a fourth argument of ${verb}`,
    (given) => given[verb]('x', 1, undefined, { status: 200 }),
    { code: 'invalid_options', metric: 'x', message: MISPLACED },
  ]),
  [
    'a fourth argument of incr after an absent amount',
    (given) => given.incr('x', undefined, {}, { status: 200 }),
    { code: 'invalid_options', metric: 'x', message: MISPLACED },
  ],
  [
    'options after options',
    (given) => given.incr('x', {}, {}),
    { code: 'invalid_options', metric: 'x', message: MISPLACED },
  ],
  [
    'another unit',
    (given) => (given.incr('x', { unit: 'byte' }), given.incr('x', { unit: 'second' })),
    {
      code: 'unit_conflict',
      metric: 'x',
      message: 'This metric has another unit; use another key.',
      value: '"second"',
    },
  ],
  [
    'another kind',
    (given) => (given.incr('x'), given.gauge('x', 1)),
    { code: 'kind_conflict', metric: 'x', message: 'This metric is a counter; use another key.' },
  ],
  ...[undefined, '', 5, {}].map((title): [string, (given: Untyped) => void, Expected] => [
    `the title ${JSON.stringify(title)}`,
    (given) => given.event({ title, text: '' }),
    { code: 'invalid_value', metric: 'event', message: 'The title or name is a string, not empty.' },
  ]),
  ...(['event', 'serviceCheck'] as const).flatMap((verb) =>
    [undefined, null, 5].map((given): [string, (metrics: Untyped) => void, Expected] => [
      `${verb}(${given})`,
      (own) => own[verb](given),
      {
        code: 'invalid_value',
        metric: verb,
        message: 'The title or name is a string, not empty.',
        value: 'undefined',
      },
    ]),
  ),
])('%s: the sample is dropped, and the message says why', (_name, call, expected) => {
  call(metrics);
  expect(problems).toEqual([{ value: problems[0]?.value, count: 1, ...expected }]);
  expect(metrics.stats().dropped).toEqual({ [expected.code]: 1 });
  expect(() => call(createMetrics({ backend: new JournalBackend(), strict: true, onError: () => {} }))).toThrow(
    expected.message,
  );
});

/** The sample is recorded, or there is none. */
test.each<[string, () => void, Expected]>([
  [
    'a long value of a tag',
    () => metrics.incr('x', { tags: { a: 'v'.repeat(201) } }),
    {
      code: 'tag_truncated',
      metric: 'x',
      tag: 'a',
      message: 'Tag values are cut to 200 characters. Is this an identifier?',
    },
  ],
  [
    'a tag that was not declared',
    () => metrics.defineCounter('x', { tags: ['b'] }).incr({ a: 1 }),
    {
      code: 'undeclared_tag',
      metric: 'x',
      tag: 'a',
      message: 'The metric was declared without this tag, which is dropped.',
    },
  ],
  [
    'a unit that comes later',
    () => (metrics.incr('x'), metrics.incr('x', { unit: 'byte' })),
    {
      code: 'definition_conflict',
      metric: 'x',
      message: 'This metric was declared or used differently; the first definition holds.',
    },
  ],
  [
    'buckets that do not ascend',
    () => metrics.defineTiming('x', { buckets: [2, 1] }),
    {
      code: 'invalid_options',
      metric: 'x',
      message: 'Buckets are a list of finite numbers in ascending order; these are ignored.',
    },
  ],
  [
    'a timestamp of a timing',
    () => metrics.timing('x', 1, { timestamp: 5 }),
    {
      code: 'timestamp_unsupported',
      metric: 'x',
      message: 'This backend or kind has no timestamps; the sample counts as of now.',
    },
  ],
  [
    'tags without a context',
    () => metrics.addTags({ a: 1 }),
    { code: 'no_context', message: 'addTags() adds to the enclosing withTags(), but there is none.' },
  ],
  ...['withTags', 'addTags', 'setTags'].map((verb): [string, () => void, Expected] => [
    `invalid tags of ${verb}`,
    () => metrics.withTags({}, () => metrics[verb]({ a: {} }, () => {})),
    { code: 'invalid_tag_value', metric: verb, message: NOT_TAGS, tag: 'a', value: 'an object' },
  ]),
  [
    'invalid tags of a child',
    () => metrics.child({ prefix: 'db.', tags: { a: {} } }),
    { code: 'invalid_tag_value', metric: 'db.', message: NOT_TAGS, tag: 'a', value: 'an object' },
  ],
])('%s: nothing is dropped, and the message says what happens', (_name, act, expected) => {
  act();
  expect(problems).toEqual([{ value: problems[0]?.value, count: 1, ...expected }]);
  expect(metrics.stats().dropped).toEqual({});
});

test('the longest values, keys and times that are valid are no problem', () => {
  metrics.incr('x', { tags: { a: 'v'.repeat(200) } });
  metrics.incr('k'.repeat(1000), { timestamp: 1e11 - 1 });
  expect(problems).toEqual([]);
  expect(backend.lines).toHaveLength(2);
});

test('an event of a backend that has none is dropped, and the message says so', () => {
  Object.assign(backend, { event: undefined });
  metrics.event({ title: 'x', text: '' });
  expect(problems).toEqual([
    { code: 'unsupported', metric: 'x', count: 1, message: 'The backend has no events or service checks.' },
  ]);
});

test('an observer beyond the number of metrics is reported', () => {
  start({ cardinality: { maxMetrics: 1 } });
  const gauge = metrics.defineGauge('x');
  gauge.observe(() => 1);
  gauge.observe(() => 2);
  expect(problems).toMatchObject([
    {
      code: 'too_many_metrics',
      metric: 'x',
      message: 'Too many observers of gauges: this one is never read. Dispose others.',
    },
  ]);
});

test('a metric beyond their number is dropped and counted, and one that is declared is neither read nor remembered', () => {
  start({ cardinality: { maxMetrics: 1 } });
  metrics.incr('x');
  metrics.incr('y');
  metrics.defineCounter('z').incr();
  const observe = jest.fn(() => 1);
  metrics.defineGauge('w', { observe });
  metrics.defineGauge('w', { observe });
  backend.host!.collect();
  expect(observe).not.toHaveBeenCalled();
  expect(metrics.defineDistribution('timed').timer(() => 5)).toBe(5);
  expect(metrics.stats().dropped).toEqual({ too_many_metrics: 3 });
  expect(backend.lines).toEqual(['counter x 1']);
});

test('a backend that changes whenever a series is opened costs the sample', () => {
  const registerNext = (): void => {
    backend = Object.assign(new JournalBackend(), { open: registerNext });
    metrics.register(backend, { replace: true, onError: (problem: Problem) => problems.push(problem) });
  };
  registerNext();
  metrics.incr('x');
  const message = 'The backend changed whenever a series was opened. Register backends at start-up only.';
  expect(problems).toEqual([{ code: 'recording_failed', metric: 'x', count: 1, message }]);
  expect(metrics.stats().dropped).toEqual({ recording_failed: 1 });
});

test('more levels of gauges than there may be series are dropped, and the message says so', () => {
  metrics = createMetrics();
  const gauge = metrics.defineGauge('jobs', { tags: ['zone'] });
  for (const zone of ['a', 'b', 'c', 'd']) gauge.add(1, { zone });
  metrics.register(backend, {
    // No series, but levels until the next collect.
    deny: ['jobs'],
    cardinality: { maxSeries: 8 },
    onError: (problem: Problem) => problems.push(problem),
  });
  problems.length = 0;
  metrics.defineGauge('other').add(1);
  expect(problems).toMatchObject([
    {
      code: 'too_many_series',
      metric: 'other',
      message: 'Too many gauges are not 0: does each add(1) have its add(-1)?',
    },
  ]);
  expect(metrics.stats().dropped).toEqual({ too_many_series: 1 });
});
