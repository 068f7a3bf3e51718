// @ts-check
// The metrics of the service in one place: their tags, and the values that those may have.
import { metrics } from '@metrics/core';

export const ordersPlaced = metrics.defineCounter('orders.placed', {
  description: 'orders that were accepted',
  tags: { country: ['AT', 'DE'], payment: ['card', 'invoice'] },
});

export const orderValue = metrics.defineDistribution('orders.value', { tags: ['country'], unit: 'euro' });

export const invoicesRendered = metrics.defineTiming('invoices.rendered', { description: 'rendering of an invoice' });
