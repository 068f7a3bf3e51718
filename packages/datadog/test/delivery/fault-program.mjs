// @ts-check
// Runs into every fault with secrets configured, and prints everything that a careless application could print. A test
// searches the output for the secrets. Run with SECRET_KEY, SECRET_APP_KEY and SECRET_PASSWORD in the environment.
import { inspect } from 'node:util';
import { createMetrics } from '@metrics/core';
import { createBackend, DatadogMetricsBackend } from '@metrics/datadog';
import { RecordingIntake } from '@metrics/testing/servers';

const { SECRET_KEY: key = '', SECRET_APP_KEY: appKey = '', SECRET_PASSWORD: password = '' } = process.env;

process.on('warning', show);

/** @type {[name: string, script: import('@metrics/testing/servers').IntakeFault[], afterwards?: import('@metrics/testing/servers').IntakeFault][]} */
const faults = [
  ['no fault', []],
  ['503, 500, 408', [503, 500, 408]],
  ['hang', ['hang']],
  ['429', [{ status: 429, retryAfter: 0 }]],
  ['429 for long', [{ status: 429, retryAfter: 3600 }]],
  ['reset', ['reset', 'reset-early', 'lost-response']],
  ['stall', ['stall', { status: 503, stall: 10 }]],
  ['413', [], 413],
  ['202 with errors', [], { status: 202, errors: [`invalid series sent with ${key}`] }],
  [
    '400 that quotes the key',
    [],
    { status: 400, errors: [`DD-API-KEY: ${key}`, `?api_key=${encodeURIComponent(key)}`] },
  ],
  ['401', [], 401],
  ['403 that quotes the key', [], { status: 403, errors: [`API key ${key} is invalid`] }],
  ['503 that quotes the key', [], { status: 503, errors: [`no worker for ${key}`] }],
];

for (const [name, script, afterwards = 'ok'] of faults) {
  const intake = await RecordingIntake.start({ apiKey: key });
  intake.script(script, { afterwards });
  await use(name, { baseUrl: intake.url, ca: intake.ca });
  await intake.stop();
}

const intake = await RecordingIntake.start({ apiKey: key });
const thief = await RecordingIntake.start({ tls: false });
intake.script([301, 302, 303, 307, 308].map((status) => ({ status, redirect: thief.url })));
await use('redirect', { baseUrl: intake.url, ca: intake.ca });
console.log(`thief: ${thief.requests.length} requests`);
await thief.stop();
await use('a certificate that is not trusted', { baseUrl: intake.url });
intake.outage('handshake');
await use('a handshake that fails', { baseUrl: intake.url, ca: intake.ca });
intake.outage('silent');
await use('silence', { baseUrl: intake.url, ca: intake.ca });
await intake.stop();
await use('no listener', { baseUrl: intake.url, ca: intake.ca });
await use('a name that does not resolve', { baseUrl: 'https://intake.invalid' });
process.env['HTTPS_PROXY'] = `http://user:${password}@127.0.0.1:1`;
await use('a proxy that is down', { baseUrl: 'https://intake.invalid' });
delete process.env['HTTPS_PROXY'];

/** @type {unknown[]} */
const badKeys = [
  `${key}\nx`,
  `${key} ${key}`,
  `${key}\u00e9`,
  key.repeat(20),
  [key],
  { key },
  Buffer.from(key),
  Symbol(key),
];
for (const apiKey of badKeys) throwing({ apiKey });
throwing({ apiKey: key, site: 'example.org' });
throwing({ apiKey: key, baseUrl: `https://user:${password}@127.0.0.1` });
throwing({ apiKey: key, baseUrl: `https://127.0.0.1/?api_key=${key}` });
throwing({ apiKey: key, requestTimeout: 1 });
console.log('done');

/**
 * Records a sample of each kind through a facade, and shows all objects on the way.
 *
 * @param {string} name
 * @param {import('@metrics/datadog').DatadogOptions} options
 */
async function use(name, options) {
  console.log(`--- ${name}`);
  const backend = new DatadogMetricsBackend({
    // With a line break, as when read from a file.
    apiKey: `${key}\n`,
    appKey,
    requestTimeout: 100,
    random: () => 0.01,
    ...options,
  });
  const metrics = createMetrics();
  metrics.register(backend, { prefix: 'shop.', onError: show });
  metrics.incr('orders', 5, { tags: { country: 'at' } });
  metrics.gauge('queue', 7);
  metrics.distribution('size', 2.5);
  metrics.event({ title: 'deployed', text: 'version 7' });
  const flushed = metrics.flush();
  show(backend);
  await Promise.race([flushed, new Promise((resolve) => setTimeout(resolve, 300))]);
  for (const each of [backend, backend.stats(), metrics, metrics.stats()]) show(each);
  await metrics.close({ timeout: 200 });
  for (const each of [backend, backend.stats(), metrics.stats()]) show(each);
}

/** @param {Record<string, unknown>} options */
function throwing(options) {
  for (const create of [(/** @type {object} */ given) => new DatadogMetricsBackend(given), createBackend]) {
    try {
      create(options);
      console.log('NOT REJECTED', Object.keys(options));
    } catch (error) {
      show(error);
    }
  }
}

/** @param {unknown} value */
function show(value) {
  console.log(
    inspect(value, { depth: 10, showHidden: true, getters: true, maxArrayLength: null, maxStringLength: null }),
  );
  console.error(value);
  console.log(String(value));
  console.log(
    JSON.stringify(value, (_name, part) =>
      part instanceof Error ? { text: `${part.message} ${part.stack}`, own: Object.entries(part) } : part,
    ),
  );
  for (let error = value; error instanceof Error; error = error.cause) console.log(error.stack, Object.entries(error));
}
