// The shop of the demo, scraped: an application without a server lets the backend listen, and a scrape shows every total.
import assert from 'node:assert/strict';
import { createMetrics } from '@metrics/core';
import { PrometheusBackend } from '@metrics/prometheus';

const backend = new PrometheusBackend({ port: 0, buckets: { 'db.*': [1, 10, 100] } });
const metrics = createMetrics();
metrics.register(backend, { prefix: 'shop.' });

for (let order = 1; order <= 100; order += 1) {
  metrics.incr('orders', 1, { tags: { country: order % 4 === 0 ? 'AT' : 'DE' } });
  metrics.timing('db.query', order, { tags: { table: 'orders' } });
}
metrics.gauge('queue.length', 7, { instance: 'mail' });

while (backend.stats().port === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
const response = await fetch(`http://127.0.0.1:${backend.stats().port}/metrics`);
const text = await response.text();
console.log(text);
assert.match(text, /^shop_orders_total\{country="AT"\} 25$/m);
assert.match(text, /^shop_db_query_seconds_bucket\{table="orders",le="0.01"\} 10$/m);
assert.match(text, /^shop_db_query_seconds_sum\{table="orders"\} 5.05$/m);
assert.match(text, /^shop_queue_length\{exported_instance="mail"\} 7$/m);
await metrics.close();
