// @ts-check
// The metrics of the shop as lines of a log file, in a custom format: `node examples/logging-format.mjs metrics.log`.
import { inspect } from 'node:util';
import { metrics } from '@metrics/core';
import { LoggingBackend } from '@metrics/logging';
import winston from 'winston';
import { workThrough } from './shop.mjs';

const { format, loggers, transports } = winston;
const filename = process.argv[2];

/** Like the formatter `[%(levelname)s] %(message)s; instance=%(instance)r; tags=%(tags)r` of Python. */
const shopFormat = format.printf(
  ({ level, message, instance, tags }) =>
    `[${level.toUpperCase()}] ${String(message)}; instance=${inspect(instance)}; tags=${inspect(tags, { breakLength: Infinity })}`,
);

// The logger has its own level and transports; no other logger receives its lines.
loggers.add('metrics', {
  level: 'debug',
  format: shopFormat,
  transports: [filename === undefined ? new transports.Console() : new transports.File({ filename })],
});

// One line for each series and ten seconds. Without `summary` it is one for each call.
metrics.register(new LoggingBackend({ summary: {} }), { prefix: 'shop.' });
await workThrough(1000);
await metrics.close();
