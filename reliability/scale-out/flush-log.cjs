// @ts-check
// A backend of the StatsD daemon that writes to a file what the daemon reads and what it flushes, synchronously: what a
// killed daemon had read and not flushed is known afterwards.
'use strict';
const { openSync, writeSync } = require('node:fs');

/**
 * @param {number} _startedAt
 * @param {{ flushLog: string }} configuration of the daemon
 * @param {import('node:events').EventEmitter} events
 */
exports.init = (_startedAt, { flushLog }, events) => {
  const file = openSync(flushLog, 'a');
  const write = (/** @type {object} */ entry) => writeSync(file, `${JSON.stringify(entry)}\n`);
  write({ type: 'start' });
  events.on('packet', (/** @type {Buffer} */ packet) => {
    for (const line of packet.toString().split('\n')) if (line !== '') write({ type: 'line', line });
  });
  events.on('flush', (_time, { counters, gauges }) => write({ type: 'flush', at: Date.now(), counters, gauges }));
  return true;
};
