// The shop of the demo, exported: what an exporter of OpenTelemetry gets, and what becomes of an export that fails.
import assert from 'node:assert/strict';
import { createMetrics } from '@metrics/core';
import { OpenTelemetryBackend } from '@metrics/opentelemetry';

/** In an application: `new OTLPMetricExporter()`. This one keeps the metrics, and fails once. */
const exporter = {
  /** @type {any[]} */
  exported: [],
  failures: 1,
  /**
   * @param {any} data
   * @param {(result: { code: number, error?: Error }) => void} callback
   */
  export(data, callback) {
    if (this.failures > 0) {
      this.failures -= 1;
      return callback({ code: 1, error: new Error('the collector restarts') });
    }
    this.exported = data.scopeMetrics[0].metrics;
    callback({ code: 0 });
  },
  forceFlush: async () => {},
  shutdown: async () => {},
};

const backend = new OpenTelemetryBackend({ exporter, resource: { 'service.name': 'shop' } });
const metrics = createMetrics();
metrics.register(backend, { onError: ({ code, message }) => console.log(`${code}: ${message}`) });

for (let order = 1; order <= 100; order += 1) {
  metrics.incr('orders', 1, { tags: { country: order % 4 === 0 ? 'AT' : 'DE' } });
  metrics.timing('db.query', order, { tags: { table: 'orders' } });
}
await metrics.flush();
assert.equal(backend.stats().pending, 200);
await metrics.close();
assert.deepEqual(backend.stats(), { accepted: 200, sent: 200, dropped: {}, pending: 0, sampledOut: 0 });
for (const { descriptor, dataPoints } of exporter.exported)
  for (const { attributes, value } of dataPoints)
    console.log(descriptor.name, descriptor.unit, attributes, typeof value === 'number' ? value : value.sum);
