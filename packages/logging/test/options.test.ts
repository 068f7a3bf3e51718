import { createMetrics } from '@metrics/core';
import { createBackend, LoggingBackend, type LoggingOptions } from '../src/index.js';
import { LineCollector } from './line-collector.js';

test.each<[unknown, typeof TypeError | typeof RangeError, string]>([
  [null, TypeError, 'options must be an object, not null.'],
  ['debug', TypeError, 'options must be an object, not "debug".'],
  [{ lvl: 'info' }, TypeError, 'LoggingBackend: unknown option "lvl"; did you mean "level"?'],
  [{ summary: { intervall: 1000 } }, TypeError, 'summary: unknown option "intervall"; did you mean "interval"?'],
  [{ level: 7 }, TypeError, 'level must be a non-empty string, not 7.'],
  [{ level: '' }, TypeError, 'level must be a non-empty string, not "".'],
  [{ loggerName: {} }, TypeError, 'loggerName must be a non-empty string, not an object.'],
  [{ summary: true }, TypeError, 'summary must be an object, not true.'],
  [
    { summary: { interval: '10s' } },
    RangeError,
    'summary.interval must divide 10000 milliseconds, and "10s" does not.',
  ],
  [{ summary: { interval: 3000 } }, RangeError, 'summary.interval must divide 10000 milliseconds, and 3000 does not.'],
  [{ summary: { interval: 0 } }, RangeError, 'summary.interval must divide 10000 milliseconds, and 0 does not.'],
])('invalid options %o are rejected', (options, kind, message) => {
  expect(() => new LoggingBackend(options as LoggingOptions)).toThrow(new kind(message));
});

test('a level that the logger does not have is rejected', () => {
  const { logger } = new LineCollector({ levels: { loud: 0, quiet: 1 }, level: 'quiet' });
  expect(() => new LoggingBackend({ logger })).toThrow(
    new TypeError('level must be one of the logger\'s (loud, quiet), not "debug".'),
  );
  expect(() => new LoggingBackend({ logger, level: 'quiet' })).not.toThrow();
});

test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
  'a property %s of objects is no level',
  (level) => {
    const { logger } = new LineCollector();
    expect(() => new LoggingBackend({ logger, level })).toThrow(/^level must be one of the logger's/);
    expect(() => new LoggingBackend({ logger: console, level })).toThrow(/^logger must have the methods/);
  },
);

test('createBackend creates a backend that can be registered', async () => {
  const { logger, lines } = new LineCollector();
  const metrics = createMetrics();
  metrics.register(createBackend({ logger }));
  metrics.incr('a');
  await metrics.close();
  expect(lines).toEqual([]);
  expect(createBackend()).toBeInstanceOf(LoggingBackend);
});
