// @ts-check
// The internal time series database over HTTP: the page for people, JSON for programs. It reads from its own server once and
// ends; with `--stay` the server keeps running. Run it with `node examples/timeseries-page.mjs` after
// `npm run build`.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { metrics } from '@metrics/core';
import { TimeSeriesBackend } from '@metrics/timeseries';
import { timeSeriesHandler } from '@metrics/timeseries/handler';
import { workThrough } from './shop.mjs';

const history = new TimeSeriesBackend({ include: ['*'] });
metrics.register(history);
const failed = await workThrough(200);

// Only this machine can reach it. In an application the handler comes after the authentication of operators.
const server = createServer(timeSeriesHandler(history)).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
const at = `http://127.0.0.1:${port}`;

const { keys } = /** @type {{ keys: string[] }} */ (await read('keys'));
console.log(`${200 - failed} jobs succeeded and ${failed} failed. Their history:\n`);
for (const key of keys) {
  const range = await read(`range?key=${encodeURIComponent(key)}`);
  const { kind, groups } = /** @type {{ kind: string, groups: { points: [number, number | null][] }[] }} */ (range);
  const values = groups.flatMap(({ points }) => points.flatMap(([, value]) => value || []));
  console.log(`${key.padEnd(16)} ${kind.padEnd(12)} ${values.join(' ')}`);
}
const page = await (await fetch(`${at}/`)).text();
assert.match(page, /<title>Time series<\/title>/);

if (process.argv.includes('--stay')) console.log(`\nThe page: ${at}/   Ctrl+C ends it.`);
else {
  server.close();
  server.closeAllConnections();
  await metrics.close();
}

/**
 * Resolves with the handler's response.
 * @param {string} path
 */
async function read(path) {
  return (await fetch(`${at}/${path}`)).json();
}
