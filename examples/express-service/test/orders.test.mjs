// The same tests run under jest and vitest: `npm run test:jest`, `npm run test:vitest`.
import { once } from 'node:events';
import { metrics } from '@metrics/core';
import { capture, RecordingBackend } from '@metrics/testing';
import { createApp, placeOrder } from '../app.mjs';

test('an order is counted with its country and payment', async () => {
  const seen = await capture(() => placeOrder({ country: 'AT', payment: 'card', total: 20 }, () => {}));

  expect(seen.counter('orders.placed', { country: 'AT', payment: 'card' })).toBe(1);
  expect(seen.distributions('orders.value')).toEqual([20]);
  expect(seen.problems).toEqual([]);
});

test('a country that is not declared becomes __other__ and is reported', async () => {
  const order = /** @type {any} */ ({ country: 'Atlantis', payment: 'card', total: 20 });
  const seen = await capture(() => placeOrder(order, () => {}));

  expect(seen.counter('orders.placed', { country: '__other__' })).toBe(1);
  expect(seen.problems.map(({ code }) => code)).toContain('undeclared_value');
});

describe('over HTTP', () => {
  const backend = new RecordingBackend();
  /** @type {import('node:http').Server} */
  let server;

  beforeAll(async () => {
    metrics.register(backend, { replace: true });
    server = createApp(() => {}).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(async () => {
    server.close();
    await metrics.close();
  });

  test('a POST places an order', async () => {
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    const response = await fetch(`http://127.0.0.1:${port}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ country: 'DE', payment: 'invoice', total: 12 }),
    });

    expect(response.status).toBe(201);
    expect(backend.recorded.counter('orders.placed', { country: 'DE' })).toBe(1);
  });
});
