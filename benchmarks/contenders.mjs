// @ts-check
// All clients that are compared, each used as its own documentation shows: how it is created, the source of a call, and how
// to flush it. A client is loaded only in the process that measures it.
import { createRequire } from 'node:module';
import { literal } from './scenarios.mjs';

/**
 * @typedef {import('./scenarios.mjs').Site} Site
 * @typedef {{ port: number, byHand: boolean }} Environment port of a server on 127.0.0.1, over UDP unless a suite has its own,
 *   and whether the client sends only on `flush`, as far as it can wait
 *
 * @typedef {object} Client
 * @property {(site: Site, scope: Record<string, unknown>) => string} call the source of one call
 * @property {() => Promise<unknown>} [flush] resolves when all that was recorded is on its way
 * @property {(run: (turns: number) => void) => (turns: number) => void} [around] what the loop has to run in
 * @property {() => unknown} [keep] what must be referred to while memory is measured
 *
 * @typedef {object} Contender
 * @property {string} title
 * @property {'ours' | 'rival' | 'measure'} side
 * @property {string} [against] the one that its ratio refers to, if not the first
 * @property {boolean} [slow] takes microseconds: give it few calls between two turns of the event loop
 * @property {boolean} [sends] over UDP, so that delivery can be measured
 * @property {(environment: Environment) => Promise<Client> | Client} create
 */

const require = createRequire(import.meta.url);
/** A package without types. @type {(name: string) => any} */
const untyped = require;

/** Not the dummy, which the facade would not even call: what is measured with it is the facade alone. */
export class EmptyBackend {
  open() {}
  release() {}
  incr() {}
  gauge() {}
  timing() {}
  distribution() {}
  set() {}
  async flush() {}
  async close() {}
  stats() {
    return { accepted: 0, sent: 0, dropped: {}, pending: 0, sampledOut: 0 };
  }
}

/** So that the scenarios with many series are measured, and not the guard that would merge them. */
export const ROOM = {
  maxSeries: 2_000_000,
  maxSeriesPerMetric: 2_000_000,
  maxValuesPerTag: 2_000_000,
  warnAt: 2_000_000,
};
const DEFINE = /** @type {const} */ ({
  incr: 'defineCounter',
  gauge: 'defineGauge',
  timing: 'defineTiming',
  distribution: 'defineDistribution',
});
/** The verbs of the instruments. */
const RECORD = { incr: 'incr', gauge: 'set', timing: 'record', distribution: 'record' };

/**
 * @typedef {(environment: Environment) => Promise<import('@metrics/core').MetricsBackend>} BackendMaker
 */

/** In milliseconds. @param {boolean} byHand */
const windowOf = (byHand) => (byHand ? 10_000 : 2000);

/** @type {BackendMaker} */
const dogstatsd = async ({ port, byHand }) => {
  const { DogStatsdMetricsBackend } = await import('@metrics/dogstatsd');
  return new DogStatsdMetricsBackend({
    statsdHost: '127.0.0.1',
    statsdPort: port,
    telemetry: false,
    flushInterval: windowOf(byHand),
  });
};
/** @type {BackendMaker} */
const statsd = async ({ port, byHand }) => {
  const { StatsdMetricsBackend } = await import('@metrics/statsd');
  return new StatsdMetricsBackend({ host: '127.0.0.1', port, tagFormat: 'datadog', flushInterval: windowOf(byHand) });
};
/** @type {BackendMaker} */
const plainStatsd = async ({ port, byHand }) => {
  const { StatsdMetricsBackend } = await import('@metrics/statsd');
  return new StatsdMetricsBackend({ host: '127.0.0.1', port, flushInterval: windowOf(byHand) });
};
/** To a closed port: its first request comes after the measurement. @type {BackendMaker} */
const datadog = async () => {
  const { DatadogMetricsBackend } = await import('@metrics/datadog');
  return new DatadogMetricsBackend({
    apiKey: '0123456789abcdef',
    baseUrl: 'http://127.0.0.1:9',
    flushInterval: 60_000,
  });
};
/** To a logger that writes nothing. @type {BackendMaker} */
const quietLog = async () => {
  const { LoggingBackend } = await import('@metrics/logging');
  return new LoggingBackend({ logger: { debug() {} } });
};
/** @type {BackendMaker} */
const history = async () => {
  const { TimeSeriesBackend } = await import('@metrics/timeseries');
  return new TimeSeriesBackend({ include: ['*'] });
};
/** @type {BackendMaker} */
const prometheus = async () => {
  const { PrometheusBackend } = await import('@metrics/prometheus');
  return new PrometheusBackend();
};
/** Exports when it is flushed. @type {BackendMaker} */
const openTelemetryExport = async ({ port }) => {
  const { OpenTelemetryBackend } = await import('@metrics/opentelemetry');
  return new OpenTelemetryBackend({ exporter: await otlpExporter(port), interval: 3_600_000, timeout: 3_600_000 });
};
/** @type {BackendMaker} */
const empty = async () => new EmptyBackend();

/** @param {BackendMaker} makeBackend @param {Environment} environment */
async function createFacade(makeBackend, environment) {
  const { createMetrics } = await import('@metrics/core');
  return createMetrics({ backend: await makeBackend(environment), onError() {}, cardinality: ROOM });
}

/** @param {BackendMaker} makeBackend @returns {Contender['create']} */
const facade = (makeBackend) => async (environment) => {
  const metrics = await createFacade(makeBackend, environment);
  return {
    call(site, scope) {
      scope['metrics'] = metrics;
      const options = site.tags.length > 0 ? `, { tags: ${literal(site.tags)} }` : '';
      if (site.timed) {
        const timer = `started[${site.value}]`;
        return `${timer}?.stop(); ${timer} = metrics.startTimer('${site.name}'${options})`;
      }
      return `metrics.${site.verb}('${site.name}', ${site.value}${options})`;
    },
    flush: () => metrics.flush(),
    keep: () => metrics,
  };
};

/** @param {import('@metrics/core').Metrics} metrics @param {Site} site */
function instrumentOf(metrics, { verb, name, tags }) {
  // oxlint-disable-next-line no-unsafe-type-assertion -- the tags are made up here
  const define = /** @type {(key: string, options: object) => any} */ (
    /** @type {unknown} */ (metrics[DEFINE[verb]].bind(metrics))
  );
  return define(name, { tags: tags.map(([key]) => key) });
}

/** @param {BackendMaker} makeBackend @returns {Contender['create']} */
const instrument = (makeBackend) => async (environment) => {
  const metrics = await createFacade(makeBackend, environment);
  return {
    call(site, scope) {
      const variable = `instrument${Object.keys(scope).length}`;
      scope[variable] = instrumentOf(metrics, site);
      const tags = site.tags.length > 0 ? [literal(site.tags)] : [];
      // A counter's amount is optional.
      const value = site.verb === 'incr' && site.value === '1' ? [] : [site.value];
      return `${variable}.${RECORD[site.verb]}(${[...value, ...tags].join(', ')})`;
    },
    flush: () => metrics.flush(),
    keep: () => metrics,
  };
};

/** @param {BackendMaker} makeBackend @returns {Contender['create']} */
const bound = (makeBackend) => async (environment) => {
  const metrics = await createFacade(makeBackend, environment);
  return {
    call(site, scope) {
      const defined = instrumentOf(metrics, site);
      const variable = `handles${Object.keys(scope).length}`;
      const handles = site.variants().map((tags) => defined.with(tags));
      const value = site.verb === 'incr' && site.value === '1' ? '' : site.value;
      scope[variable] = handles.length === 1 ? handles[0] : handles;
      const handle = handles.length === 1 ? variable : `${variable}[${site.variant}]`;
      return `${handle}.${RECORD[site.verb]}(${value})`;
    },
    flush: () => metrics.flush(),
    keep: () => metrics,
  };
};

/** A flush reads what a server would scrape, part by part. @type {(create: typeof facade) => Contender['create']} */
const scraped = (create) => async (environment) => {
  const backend = /** @type {import('@metrics/prometheus').PrometheusBackend} */ (await prometheus(environment));
  const client = await create(async () => backend)(environment);
  const flush = async () => {
    for await (const part of backend.scrape().body) void part;
  };
  return { ...client, flush };
};

/** As an application creates it, with time for a busy machine. @param {number} port of a server for OTLP over HTTP */
async function otlpExporter(port) {
  const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-proto');
  return new OTLPMetricExporter({ url: `http://127.0.0.1:${port}/v1/metrics`, timeoutMillis: 60_000 });
}

/** @param {object} settings @param {boolean} [aggregates] @returns {Contender['create']} */
const hotShots =
  (settings, aggregates = false) =>
  async ({ port, byHand }) => {
    const { StatsD } = await import('hot-shots');
    const client = new StatsD({
      host: '127.0.0.1',
      port,
      errorHandler() {},
      includeDataDogTags: false,
      datadog: false,
      ...settings,
      ...(aggregates && { aggregation: { flushInterval: byHand ? 3_600_000 : 2000, maxContexts: 1_000_000 } }),
    });
    const verbs = { incr: 'increment', gauge: 'gauge', timing: 'timing', distribution: 'distribution' };
    return {
      call(site, scope) {
        scope['client'] = client;
        const tags = site.tags.length > 0 ? `, ${literal(site.tags)}` : '';
        if (site.timed) {
          const start = `started[${site.value}]`;
          const elapsed = `performance.now() - (${start} ?? 0)`;
          return `client.timing('${site.name}', ${elapsed}${tags}); ${start} = performance.now()`;
        }
        return `client.${verbs[site.verb]}('${site.name}', ${site.value}${tags})`;
      },
      flush: () =>
        new Promise((resolve) => {
          // Typed only in part: `flush` takes what waits in its buffer and its aggregation.
          /** @type {any} */ (client).flush(resolve);
        }),
      keep: () => client,
    };
  };

/** @type {Contender['create']} */
const ddTrace = async ({ port }) => {
  // The client without the tracer: `tracer.dogstatsd`, created as the tracer creates it.
  const key = Symbol.for('dd-trace');
  /** @type {any} */ (globalThis)[key] ??= { beforeExitHandlers: new Set() };
  const { CustomMetrics } = untyped('dd-trace/packages/dd-trace/src/dogstatsd');
  const { lookup } = await import('node:dns');
  const client = new CustomMetrics({ dogstatsd: { hostname: '127.0.0.1', port }, lookup });
  const verbs = { incr: 'increment', gauge: 'gauge', timing: 'distribution', distribution: 'distribution' };
  return {
    call(site, scope) {
      scope['client'] = client;
      const tags = site.tags.length > 0 ? `, ${literal(site.tags)}` : '';
      return `client.${verbs[site.verb]}('${site.name}', ${site.value}${tags})`;
    },
    flush: () => new Promise((resolve) => client.flush(resolve)),
    keep: () => client,
  };
};

/** @type {Contender['create']} */
const statsdClient = ({ port }) => {
  const Client = untyped('statsd-client');
  const client = new Client({ host: '127.0.0.1', port });
  return {
    call(site, scope) {
      scope['client'] = client;
      const tags = site.tags.length > 0 ? `, ${literal(site.tags)}` : '';
      const verb = { incr: 'increment', gauge: 'gauge', timing: 'timing', distribution: 'distribution' }[site.verb];
      return `client.${verb}('${site.name}', ${site.value}${tags})`;
    },
    // It sends a buffer that is full, or a second old.
    flush: () => new Promise((resolve) => setTimeout(resolve, 1100)),
    keep: () => client,
  };
};

/** @type {Contender['create']} */
const datadogMetrics = () => {
  const { BufferedMetricsLogger } = require('datadog-metrics');
  const logger = new BufferedMetricsLogger({ reporter: { report: async () => {} } });
  return {
    call(site, scope) {
      scope['logger'] = logger;
      const tags = site.tags.map(([key, expression]) => `'${key}:' + ${expression}`);
      const verb = { incr: 'increment', gauge: 'gauge', timing: 'distribution', distribution: 'distribution' }[
        site.verb
      ];
      return `logger.${verb}('${site.name}', ${site.value}${tags.length > 0 ? `, [${tags.join(', ')}]` : ''})`;
    },
    flush: () => logger.flush(),
    keep: () => logger,
  };
};

/** @param {boolean} withChild @returns {Contender['create']} */
const promClient = (withChild) => () => {
  const prom = require('prom-client');
  const registry = new prom.Registry();
  return {
    call(site, scope) {
      const Metric = { incr: prom.Counter, gauge: prom.Gauge, timing: prom.Histogram, distribution: prom.Histogram }[
        site.verb
      ];
      const verb = { incr: 'inc', gauge: 'set', timing: 'observe', distribution: 'observe' }[site.verb];
      const metric = new Metric({
        name: site.name.replace('.', '_'),
        help: site.name,
        labelNames: site.tags.map(([key]) => key),
        registers: [registry],
      });
      const variable = `metric${Object.keys(scope).length}`;
      if (withChild) {
        scope[variable] = site.variants().map((tags) => metric.labels(tags));
        return `${variable}[${site.variant}].${verb}(${site.value})`;
      }
      scope[variable] = metric;
      return `${variable}.${verb}(${site.tags.length > 0 ? `${literal(site.tags)}, ` : ''}${site.value})`;
    },
    flush: () => registry.metrics(),
    keep: () => registry,
  };
};

/** @param {boolean} isExported over OTLP; otherwise it is collected into memory @returns {Contender['create']} */
const openTelemetry =
  (isExported) =>
  async ({ port }) => {
    const { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } =
      await import('@opentelemetry/sdk-metrics');
    // Beyond its limit it would merge series, which others do not.
    const views = [{ instrumentName: '*', aggregationCardinalityLimit: 2_000_000 }];
    const collected = new InMemoryMetricExporter(AggregationTemporality.DELTA);
    const reader = new PeriodicExportingMetricReader({
      exporter: isExported ? await otlpExporter(port) : collected,
      exportIntervalMillis: 3_600_000,
      exportTimeoutMillis: 3_600_000,
    });
    const provider = new MeterProvider({ readers: [reader], views });
    const meter = provider.getMeter('benchmarks');
    return {
      call(site, scope) {
        const variable = `instrument${Object.keys(scope).length}`;
        const record = site.verb === 'incr' ? 'add' : 'record';
        scope[variable] =
          site.verb === 'incr'
            ? meter.createCounter(site.name)
            : site.verb === 'gauge'
              ? meter.createGauge(site.name)
              : meter.createHistogram(site.name);
        return `${variable}.${record}(${site.value}${site.tags.length > 0 ? `, ${literal(site.tags)}` : ''})`;
      },
      flush: async () => {
        await reader.forceFlush();
        collected.reset();
      },
      keep: () => provider,
    };
  };

/** @type {Contender['create']} */
const winston = async () => {
  const { default: library } = await import('winston');
  const { openSync, createWriteStream } = await import('node:fs');
  const stream = createWriteStream('', { fd: openSync('/dev/null', 'w') });
  const logger = library.createLogger({
    level: 'debug',
    format: library.format.json(),
    transports: [new library.transports.Stream({ stream })],
  });
  return { call: logCall(logger), keep: () => logger };
};

/** @type {Contender['create']} */
const pino = () => {
  const library = require('pino');
  const logger = library({ level: 'debug' }, library.destination({ dest: '/dev/null', sync: true }));
  return {
    call(site, scope) {
      scope['logger'] = logger;
      return `logger.debug({ metric: '${site.name}', value: ${site.value}, tags: ${literal(site.tags)} }, '${site.name}')`;
    },
    keep: () => logger,
  };
};

/** @param {unknown} logger @returns {Client['call']} */
const logCall = (logger) => (site, scope) => {
  scope['logger'] = logger;
  return `logger.debug('${site.name}', { metric: '${site.name}', value: ${site.value}, tags: ${literal(site.tags)} })`;
};

/** The least that any library costs: a call that is not inlined, to a method without a body. */
class EmptyMethod {
  incr() {}
  gauge() {}
  timing() {}
  distribution() {}
}

/** @type {Contender['create']} */
const emptyMethod = () => {
  const target = new EmptyMethod();
  return {
    call(site, scope) {
      scope['target'] = target;
      const options = site.tags.length > 0 ? `, { tags: ${literal(site.tags)} }` : '';
      return `target.${site.verb}('${site.name}', ${site.value}${options})`;
    },
  };
};

/** The cost of the caller's own literals: it keeps them, so that the compiler cannot remove them. */
class Keeper {
  /** @type {unknown} */
  kept;
  /** @param {unknown} options */
  keep(options) {
    this.kept = options;
  }
}

/** @type {Contender['create']} */
const literals = () => {
  const keeper = new Keeper();
  return {
    call(site, scope) {
      scope['keeper'] = keeper;
      return `keeper.keep(${site.tags.length > 0 ? `{ tags: ${literal(site.tags)} }` : 'undefined'})`;
    },
  };
};

/** @type {Contender['create']} */
const dummy = async () => {
  const { createMetrics } = await import('@metrics/core');
  const metrics = createMetrics({ onError() {} });
  return {
    call(site, scope) {
      scope['metrics'] = metrics;
      const options = site.tags.length > 0 ? `, { tags: ${literal(site.tags)} }` : '';
      return `metrics.${site.verb}('${site.name}', ${site.value}${options})`;
    },
  };
};

/** Measured in their own suite. @type {Readonly<Record<string, Contender>>} */
export const timeSeriesContenders = {
  'time-series': { title: '@metrics/timeseries, facade', side: 'ours', create: facade(history) },
  'time-series-bound': { title: '@metrics/timeseries, bound handle', side: 'ours', create: bound(history) },
};

/** Measured in their own suite. @type {Readonly<Record<string, Contender>>} */
export const totalsContenders = {
  prometheus: { title: '@metrics/prometheus, facade', side: 'ours', create: scraped(facade) },
  'prometheus-bound': { title: '@metrics/prometheus, bound handle', side: 'ours', create: scraped(bound) },
  otlp: { title: '@metrics/opentelemetry, facade', side: 'ours', create: facade(openTelemetryExport) },
  'opentelemetry-otlp': { title: 'OpenTelemetry, sdk-metrics', side: 'rival', slow: true, create: openTelemetry(true) },
};

/** Measured with new series only. @type {Readonly<Record<string, Contender>>} */
export const newSeriesContenders = {
  'statsd-plain': { title: '@metrics/statsd, without tags', side: 'ours', create: facade(plainStatsd) },
  datadog: { title: '@metrics/datadog', side: 'ours', create: facade(datadog) },
  logging: { title: '@metrics/logging', side: 'ours', create: facade(quietLog) },
};

/** By their name in the results and on the command line. @type {Readonly<Record<string, Contender>>} */
export const contenders = {
  'empty-method': { title: 'a method without a body', side: 'measure', create: emptyMethod },
  literals: { title: 'the literals of the call, kept', side: 'measure', create: literals },
  dummy: { title: '@metrics/core, dummy backend', side: 'ours', create: dummy },
  'facade-empty': { title: '@metrics/core, empty backend', side: 'ours', create: facade(empty) },
  'instrument-empty': {
    title: '@metrics/core, declared instrument, empty backend',
    side: 'ours',
    create: instrument(empty),
  },
  'bound-empty': { title: '@metrics/core, bound handle, empty backend', side: 'ours', create: bound(empty) },
  facade: { title: '@metrics/dogstatsd, facade', side: 'ours', sends: true, create: facade(dogstatsd) },
  instrument: {
    title: '@metrics/dogstatsd, declared instrument',
    side: 'ours',
    sends: true,
    create: instrument(dogstatsd),
  },
  bound: { title: '@metrics/dogstatsd, bound handle', side: 'ours', sends: true, create: bound(dogstatsd) },
  statsd: { title: '@metrics/statsd, facade', side: 'ours', sends: true, create: facade(statsd) },
  'hot-shots': { title: 'hot-shots, unbuffered', side: 'rival', slow: true, sends: true, create: hotShots({}) },
  'hot-shots-1432': {
    title: 'hot-shots, buffer of 1432 bytes',
    side: 'rival',
    slow: true,
    sends: true,
    create: hotShots({ maxBufferSize: 1432 }),
  },
  'hot-shots-8192': {
    title: 'hot-shots, buffer of 8192 bytes',
    side: 'rival',
    slow: true,
    sends: true,
    create: hotShots({ maxBufferSize: 8192 }),
  },
  'hot-shots-aggregation': {
    title: 'hot-shots, aggregation',
    side: 'rival',
    slow: true,
    sends: true,
    create: hotShots({ maxBufferSize: 8192 }, true),
  },
  'dd-trace': { title: 'dd-trace, DogStatsD client', side: 'rival', slow: true, sends: true, create: ddTrace },
  'statsd-client': { title: 'statsd-client', side: 'rival', slow: true, sends: true, create: statsdClient },
  'datadog-metrics': { title: 'datadog-metrics', side: 'rival', slow: true, create: datadogMetrics },
  'prom-client': { title: 'prom-client', side: 'rival', slow: true, create: promClient(false) },
  'prom-client-bound': { title: 'prom-client, labels bound', side: 'rival', slow: true, create: promClient(true) },
  opentelemetry: { title: 'OpenTelemetry, sdk-metrics', side: 'rival', slow: true, create: openTelemetry(false) },
  winston: { title: 'winston, a line per call', side: 'rival', slow: true, create: winston },
  pino: { title: 'pino, a line per call', side: 'rival', slow: true, create: pino },
};
