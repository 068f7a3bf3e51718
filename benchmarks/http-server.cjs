// @ts-check
// A server with one contender, in its own process: what it adds to the processor time of a request. The parent sends the load.
// CommonJS, because the instrumentation of OpenTelemetry replaces modules while they are loaded.
const { performance } = require('node:perf_hooks');

/** @typedef {{ contender: string, framework: 'http' | 'express', port: number }} Setup */
const setup = /** @type {Setup} */ (JSON.parse(process.argv[2] ?? '{}'));

/** @type {() => void} */
let collect = () => {};
/** @type {any} */
let middleware;

const contenders = {
  none() {},
  'metrics-node'() {
    const { createMetrics } = require('@metrics/core');
    const { observeHttp } = require('@metrics/node');
    const { StatsdMetricsBackend } = require('@metrics/statsd');
    observeHttp(createMetrics({ backend: new StatsdMetricsBackend({ host: '127.0.0.1', port: setup.port }) }));
  },
  opentelemetry() {
    const { ExpressInstrumentation } = require('@opentelemetry/instrumentation-express');
    const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
    const {
      InMemoryMetricExporter,
      MeterProvider,
      PeriodicExportingMetricReader,
    } = require('@opentelemetry/sdk-metrics');
    const exporter = new InMemoryMetricExporter(0);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 10_000 });
    const provider = new MeterProvider({ readers: [reader] });
    for (const each of [new HttpInstrumentation(), new ExpressInstrumentation()]) each.setMeterProvider(provider);
  },
  'express-prom-bundle'() {
    const bundle = require('express-prom-bundle');
    middleware = /** @type {any} */ (bundle)({ includeMethod: true, includePath: true, includeStatusCode: true });
  },
  /** Not a server: one reading of all runtime metrics. */
  runtime() {
    const { createMetrics, DummyMetricsBackend } = require('@metrics/core');
    const { observeRuntime } = require('@metrics/node');
    const backend = Object.assign(/** @type {import('@metrics/core').MetricsBackend} */ (new DummyMetricsBackend()), {
      discards: false,
      /** @param {import('@metrics/core').BackendHost} host */
      start(host) {
        collect = () => host.collect();
      },
    });
    observeRuntime(createMetrics({ backend }), { window: 1000 });
  },
};

const start = contenders[/** @type {keyof typeof contenders} */ (setup.contender)];
if (start === undefined) throw new RangeError(`unknown: ${process.argv[2]}`);
start();
const http = require('node:http');

/** @type {import('node:http').RequestListener} */
let handler = (_request, response) => void response.end('ok');
if (setup.framework === 'express') {
  // Its types are no dependency of the workspace.
  const express = /** @type {any} */ (require)('express');
  const application = express();
  if (middleware) application.use(middleware);
  const router = express.Router();
  router.get('/users/:id', handler);
  application.use('/api/v1', router);
  handler = application;
}
const server = http.createServer(handler);
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () =>
  process.send?.(/** @type {import('node:net').AddressInfo} */ (server.address()).port),
);

process.on('message', (command) => {
  // Microseconds of processor time so far, or of each of some readings.
  if (command === 'cpu') {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
  } else {
    const times = [];
    for (let count = 0; count < 300; count += 1) {
      const begin = performance.now();
      collect();
      times.push((performance.now() - begin) * 1000);
    }
    process.send?.(times.sort((one, other) => one - other)[150]);
  }
});
process.on('disconnect', () => process.exit());
