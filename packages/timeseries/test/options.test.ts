import { createClient } from 'redis';
import { timeSeriesHandler } from '../src/handler.js';
import { createBackend, MemoryStore, TimeSeriesBackend } from '../src/index.js';
import { RedisStore } from '../src/redis.js';
import { createTestBackend } from './create-test-backend.js';
import { testSeries } from './test-store-host.js';

const backend = (options: unknown) => () => new TimeSeriesBackend(options as never);
const memory = (options: unknown) => () => new MemoryStore(options as never);
const redis = (options: unknown) => () => new RedisStore(options as never);
const created = (options: unknown) => () => createBackend(options as never);
const handler = (options: unknown) => () => timeSeriesHandler(createTestBackend().backend, options as never);

test.each<[string, () => unknown, RegExp]>([
  ['includes', backend({ includes: ['*'] }), /TimeSeriesBackend: unknown option "includes"; did you mean "include"/],
  ['rollup', backend({ rollup: [] }), /unknown option "rollup"; did you mean "rollups"/],
  ['flushinterval', backend({ flushinterval: 5 }), /did you mean "flushInterval"/],
  ['an option of the store', backend({ maxSeries: 5 }), /TimeSeriesBackend: unknown option "maxSeries"/],
  ['maxserie', memory({ maxserie: 5 }), /MemoryStore: unknown option "maxserie"; did you mean "maxSeries"/],
  [
    'snapshot.file',
    memory({ snapshot: { path: 'x', intervall: 5 } }),
    /snapshot: unknown option "intervall"; did you mean "interval"/,
  ],
  [
    'step and point',
    backend({ rollups: [{ step: 10, point: 5 }] }),
    /rollups: unknown option "point"; did you mean "points"/,
  ],
  ['uri', redis({ uri: 'redis://me:sesame@host' }), /RedisStore: unknown option "uri"; did you mean "url"/],
  ['host', redis({ host: 'localhost' }), /RedisStore: unknown option "host"; known are client, url/],
  ['mount', handler({ mount: '/x' }), /timeSeriesHandler: unknown option "mount"/],
  ['maxByte', created({ maxByte: 5 }), /@metrics\/timeseries: unknown option "maxByte"; did you mean "maxBytes"/],
  ['maxSeries with a store', created({ store: new MemoryStore(), maxSeries: 5 }), /maxSeries has no effect with store/],
])('an unknown option is an error that names the nearest one: %s', (_option, create, message) => {
  expect(create).toThrow(message);
  expect(create).toThrow(TypeError);
});

test.each<[string, () => unknown, RegExp]>([
  ['null', backend(null), /options must be an object, not null/],
  ['a string', backend('*'), /options must be an object, not "\*"/],
  ['null', memory(null), /options must be an object, not null/],
  ['null', redis(null), /options must be an object, not null/],
  ['a string', redis('redis://me:sesame@host'), /options must be an object/],
  ['null', created(null), /options must be an object, not null/],
  ['null', handler(null), /options must be an object, not null/],
  ['maxSeries: NaN', memory({ maxSeries: Number.NaN }), /maxSeries must be an integer from 1 .*, not NaN/],
  ['maxSeries: -5', memory({ maxSeries: -5 }), /maxSeries must be an integer from 1 .*, not -5/],
  ["maxSeries: 'many'", memory({ maxSeries: 'many' }), /maxSeries must be a number, not "many"/],
  ["maxBytes: '1e9'", memory({ maxBytes: '1e9' }), /maxBytes must be a number, not "1e9"/],
  ['maxBytes: null', memory({ maxBytes: null }), /maxBytes must be a number, not null/],
  [
    "snapshot: '/var/history'",
    memory({ snapshot: '/var/history' }),
    /snapshot must be an object such as .* not "\/var/,
  ],
  ['snapshot: null', memory({ snapshot: null }), /snapshot must be an object/],
  ['snapshot.path: 5', memory({ snapshot: { path: 5 } }), /snapshot.path must be a non-empty string, not 5/],
  [
    "snapshot.interval: '60'",
    memory({ snapshot: { path: 'x', interval: '6000' } }),
    /snapshot.interval must be from 100 .* not "6000"/,
  ],
  ["flushInterval: '1000'", backend({ flushInterval: '1000' }), /flushInterval must be from 10 .* not "1000"/],
  ['flushInterval: NaN', backend({ flushInterval: Number.NaN }), /flushInterval must be from 10 .* not NaN/],
  ['flushInterval: Infinity', backend({ flushInterval: Number.POSITIVE_INFINITY }), /flushInterval .* not Infinity/],
  ["include: 'jobs.*'", backend({ include: 'jobs.*' }), /include must be a list of keys .* not "jobs/],
  ['include: [5]', backend({ include: [5] }), /include must be a list of keys .* other values/],
  ['clock: 5', backend({ clock: 5 }), /clock must be a function, not 5/],
  ['store: null', backend({ store: null }), /store must be a store/],
  ['store: a class', backend({ store: MemoryStore }), /store must be a store, .* a function has no start\(\)/],
  ['rollups: [null]', backend({ rollups: [null] }), /rollups must be a list of \{ step, points \}, not of null/],
  ["step: '10'", backend({ rollups: [{ step: '10', points: 5 }] }), /step must be a whole number of seconds, not "10"/],
  ['points: NaN', backend({ rollups: [{ step: 10, points: Number.NaN }] }), /points must be a whole number .* not NaN/],
  ['client: null', redis({ client: null }), /client must be a client made by createClient/],
  ["clientOptions: 'x'", redis({ clientOptions: 'x' }), /clientOptions must be options of createClient/],
  ["commandTimeout: '5000'", redis({ commandTimeout: '5000' }), /commandTimeout must be from 1 .* not "5000"/],
  ['maxPendingBytes: NaN', redis({ maxPendingBytes: Number.NaN }), /maxPendingBytes must be an integer/],
  ["onError: 'log'", handler({ onError: 'log' }), /onError must be a function, not "log"/],
])('a value that is not valid is an error immediately: %s', (_value, create, message) => {
  expect(create).toThrow(message);
});

test('no message about an option quotes the user and the password of a URL', () => {
  for (const options of [
    { url: 'redis://historian:sesame@', port: 1 },
    { url: 'http://historian:sesame@host' },
    { url: 'redis://historian:sesame@host:99999999' },
    { url: 'redis://historian:sesame@host', client: createClient() },
    { url: 'redis://historian:sesame@host', commandTimeout: -1 },
  ])
    try {
      redis(options)();
      throw new Error('nothing was thrown');
    } catch (error) {
      expect(String(error)).not.toMatch(/sesame|historian|nothing was thrown/);
    }
});

describe('a part that was closed', () => {
  test.each([
    ['MemoryStore', () => new MemoryStore()],
    ['RedisStore', () => new RedisStore({ url: 'redis://127.0.0.1:1' })],
  ])('%s cannot be used by another backend', async (_name, create) => {
    const used = create();
    const first = new TimeSeriesBackend({ store: used });
    expect(() => new TimeSeriesBackend({ store: used })).toThrow(/has a backend already/);
    await first.close({ timeout: 0 });
    expect(() => new TimeSeriesBackend({ store: used })).toThrow('This store is closed: create another one.');
    const unused = create();
    await unused.close({ timeout: 0 });
    expect(() => new TimeSeriesBackend({ store: unused })).toThrow('This store is closed: create another one.');
  });

  test.each([
    ['MemoryStore', () => new MemoryStore()],
    ['RedisStore', () => new RedisStore({ url: 'redis://127.0.0.1:1' })],
  ])('%s without a backend says that it needs one', async (_name, create) => {
    const store = create();
    expect(() => store.counter(testSeries('counter', 'jobs'), 0, 1, 1)).toThrow('This store has no backend');
    await store.flush();
    await store.close({ timeout: 0 });
  });

  test('cannot be started again, and every other call does no harm', async () => {
    const { backend: closed, open } = createTestBackend();
    const id = open('counter', 'jobs');
    closed.incr(id, 3);
    await closed.close({ timeout: 100 });
    expect(() => closed.start({ report() {}, collect() {} })).toThrow('This backend is closed: create another one.');
    open('counter', 'others');
    closed.incr(id, 1);
    closed.release(id);
    closed.flushSync();
    await closed.flush();
    await closed.close({ timeout: 100 });
    expect(await closed.sum('jobs')).toBe(3);
    expect(closed.stats()).toMatchObject({ accepted: 2, sent: 1, dropped: { closed: 1 }, pending: 0 });
  });
});

test.each([5, Symbol('url'), {}, null, true])('a URL of another type is an error that names the option: %p', (url) => {
  expect(redis({ url })).toThrow(/^url must be a string such as redis:/);
});

test('a URL of another type in clientOptions is an error that names the option', () => {
  expect(redis({ clientOptions: { url: Symbol('url') } })).toThrow(/^url must be redis/);
});
