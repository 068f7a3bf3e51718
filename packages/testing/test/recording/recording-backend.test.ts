import { inspect } from 'node:util';
import type { Problem } from '@metrics/core';
import { expectTypeOf } from 'expect-type';
import { type SeriesChoice, type SeriesFields, seriesOf } from 'test-kit/series-of';
import { type RecordedSample, RecordingBackend } from '../../src/index.js';

/** A series as a facade with a prefix opens it. */
const series = (kind: SeriesFields['kind'], key: string, different: SeriesChoice = {}): SeriesFields =>
  seriesOf(kind, key, { name: `shop.${key}`, ...different });

describe('queries', () => {
  const backend = new RecordingBackend();
  const { recorded } = backend;

  beforeAll(() => {
    backend.open(0, series('counter', 'jobs', { tags: { status: '200', cached: 'true' } }));
    backend.open(1, series('counter', 'jobs', { tags: { status: '500' }, instance: 'worker-1' }));
    backend.open(2, series('gauge', 'level', { unit: 'byte', internal: true }));
    backend.open(3, series('timing', 'query'));
    backend.open(4, series('set', 'users'));
    backend.open(5, series('distribution', 'size'));
    backend.incr(0, 2, 1);
    backend.incr(0, 0.5, 0.01);
    backend.incr(1, -1, 1);
    backend.gauge(2, 3);
    backend.gauge(2, -4);
    backend.timing(3, 12.5, 0.5);
    backend.timing(3, 1, 1);
    backend.set(4, 'alice');
    backend.set(4, 'bob');
    backend.set(4, 'alice');
    backend.distribution(5, 7, 1);
  });

  test('a counter is the sum of all calls, at any rate', () => {
    expect(recorded.counter('jobs')).toBe(1.5);
    expect(recorded.counter('nothing')).toBe(0);
    expect(recorded.counter('level')).toBe(0);
  });

  test('tags match as strings, and a sample may have more', () => {
    expect(recorded.counter('jobs', { status: 200 })).toBe(2.5);
    expect(recorded.counter('jobs', { status: '200', cached: true })).toBe(2.5);
    expect(recorded.counter('jobs', { status: 404 })).toBe(0);
    expect(recorded.counter('jobs', { toString: 'function' })).toBe(0);
  });

  test('an undefined or null tag matches samples without it', () => {
    expect(recorded.counter('jobs', { cached: undefined })).toBe(-1);
    expect(recorded.counter('jobs', { cached: null, status: 500 })).toBe(-1);
  });

  test('a gauge is its last value, or undefined', () => {
    expect(recorded.gauge('level')).toBe(-4);
    expect(recorded.gauge('nothing')).toBeUndefined();
  });

  test('timings and distributions are all values, a set its distinct members', () => {
    expect(recorded.timings('query')).toEqual([12.5, 1]);
    expect(recorded.distributions('size')).toEqual([7]);
    expect(recorded.members('users')).toEqual(['alice', 'bob']);
  });

  test('samples are complete, frozen, and found by kind, name and instance', () => {
    expect(recorded.samples({ kind: 'counter', instance: 'worker-1' })).toEqual([
      {
        ...series('counter', 'jobs', { instance: 'worker-1' }),
        tags: { status: '500' },
        value: -1,
        sampleRate: 1,
      },
    ]);
    expect(recorded.samples({ name: 'shop.level' })).toMatchObject([
      { value: 3, unit: 'byte', internal: true },
      { value: -4 },
    ]);
    expect(recorded.samples().every((sample) => Object.isFrozen(sample) && Object.isFrozen(sample.tags))).toBe(true);
    expect(recorded.samples()).toHaveLength(11);
  });

  test('toString shows one line for each series', () => {
    const text = [
      'counter shop.jobs{cached=true,status=200} 2.5',
      'counter shop.jobs{status=500,instance=worker-1} -1',
      'gauge shop.level -4',
      'timing shop.query 12.5, 1',
      'set shop.users alice, bob',
      'distribution shop.size 7',
    ].join('\n');
    expect(String(recorded)).toBe(text);
    expect(inspect(recorded)).toBe(text);
  });
});

test('queries take tags as calls do, and nothing else', () => {
  const { recorded } = new RecordingBackend();
  expectTypeOf(recorded.counter).toBeCallableWith('jobs', { status: 200, cached: true, worker: 'a', none: undefined });
  expectTypeOf<RecordedSample & { kind: 'set' }>().toHaveProperty('member').toBeString();
  expectTypeOf<RecordedSample & { kind: 'gauge' }>().toHaveProperty('value').toBeNumber();
  // @ts-expect-error tags are an object of plain values
  expect(recorded.counter('jobs', { status: { code: 200 } })).toBe(0);
  // @ts-expect-error not a list
  expect(recorded.counter('jobs', ['status'])).toBe(0);
});

test('toString stays short', () => {
  const { recorded } = filled(200);
  const lines = String(recorded).split('\n');
  expect(lines).toHaveLength(51);
  expect(lines[0]).toBe('timing shop.query.0 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, … and 2 more values');
  expect(lines.at(-1)).toBe('… and 150 more lines');
  expect(String(new RecordingBackend().recorded)).toBe('nothing recorded');
});

test('timestamps, events and service checks are kept, with copies of their tags', () => {
  const backend = new RecordingBackend();
  const tags: [string, string][] = [['service', 'web']];
  backend.open(0, series('counter', 'imported'));
  backend.recordAt(0, 5, 1_700_000_000);
  backend.event({ title: 'deployed', text: '', tags });
  backend.serviceCheck({ name: 'database', status: 'ok' });
  tags[0]![1] = 'changed';
  expect(backend.recorded.counter('imported')).toBe(5);
  expect(backend.recorded.samples()).toMatchObject([{ kind: 'counter', timestamp: 1_700_000_000 }]);
  expect(backend.recorded.events).toStrictEqual([{ title: 'deployed', text: '', tags: { service: 'web' } }]);
  expect(backend.recorded.serviceChecks).toStrictEqual([{ name: 'database', status: 'ok' }]);
  expect(backend.stats()).toMatchObject({ accepted: 3, sent: 3 });
});

test('beyond maxSamples the oldest samples are evicted, counted and reported', () => {
  const problems: Problem[] = [];
  const backend = new RecordingBackend({ maxSamples: 3 });
  backend.start({ report: (problem) => problems.push(problem), collect: () => {} });
  backend.open(0, series('timing', 'query'));
  for (let value = 0; value < 10; value += 1) backend.timing(0, value, 1);
  expect(backend.recorded.timings('query')).toEqual([7, 8, 9]);
  expect(backend.stats()).toMatchObject({ accepted: 10, sent: 3, dropped: { capacity: 7 }, pending: 0 });
  expect(problems).toHaveLength(7);
  expect(problems[0]).toMatchObject({ code: 'capacity', count: 1 });
});

test('samples after close or on an id that is not open are dropped with their reason', async () => {
  const backend = new RecordingBackend();
  backend.open(0, series('counter', 'jobs'));
  backend.incr(0, 1, 1);
  backend.incr(1, 1, 1);
  await backend.close();
  backend.incr(0, 1, 1);
  expect(backend.recorded.counter('jobs')).toBe(1);
  expect(backend.stats()).toMatchObject({ accepted: 3, sent: 1, dropped: { unknown_series: 1, closed: 1 } });
  expect(backend.recorded.problems.map(({ code }) => code)).toEqual(['unknown_series', 'closed']);
});

test('clear removes what was recorded; open series stay open', () => {
  const backend = new RecordingBackend();
  backend.open(0, series('counter', 'jobs'));
  backend.incr(0, 1, 1);
  backend.incr(9, 1, 1);
  backend.event({ title: 'deployed', text: '' });
  backend.serviceCheck({ name: 'database', status: 'ok' });
  backend.recorded.clear();
  const { events, serviceChecks, problems } = backend.recorded;
  expect([backend.recorded.samples(), events, serviceChecks, problems]).toEqual([[], [], [], []]);
  backend.incr(0, 5, 1);
  expect(backend.recorded.counter('jobs')).toBe(5);
});

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('maxSamples rejects %p', (maxSamples) => {
  expect(() => new RecordingBackend({ maxSamples })).toThrow(
    new RangeError(`maxSamples must be an integer from 1 to 9007199254740991, not ${maxSamples}.`),
  );
});

test('maxSamples rejects a string', () => {
  expect(() => new RecordingBackend({ maxSamples: '5' as unknown as number })).toThrow(
    new TypeError('maxSamples must be a number, not "5".'),
  );
});

function filled(count: number): RecordingBackend {
  const backend = new RecordingBackend();
  for (let id = 0; id < count; id += 1) {
    backend.open(id, series('timing', `query.${id}`));
    for (let value = 0; value < (id === 0 ? 12 : 1); value += 1) backend.timing(id, value, 1);
  }
  return backend;
}
