// @ts-check
// What a logged metric costs against winston called by hand with the same fields.
import { Writable } from 'node:stream';
import { createMetrics } from '@metrics/core';
import { LoggingBackend } from '@metrics/logging';
import winston from 'winston';
import { interleaved } from './interleaved.mjs';

/** @param {string} level */
const logger = (level) =>
  winston.createLogger({
    level,
    format: winston.format.json(),
    transports: [
      new winston.transports.Stream({ stream: new Writable({ write: (_chunk, _encoding, done) => done() }) }),
    ],
  });
/** @param {winston.Logger} target */
const byHand = (target) => (/** @type {number} */ index) => {
  target.debug(`'jobs.started': +${index}`, {
    metric: 'shop.jobs.started',
    kind: 'counter',
    value: index,
    instance: 'worker-1',
    tags: { queue: 'mail', task_name: 'email' },
    sampleRate: 1,
  });
};
/** @type {import('@metrics/core').Series} */
const series = {
  kind: 'counter',
  key: 'jobs.started',
  name: 'shop.jobs.started',
  instance: 'worker-1',
  tags: { queue: 'mail', task_name: 'email' },
  unit: undefined,
  internal: false,
};
/** @param {ConstructorParameters<typeof LoggingBackend>[0]} options */
const backend = (options) => {
  const created = new LoggingBackend(options);
  created.open(0, series);
  return (/** @type {number} */ index) => created.incr(0, index, 1);
};
/** @param {winston.Logger} target */
const facade = (target) => {
  const metrics = createMetrics({ backend: new LoggingBackend({ logger: target }), prefix: 'shop.' });
  return (/** @type {number} */ index) =>
    metrics.incr('jobs.started', index, { instance: 'worker-1', tags: { queue: 'mail', task_name: 'email' } });
};

await interleaved(
  'winston by hand, and through the backend',
  {
    'by hand, level on': [byHand(logger('debug')), 1000],
    'backend, level on': [backend({ logger: logger('debug') }), 1000],
    'facade and backend, level on': [facade(logger('debug')), 1000],
    'by hand, level off': [byHand(logger('info')), 2000],
    'backend, level off': [backend({ logger: logger('info') }), 20_000],
    'facade and backend, level off': [facade(logger('info')), 20_000],
    'backend, summary': [backend({ logger: logger('debug'), summary: {} }), 20_000],
  },
  100,
);
process.exit();
