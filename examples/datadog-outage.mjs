// @ts-check
// An outage of Datadog, and how the backend delivers after it: `node examples/datadog-outage.mjs`. Needs no network and no
// key: the intake is the one that tests use, which fails on demand.
import { metrics } from '@metrics/core';
import { DatadogMetricsBackend } from '@metrics/datadog';
import { RecordingIntake } from '@metrics/testing/servers';
import { workThrough } from './shop.mjs';

const intake = await RecordingIntake.start();
const backend = new DatadogMetricsBackend({
  apiKey: 'a-key-for-the-example',
  baseUrl: intake.url,
  ca: intake.ca,
  tags: { env: 'example' },
});
metrics.register(backend, {
  prefix: 'shop.',
  onError: ({ code, message }) => console.log(`${code}: ${message}`),
});

intake.script([503, 'reset', { status: 429, retryAfter: 1 }]);
await workThrough(1000);
await metrics.flush();
await metrics.close();

const { accepted, sent, retries, requests, bytes } = backend.stats();
console.log(
  `${sent} of ${accepted} samples delivered in ${requests} requests of ${bytes} bytes, after ${retries} retries`,
);
console.log(intake.toString());
await intake.stop();
if (sent !== accepted || intake.violations.length > 0) process.exitCode = 1;
