// @ts-check
// A handler of AWS Lambda, and a runtime that invokes it. Between invocations the process is frozen, so each ends with a flush.
// In a bundle there are no packages to look up: `factories` has them. Run it with `node examples/lambda.mjs` after
// `npm run build`.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { configure, metrics } from '@metrics/core';
import { createBackend as logging } from '@metrics/logging';
import { createBackend as statsd } from '@metrics/statsd';

// The runtime: it sets the environment, as the configuration of the function says.
const server = createSocket('udp4').bind(0, '127.0.0.1');
await once(server, 'listening');
process.env['METRICS_BACKEND'] = '@metrics/statsd';
process.env['METRICS_OPTIONS'] = JSON.stringify({
  host: '127.0.0.1',
  port: server.address().port,
  tagFormat: 'datadog',
});

// The function: what follows is its file.
configure({ prefix: 'shop.', factories: { '@metrics/statsd': statsd, '@metrics/logging': logging } });

/** @param {{ readonly queue: string }} event */
async function handler(event) {
  metrics.incr('invocations', { tags: { queue: event.queue } });
  await metrics.flush();
  return { statusCode: 200 };
}

// The runtime again. Samples that have not arrived when the handler ends would wait for the next invocation.
const arrival = once(server, 'message');
for (const queue of ['mail', 'reports']) assert.equal((await handler({ queue })).statusCode, 200);
const { sent, pending } = metrics.stats().backend;
console.log(`sent ${sent}, pending ${pending}: ${String((await arrival)[0]).trim()}`);
assert.deepEqual({ sent, pending }, { sent: 2, pending: 0 });
await metrics.close();
server.close();
