// @ts-check
// The rows of the matrix: how the application creates each backend, and what receives its samples.
import { threadId } from 'node:worker_threads';
import { announcePort } from './scraper.mjs';

/** A peer that reads slowly takes so long at most. */
const MAX_SCRAPE_WAIT_MILLISECONDS = 3000;

/**
 * @typedef {'udp' | 'tcp' | 'unixgram' | 'unixstream' | 'intake' | 'redis' | 'scraper' | 'otlp' | 'stdout' | 'file' | 'snapshot'} PeerKind
 * @typedef {{ host: string, port: number, path: string, url: string }} Target the address of the peer, or the file that is
 *   written; of a scraper, the port that it reads
 *
 * @typedef {object} BackendRow
 * @property {PeerKind} peer
 * @property {number} [copies] how many members of `combine` count each sample
 * @property {number} [kept] how many of them keep it in the process
 * @property {boolean} [acknowledges] the peer confirms what it keeps, so nothing that it loses counts as sent
 * @property {boolean} [writesLines] through a logger, which may write later what it held at the deadline of `close()`
 * @property {(target: Target) => Promise<import('@metrics/core').MetricsBackend>} create
 * @property {(backend: import('@metrics/core').MetricsBackend) => Promise<void>} [settle] what an application does that
 *   wants its last samples to arrive, before it ends in an orderly way
 */

/** @type {Readonly<Record<string, BackendRow>>} */
export const backends = {
  'statsd udp': { peer: 'udp', create: ({ host, port }) => statsd({ host, port }) },
  'statsd tcp': { peer: 'tcp', create: ({ host, port }) => statsd({ host, port, protocol: 'tcp' }) },
  'statsd unixgram': { peer: 'unixgram', create: ({ path }) => statsd({ path, protocol: 'uds' }) },
  'dogstatsd udp': {
    peer: 'udp',
    create: ({ host, port }) => dogstatsd({ statsdHost: host, statsdPort: port }),
  },
  'dogstatsd unixgram': {
    peer: 'unixgram',
    create: ({ path }) => dogstatsd({ statsdSocketPath: `unixgram://${path}` }),
  },
  'dogstatsd unixstream': {
    peer: 'unixstream',
    create: ({ path }) => dogstatsd({ statsdSocketPath: `unixstream://${path}` }),
  },
  datadog: { peer: 'intake', acknowledges: true, create: datadog },
  prometheus: { peer: 'scraper', create: prometheus, settle: waitForScrape },
  opentelemetry: { peer: 'otlp', acknowledges: true, create: opentelemetry },
  'logging console': { peer: 'stdout', writesLines: true, create: () => logging('Console') },
  'logging file': { peer: 'file', writesLines: true, create: ({ path }) => logging('File', { filename: path }) },
  'logging stream': { peer: 'file', writesLines: true, create: loggingStream },
  'timeseries memory': { peer: 'snapshot', create: memory },
  'timeseries redis': { peer: 'redis', acknowledges: true, create: redis },
  combine: {
    peer: 'tcp',
    copies: 2,
    kept: 1,
    create: async (target) => {
      const { combine } = await import('@metrics/core');
      const { TimeSeriesBackend } = await import('@metrics/timeseries');
      return combine(
        await statsd({ host: target.host, port: target.port, protocol: 'tcp' }),
        new TimeSeriesBackend({ include: ['*'] }),
      );
    },
  },
};

/** @param {import('@metrics/statsd').StatsdOptions} options */
async function statsd(options) {
  const { StatsdMetricsBackend } = await import('@metrics/statsd');
  return new StatsdMetricsBackend({ flushInterval: 100, ...options });
}

/** @param {import('@metrics/dogstatsd').DogStatsdOptions} options */
async function dogstatsd(options) {
  const { DogStatsdMetricsBackend } = await import('@metrics/dogstatsd');
  return new DogStatsdMetricsBackend({ flushInterval: 100, telemetry: false, ...options });
}

/** @param {Target} target */
async function datadog({ url }) {
  const { DatadogMetricsBackend } = await import('@metrics/datadog');
  const apiKey = '0123456789abcdef0123456789abcdef';
  return new DatadogMetricsBackend({ apiKey, baseUrl: url, allowInsecureUrl: true, flushInterval: 1000 });
}

/** @param {Target} target */
async function prometheus({ port, path }) {
  const { PrometheusBackend } = await import('@metrics/prometheus');
  announcePort(path, port);
  return new PrometheusBackend({ port });
}

/** The second scrape from now on begins after a whole one. @param {import('@metrics/core').MetricsBackend} backend */
async function waitForScrape(backend) {
  const { stats } = /** @type {import('@metrics/prometheus').PrometheusBackend} */ (backend);
  const { scrapes } = stats.call(backend);
  const until = performance.now() + MAX_SCRAPE_WAIT_MILLISECONDS;
  while (stats.call(backend).scrapes < scrapes + 2 && performance.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 10));
}

/** @param {Target} target */
async function opentelemetry({ url }) {
  const { OpenTelemetryBackend } = await import('@metrics/opentelemetry');
  const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-proto');
  // Its attempts keep a process for as long as its timeout, or that of the agent until there is a connection. Idle
  // connections are the application's to end.
  const exporter = new OTLPMetricExporter({
    url: `${url}/v1/metrics`,
    timeoutMillis: 1000,
    httpAgentOptions: { keepAlive: false, timeout: 1000 },
  });
  const resource = { 'service.instance.id': `${process.pid}-${threadId}` };
  return new OpenTelemetryBackend({ exporter, resource, interval: 200 });
}

/** @param {'Console' | 'File'} name @param {object} [options] */
async function logging(name, options) {
  const { LoggingBackend, metricsFormat } = await import('@metrics/logging');
  const { default: winston } = await import('winston');
  const Transport = /** @type {new (options?: object) => import('winston').transport} */ (winston.transports[name]);
  const logger = winston.createLogger({
    level: 'debug',
    format: metricsFormat(),
    transports: [new Transport(options)],
  });
  return new LoggingBackend({ logger });
}

/** @param {Target} target */
async function loggingStream({ path }) {
  const { createWriteStream } = await import('node:fs');
  const { LoggingBackend, metricsFormat } = await import('@metrics/logging');
  const { default: winston } = await import('winston');
  const stream = createWriteStream(path, { flags: 'a' });
  stream.on('error', () => {});
  const logger = winston.createLogger({
    level: 'debug',
    format: metricsFormat(),
    transports: [new winston.transports.Stream({ stream, eol: '\n' })],
  });
  return new LoggingBackend({ logger });
}

/** @param {Target} target */
async function memory({ path }) {
  const { MemoryStore, TimeSeriesBackend } = await import('@metrics/timeseries');
  const store = new MemoryStore({ snapshot: { path } });
  return new TimeSeriesBackend({ include: ['*'], store, flushInterval: 100 });
}

/** @param {Target} target */
async function redis({ url }) {
  const { TimeSeriesBackend } = await import('@metrics/timeseries');
  const { RedisStore } = await import('@metrics/timeseries/redis');
  return new TimeSeriesBackend({ include: ['*'], store: new RedisStore({ url }), flushInterval: 100 });
}
