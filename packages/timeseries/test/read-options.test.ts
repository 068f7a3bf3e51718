import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMetrics } from '@metrics/core';
import { timeSeriesHandler } from '../src/handler.js';
import { TimeSeriesBackend } from '../src/index.js';
import { createTestBackend, NOON } from './create-test-backend.js';

/** A backend with three failed jobs, a gauge and a timing. */
function createHistory() {
  const created = createTestBackend();
  const { backend, open } = created;
  backend.incr(open('counter', 'jobs.failed', { queue: 'mail' }), 2);
  backend.incr(open('counter', 'jobs.failed', { queue: 'reports' }), 1);
  backend.timing(open('timing', 'jobs.run'), 5);
  return created;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

type Read = (backend: TimeSeriesBackend, options: never) => Promise<unknown>;
const reads: readonly (readonly [name: string, read: Read])[] = [
  ['range', (backend, options) => backend.range('jobs.failed', options)],
  [
    'a grouped range',
    (backend, options: unknown) =>
      backend.range('jobs.failed', (isObject(options) ? { groupBy: 'queue', ...options } : options) as never),
  ],
  ['value', (backend, options) => backend.value('jobs.failed', options)],
  ['sum', (backend, options) => backend.sum('jobs.failed', options)],
  ['top', (backend, options) => backend.top('jobs.failed', 'queue', 3, options)],
  ['latest', (backend, options) => backend.latest('jobs.failed', options)],
];
const inTime = reads.filter(([name]) => name !== 'latest');

describe.each(inTime)('%s rejects', (_name, read) => {
  test.each<[string, object, RegExp]>([
    ['a start in milliseconds', { start: (NOON - 3600) * 1000 }, /start .*seconds.*milliseconds: divide it by 1000/],
    ['an end in milliseconds', { end: (NOON - 1800) * 1000 }, /end .*seconds.*milliseconds: divide it by 1000/],
    ['both in milliseconds', { start: (NOON - 3600) * 1000, end: NOON * 1000 }, /divide it by 1000/],
    ['a start in the future', { start: NOON + 3600 }, /start must not be in the future/],
    ['a relative start', { start: -3600 }, /start must be in seconds since the epoch/],
    ['a date', { start: new Date(NOON * 1000) }, /start must be a number of seconds, not an object/],
    ['a string', { end: String(NOON) }, /end must be a number of seconds, not "/],
    ['null', { start: null }, /start must be a number of seconds, not null/],
    ['a bigint', { start: BigInt(NOON) }, /start must be a number of seconds/],
  ])('%s', async (_what, options, message) => {
    await expect(read(createHistory().backend, options as never)).rejects.toThrow(message);
  });
});

describe.each(reads)('%s rejects', (_name, read) => {
  test.each<[string, unknown, RegExp]>([
    ['a misspelled option', { tag: { queue: 'mail' } }, /unknown option "tag"; did you mean "tags"/],
    ['a misspelled start', { strat: NOON }, /unknown option "strat"/],
    ['an option of something else', { from: NOON }, /unknown option "from"/],
    ['a list of tags', { tags: ['queue:mail'] }, /tags must be an object such as .* not an array/],
    ['a Map of tags', { tags: new Map([['queue', 'mail']]) }, /tags must be an object such as .* not a Map/],
    ['a string of tags', { tags: 'queue:mail' }, /tags must be an object/],
    ['null as tags', { tags: null }, /tags must be an object/],
    ['a tag without a value', { tags: { queue: undefined } }, /tag "queue" must be a string, .* not undefined/],
    ['a list of values', { tags: { queue: ['mail'] } }, /tag "queue" must be a string, .* not an array/],
    ['null as options', null, /options must be an object/],
    ['a number as options', 60, /options must be an object/],
  ])('%s', async (_what, options, message) => {
    const promise = Promise.resolve().then(() => read(createHistory().backend, options as never));
    await expect(promise).rejects.toThrow(message);
    await expect(promise).rejects.toBeInstanceOf(TypeError);
  });
});

test.each<[string, (backend: TimeSeriesBackend) => Promise<unknown>, RegExp]>([
  ['sum of a statistic', (b) => b.sum('jobs.run', { statistic: 'p99' } as never), /unknown option "statistic"/],
  ['latest with a start', (b) => b.latest('jobs.failed', { start: NOON } as never), /unknown option "start"/],
  ['value with a step', (b) => b.value('jobs.failed', { step: 10 } as never), /unknown option "step"/],
  ['value of groups', (b) => b.value('jobs.failed', { groupBy: 'queue' } as never), /unknown option "groupBy"/],
  ['a statistic of no kind', (b) => b.value('never', { statistic: 'cuont' as never }), /statistic must be one of/],
  ['a statistic that is a number', (b) => b.value('jobs.run', { statistic: 99 as never }), /statistic must be one of/],
  ['a step that is a string', (b) => b.range('jobs.failed', { step: '10' as never }), /step must be a number/],
  ['a step of NaN', (b) => b.range('jobs.failed', { step: Number.NaN }), /step must be a positive number/],
  ['groups by a number', (b) => b.range('jobs.failed', { groupBy: 5 as never }), /groupBy must be the key of a tag/],
  ['n as a string', (b) => b.top('jobs.failed', 'queue', '5' as never), /n must be a number/],
  ['a tag that is none', (b) => b.top('jobs.failed', undefined as never, 5), /tag must be a string, not undefined/],
  ['a key that is none', (b) => b.sum(undefined as never), /key must be a string, not undefined/],
  ['series of no key', (b) => b.series(5 as never), /key must be a string, not 5/],
  ['a pattern that is none', (b) => b.keys(/jobs/ as never), /pattern must be a string/],
  [
    'a range before all that is kept',
    (b) => b.sum('jobs.failed', { start: NOON - 300 * 86_400, end: NOON - 200 * 86_400 }),
    /Nothing before \d+ is kept/,
  ],
])('a read rejects, and does not answer 0 or the total: %s', async (_what, read, message) => {
  await expect(read(createHistory().backend)).rejects.toThrow(message);
});

test('a filter finds what the facade has recorded: long values and lone surrogates', async () => {
  const history = new TimeSeriesBackend({ include: ['*'] });
  const metrics = createMetrics({ backend: history, onError: () => {} });
  const page = `/${'long'.repeat(100)}`;
  metrics.incr('jobs.failed', 3, { tags: { page, broken: 'a\ud800b', '\udfff': 1 } });
  metrics.incr('jobs\ud800', 4);
  for (const tags of [{ page }, { broken: 'a\ud800b' }, { '\udfff': '1' }, { '\udfff': 1 }] as Record<string, string>[])
    expect(await history.sum('jobs.failed', { tags })).toBe(3);
  expect(await history.top('jobs.failed', '\udfff', 1)).toEqual([{ tagValue: '1', value: 3 }]);
  expect(await history.sum('jobs\ud800')).toBe(4);
  await metrics.close();
});

test('tags and keys that are properties of every object are like others', async () => {
  const { backend, open } = createTestBackend();
  const names = ['constructor', 'toString', 'hasOwnProperty', '__proto__', 'valueOf', 'prototype', '__defineGetter__'];
  for (const name of names) {
    const tags = Object.fromEntries([[name, name]]);
    backend.incr(open('counter', name, tags), 2);
    backend.gauge(open('gauge', `${name}.level`, tags), 3);
    backend.timing(open('timing', `${name}.time`, tags), 4);
    backend.set(open('set', `${name}.users`, tags), name);
    for (const [key, value] of [
      [name, 2],
      [`${name}.level`, 3],
      [`${name}.time`, 4],
      [`${name}.users`, 1],
    ] as const) {
      expect(await backend.value(key, { tags })).toBe(value);
      expect(await backend.top(key, name, 5)).toEqual([{ tagValue: name, value }]);
      expect((await backend.range(key, { groupBy: name, step: 3600 })).get(name)?.at(-1)?.[1]).toBe(value);
    }
    // No series has this tag, and no object lends it one.
    expect(await backend.top(name, 'isPrototypeOf', 5)).toEqual([]);
    expect(await backend.sum(name, { tags: { isPrototypeOf: 'x' } })).toBe(0);
  }
  expect(await backend.keys()).toHaveLength(4 * names.length);
});

test.each([
  ['/range?key=jobs.failed&strat=5', 'There is no parameter "strat" here, only key, start'],
  ['/range?key=jobs.failed&from=5', 'There is no parameter "from" here'],
  ['/range?key=jobs.failed&constructor=x', 'There is no parameter "constructor" here'],
  ['/range?key=jobs.failed&__proto__=x', 'There is no parameter "__proto__" here'],
  ['/range?key=jobs.failed&queue=mail', 'There is no parameter "queue" here'],
  ['/top?key=jobs.failed&tag=queue&limit=5', 'There is no parameter "limit" here'],
  ['/series?key=jobs.failed&tag.queue=mail', 'There is no parameter "tag.queue" here'],
  [`/range?key=jobs.failed&start=${NOON * 1000}`, 'looks like milliseconds: divide it by 1000'],
  [`/range?key=jobs.failed&start=${NOON - 60}&end=${NOON * 1000}`, 'looks like milliseconds'],
  [`/top?key=jobs.failed&tag=queue&end=${NOON * 1000}`, 'looks like milliseconds'],
  ['/range?key=jobs.failed&start=-3600', 'start must be in seconds since the epoch'],
])('over HTTP %s gets status 400', async (path, message) => {
  const server = createServer(timeSeriesHandler(createHistory().backend)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
  expect([response.status, await response.json()]).toEqual([400, { error: expect.stringContaining(message) }]);
  server.close();
});
