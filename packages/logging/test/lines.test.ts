import { createMetrics, type Metrics } from '@metrics/core';
import winston, { type LoggerOptions } from 'winston';
import { LoggingBackend, type LoggingOptions, metricsFormat, metricsJsonFormat } from '../src/index.js';
import { LineCollector } from './line-collector.js';

/** Collects the lines of an application with the prefix `shop.`. */
function logged(
  record: (metrics: Metrics) => void,
  loggerOptions: LoggerOptions = {},
  options: LoggingOptions = {},
): LineCollector {
  const collector = new LineCollector(loggerOptions);
  const metrics = createMetrics();
  metrics.register(new LoggingBackend({ logger: collector.logger, ...options }), { prefix: 'shop.' });
  record(metrics);
  void metrics.close();
  return collector;
}

const options = { instance: 'worker-1', tags: { task_name: 'email', queue: 7 } };
const fields = "; instance='worker-1'; tags={ queue: '7', task_name: 'email' }";

// The Python original writes counters, gauges and distributions as '%r: %+g' of key and value, timings as '%r: %g ms', with
// the formatter '[%(levelname)s] %(message)s; instance=%(instance)r; tags=%(tags)r'.
test.each<[string, (metrics: Metrics) => void, string]>([
  ['a counter', (metrics) => metrics.incr('jobs.started', options), `'jobs.started': +1${fields}`],
  ['an amount', (metrics) => metrics.incr('bytes.sent', 512, options), `'bytes.sent': +512${fields}`],
  ['a negative amount', (metrics) => metrics.incr('balance', -2.5, options), `'balance': -2.5${fields}`],
  ['a counter with a unit', (metrics) => metrics.incr('sent', 1, { ...options, unit: 'byte' }), `'sent': +1${fields}`],
  ['a gauge', (metrics) => metrics.gauge('queue.length', 42.5, options), `'queue.length': +42.5${fields}`],
  ['a negative gauge', (metrics) => metrics.gauge('temperature', -4, options), `'temperature': -4${fields}`],
  ['a gauge of zero', (metrics) => metrics.gauge('idle', 0, options), `'idle': +0${fields}`],
  ['a timing', (metrics) => metrics.timing('jobs.run', 12.5, options), `'jobs.run': 12.5 ms${fields}`],
  ['a sampled timing', (metrics) => metrics.timing('run', 3, { ...options, sampleRate: 0.01 }), `'run': 3 ms${fields}`],
  ['a distribution', (metrics) => metrics.distribution('size', 320, options), `'size': +320${fields}`],
  [
    'a distribution with a unit',
    (metrics) => metrics.distribution('mail.size', 320, { ...options, unit: 'kilobyte' }),
    `'mail.size': +320 kilobyte${fields}`,
  ],
  ['a set', (metrics) => metrics.set('users', 'ann', options), `'users': 'ann'${fields}`],
  ['a large number', (metrics) => metrics.incr('large', 1e21, options), `'large': +1e+21${fields}`],
  ['a small number', (metrics) => metrics.gauge('small', 1e-7, options), `'small': +1e-7${fields}`],
  ['a tenth', (metrics) => metrics.gauge('tenth', 0.1, options), `'tenth': +0.1${fields}`],
  ['all digits', (metrics) => metrics.incr('digits', 1234567.891, options), `'digits': +1234567.891${fields}`],
  ['nothing but a key', (metrics) => metrics.incr('bare'), "'bare': +1; instance=undefined; tags={}"],
  ['a key in quotes', (metrics) => metrics.incr("it's"), "'it\\'s': +1; instance=undefined; tags={}"],
  ['a key with percents', (metrics) => metrics.incr('%s %d %j %%', options), `'%s %d %j %%': +1${fields}`],
  [
    'tag keys that are not identifiers',
    (metrics) => metrics.incr('a', { tags: { 'content-type': 'text/html' } }),
    "'a': +1; instance=undefined; tags={ 'content-type': 'text/html' }",
  ],
  [
    'a counter with a timestamp',
    (metrics) => metrics.incr('imported', 10, { ...options, timestamp: 1_700_000_000 }),
    `'imported': +10 at 2023-11-14T22:13:20.000Z${fields}`,
  ],
  [
    'an event',
    (metrics) => metrics.event({ title: 'Deployed', text: 'version 2', alertType: 'success', ...options }),
    "'Deployed': 'version 2'; instance='worker-1'; tags={ queue: '7', task_name: 'email' }",
  ],
  [
    'a service check',
    (metrics) => metrics.serviceCheck({ name: 'db', status: 'critical', message: 'no route', tags: { az: 'a' } }),
    "'shop.db': critical 'no route'; instance=undefined; tags={ az: 'a' }",
  ],
  [
    'a service check without a message',
    (metrics) => metrics.serviceCheck({ name: 'db', status: 'ok' }),
    "'shop.db': ok; instance=undefined; tags={}",
  ],
])('the line of %s', (_what, record, line) => {
  expect(logged(record).lines).toEqual([`[DEBUG] ${line}`]);
});

test('the level is set by the option', () => {
  const { lines } = logged((metrics) => metrics.incr('a'), {}, { level: 'info' });
  expect(lines).toEqual(["[INFO] 'a': +1; instance=undefined; tags={}"]);
});

test.each<[string, (metrics: Metrics) => void, object]>([
  [
    'a counter',
    (metrics) => metrics.incr('jobs', 2, { ...options, unit: 'job', sampleRate: 0.5 }),
    { message: "'jobs': +2", metric: 'shop.jobs', kind: 'counter', value: 2, unit: 'job', sampleRate: 0.5 },
  ],
  [
    'a gauge',
    (metrics) => metrics.gauge('level', 4, options),
    { message: "'level': +4", metric: 'shop.level', kind: 'gauge', value: 4 },
  ],
  [
    'a timing',
    (metrics) => metrics.timing('run', 12.5, options),
    { message: "'run': 12.5 ms", metric: 'shop.run', kind: 'timing', value: 12.5, unit: 'ms', sampleRate: 1 },
  ],
  [
    'a distribution',
    (metrics) => metrics.distribution('size', 3, options),
    { message: "'size': +3", metric: 'shop.size', kind: 'distribution', value: 3, sampleRate: 1 },
  ],
  [
    'a set',
    (metrics) => metrics.set('users', 'ann', options),
    { message: "'users': 'ann'", metric: 'shop.users', kind: 'set', member: 'ann' },
  ],
  [
    'a gauge with a timestamp',
    (metrics) => metrics.gauge('level', -1, { ...options, timestamp: 1_700_000_000 }),
    {
      message: "'level': -1 at 2023-11-14T22:13:20.000Z",
      metric: 'shop.level',
      kind: 'gauge',
      value: -1,
      epochSeconds: 1_700_000_000,
    },
  ],
  [
    'an event',
    (metrics) =>
      metrics.event({ title: 'Deployed', text: 'v2', aggregationKey: 'd', hostname: 'h', timestamp: 12, ...options }),
    {
      message: "'Deployed': 'v2'",
      kind: 'event',
      title: 'Deployed',
      text: 'v2',
      alertType: 'info',
      aggregationKey: 'd',
      host: 'h',
      epochSeconds: 12,
    },
  ],
])('the fields of %s', (_what, record, entry) => {
  const { entries } = logged(record, { format: metricsJsonFormat() });
  const always = { level: 'debug', instance: 'worker-1', tags: { queue: '7', task_name: 'email' } };
  expect(entries).toEqual([{ ...always, ...entry }]);
});

test('the JSON format begins with level and message', () => {
  const { lines } = logged((metrics) => metrics.incr('a', { tags: { b: 1 } }), { format: metricsJsonFormat() });
  expect(lines).toEqual([
    `{"level":"debug","message":"'a': +1","metric":"shop.a","kind":"counter","value":1,"tags":{"b":"1"},"sampleRate":1}`,
  ]);
});

test('a line shows the time and the colored level of the formats before it', () => {
  const { format } = winston;
  const clock = format.timestamp({ format: () => '12:00' });
  const color = format.colorize({ colors: { debug: 'blue' } });
  const { lines } = logged((metrics) => metrics.incr('a'), { format: format.combine(clock, color, metricsFormat()) });
  expect(lines).toEqual(["12:00 [\u001b[34mDEBUG\u001b[39m] 'a': +1; instance=undefined; tags={}"]);
});

test('default fields of the logger are added and override no field of the metric', () => {
  const { entries } = logged((metrics) => metrics.incr('a', { instance: 'one' }), {
    format: metricsJsonFormat(),
    defaultMeta: { service: 'shop', instance: 'of the logger' },
  });
  expect(entries).toEqual([expect.objectContaining({ service: 'shop', instance: 'one', kind: 'counter' })]);
});

test('a child logger adds its fields', () => {
  const collector = new LineCollector({ format: metricsJsonFormat() });
  const metrics = createMetrics();
  metrics.register(new LoggingBackend({ logger: collector.logger.child({ request: 7 }) }));
  metrics.incr('a');
  expect(collector.entries).toEqual([expect.objectContaining({ request: 7, metric: 'a' })]);
});

test('lines of the application are formatted, too', () => {
  const collector = new LineCollector();
  collector.logger.info('started\nnow');
  expect(collector.lines).toEqual(['[INFO] started\\nnow']);
});

// Formats may be called without a logger, which alone adds the level as a symbol.
test.each<[string, Record<string, unknown>, string]>([
  ['no tags', {}, '[WARN] full'],
  ['tags that are null', { tags: null }, '[WARN] full'],
  ['tags that are a string', { tags: 'urgent' }, '[WARN] full'],
  ['tags', { tags: { disk: 'sda' } }, "[WARN] full; instance=undefined; tags={ disk: 'sda' }"],
])('an entry with %s is formatted outside of a logger', (_what, others, line) => {
  const entry = metricsFormat().transform({ level: 'warn', message: 'full', ...others });
  expect(entry).toMatchObject({ [Symbol.for('message')]: line });
});
