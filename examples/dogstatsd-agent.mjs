// @ts-check
// All of DogStatsD, from an application to a server in place of a Datadog Agent: aggregated counters, packed distributions,
// a timing sent as a histogram, an event, a service check, and an Agent that restarts. Run it with
// `node examples/dogstatsd-agent.mjs` after `npm run build`.
import assert from 'node:assert/strict';
import { createMetrics } from '@metrics/core';
import { DogStatsdMetricsBackend } from '@metrics/dogstatsd';
import { RecordingServer } from '@metrics/testing/servers';

const agent = await RecordingServer.start();
const backend = new DogStatsdMetricsBackend({
  statsdPort: agent.port,
  tags: { env: 'demo', service: 'shop' },
  wireTypes: { 'legacy.*': 'h' },
  flushInterval: 200,
  containerId: false,
  telemetry: false,
});
const metrics = createMetrics({ backend, prefix: 'shop.' });

for (const country of ['at', 'de', 'at']) metrics.incr('orders', { tags: { country } });
metrics.gauge('balance', -12.5);
for (const bytes of [512, 2048, 128]) metrics.distribution('upload.size', bytes, { tags: { kind: 'größe' } });
metrics.timing('legacy.checkout', 12.25);
metrics.incr('imported', 5, { timestamp: 1_700_000_000 });
metrics.event({ title: 'Deployed', text: 'Version 7\nby hand', alertType: 'success' });
metrics.serviceCheck({ name: 'database', status: 'warning', message: 'slow' });
await metrics.flush();
await agent.waitFor(8);

console.log('What the Agent reads:');
for (const line of agent.lines) console.log(`  ${line}`);
assert.equal(agent.recorded.counter('shop.orders', { country: 'at', env: 'demo' }), 2);
assert.deepEqual(agent.recorded.distributions('shop.upload.size'), [512, 2048, 128]);
assert.equal(agent.events[0]?.text, 'Version 7\nby hand');

console.log('\nThe Agent restarts; counters continue.');
await agent.down();
const jobs = setInterval(() => metrics.incr('jobs'), 1);
while (backend.stats().pending < 100) await new Promise((resolve) => setTimeout(resolve, 20));
clearInterval(jobs);
const { pending } = backend.stats();
await agent.up();
await agent.waitFor((server) => server.recorded.counter('shop.jobs') >= pending);
console.log(`All ${pending} samples that waited have arrived.`);

await metrics.close();
const { accepted, sent, dropped, transport, address, addressFrom } = backend.stats();
console.log(
  `${accepted} samples accepted, ${sent} sent over ${transport} to ${address} (from ${addressFrom}),`,
  dropped,
);
await agent.stop();
