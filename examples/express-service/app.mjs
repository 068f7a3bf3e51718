// @ts-check
// The service. It records and knows no backend: main.mjs registers one, tests register another.
import express from 'express';
import { ordersPlaced, orderValue } from './shop-metrics.mjs';

/**
 * @typedef {object} Order
 * @property {'AT' | 'DE'} country
 * @property {'card' | 'invoice'} payment
 * @property {number} total
 */

/**
 * @param {Order} order
 * @param {(order: Order) => void} renderInvoice
 */
export function placeOrder(order, renderInvoice) {
  ordersPlaced.incr({ country: order.country, payment: order.payment });
  orderValue.record(order.total, { country: order.country });
  if (order.payment === 'invoice') renderInvoice(order);
}

/** @param {(order: Order) => void} renderInvoice */
export function createApp(renderInvoice) {
  const app = express();
  app.use(express.json());
  app.post('/orders', (request, response) => {
    placeOrder(request.body, renderInvoice);
    response.status(201).json({ accepted: true });
  });
  app.get('/orders/:number', (request, response) => {
    response.json({ number: request.params.number });
  });
  return app;
}
