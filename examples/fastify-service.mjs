// @ts-check
// A Fastify service that Prometheus scrapes: requests by route, the runtime, and what the service itself records. Run it with
// `node examples/fastify-service.mjs` after `npm run build`.
import assert from 'node:assert/strict';
import { metrics } from '@metrics/core';
import { observeHttp, observeRuntime } from '@metrics/node';
import { fastifyRoutes } from '@metrics/node/fastify';
import { PrometheusBackend, prometheusHandler } from '@metrics/prometheus';
import fastify from 'fastify';

const backend = new PrometheusBackend({ buckets: { 'http.server.*': [10, 100, 1000] } });
metrics.register(backend, { prefix: 'shop.' });
const observed = [observeHttp(metrics), observeRuntime(metrics)];
fastifyRoutes(); // once, before the first Fastify()

const app = fastify();
const searches = metrics.defineCounter('searches', { description: 'searches in the catalog', tags: ['found'] });
const catalog = new Map(Object.entries({ 1: 'chair', 2: 'table' }));

app.get('/products/:id', async (request, reply) => {
  const { id } = /** @type {{ id: string }} */ (request.params);
  const name = catalog.get(id);
  searches.incr({ found: name !== undefined });
  return name === undefined ? reply.code(404).send({ error: 'unknown' }) : { id, name };
});
const scrape = prometheusHandler(backend);
app.get('/metrics', (request, reply) => {
  reply.hijack();
  scrape(request.raw, reply.raw);
});

const url = await app.listen({ port: 0, host: '127.0.0.1' });
for (const path of ['/products/1', '/products/2', '/products/3', '/wp-login.php'])
  await (await fetch(url + path)).text();

const text = await (await fetch(`${url}/metrics`)).text();
console.log(text.match(/^shop_(?:searches|http_server_request_duration_seconds_count).*$/gm)?.join('\n'));
assert.match(text, /^shop_searches_total\{found="true"\} 2$/m);
assert.match(text, /_count\{method="GET",route="\/products\/:id",status="200"\} 2$/m);
assert.match(text, /_count\{method="GET",route="\/products\/:id",status="404"\} 1$/m);
// A path that no route matches is not a tag: scanners bring no series.
assert.ok(!text.includes('wp-login'));

await app.close();
for (const each of observed) each.dispose();
await metrics.close();
