// Runs the service against a receiver, sends requests, and prints what arrived. `npm start` in this folder, after
// `npm run build` in the root.
import assert from 'node:assert/strict';
import { RecordingServer } from '@metrics/testing/servers';
import { start } from './main.mjs';

const agent = await RecordingServer.start();
const { server, stop } = await start({ port: 0, statsdPort: agent.port });
const address = server.address();
assert.ok(address !== null && typeof address === 'object');
const url = `http://127.0.0.1:${address.port}`;

for (const order of [
  { country: 'AT', payment: 'card', total: 20 },
  { country: 'AT', payment: 'invoice', total: 45.5 },
  { country: 'DE', payment: 'invoice', total: 12 },
]) {
  const response = await fetch(`${url}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(order),
  });
  assert.equal(response.status, 201);
}
await fetch(`${url}/orders/4711`);
await stop();

const isShown = (/** @type {string} */ line) => /^shop\.(?:orders|invoices|http\.server\.request)/.test(line);
await agent.waitFor(({ recorded }) => recorded.timings('shop.invoices.rendered').length === 2);
console.log(agent.lines.filter(isShown).join('\n'));
const { recorded } = agent;
assert.equal(recorded.counter('shop.orders.placed'), 3);
assert.equal(recorded.counter('shop.orders.placed', { payment: 'invoice', country: 'DE' }), 1);
assert.deepEqual(recorded.distributions('shop.orders.value', { country: 'AT' }), [20, 45.5]);
assert.equal(recorded.timings('shop.invoices.rendered', { result: 'success' }).length, 2);
assert.equal(
  recorded.timings('shop.http.server.request.duration', { route: '/orders/:number', status: 200 }).length,
  1,
);
await agent.stop();
