// The programs that the checks run: for each package the smallest that shows that it works.

/**
 * @typedef {object} Program
 * @property {Readonly<Record<string, string>>} imports names by module
 * @property {string} body statements; `port` is that of the receiver, as a string
 * @property {string} end an expression, awaited by those that must not end before
 */

/** The text that a receiver gets, or the program prints, if the program works. */
export const EXPECTED = 'consumer.jobs.started';

const RECORD = `metrics.incr('jobs.started', 3);`;

/**
 * By package, without its scope, and by entry of a package.
 * @type {Readonly<Record<string, Program>>}
 */
const programs = {
  core: {
    imports: { '@metrics/core': 'createMetrics', '@metrics/core/backend': 'Interner' },
    body: `const metrics = createMetrics({ prefix: 'consumer.' });
${RECORD}`,
    end: `metrics.close().then(() => console.log(new Interner().acquire('consumer.jobs.started') === 0 ? 'consumer.jobs.started' : ''))`,
  },
  aggregation: {
    imports: { '@metrics/aggregation': 'SampleAccounting' },
    body: `const accounting = new SampleAccounting();
accounting.confirmSent(0);`,
    end: `console.log('consumer.jobs.started')`,
  },
  statsd: {
    imports: { '@metrics/core': 'metrics', '@metrics/statsd': 'StatsdMetricsBackend' },
    body: `metrics.register(new StatsdMetricsBackend({ host: '127.0.0.1', port: Number(port) }), { prefix: 'consumer.' });
${RECORD}`,
    end: 'metrics.close({ timeout: 20_000 })',
  },
  dogstatsd: {
    imports: { '@metrics/core': 'metrics', '@metrics/dogstatsd': 'DogStatsdMetricsBackend' },
    body: `metrics.register(new DogStatsdMetricsBackend({ statsdHost: '127.0.0.1', statsdPort: Number(port) }), { prefix: 'consumer.' });
${RECORD}`,
    end: 'metrics.close({ timeout: 20_000 })',
  },
  datadog: {
    imports: { '@metrics/core': 'metrics', '@metrics/datadog': 'DatadogMetricsBackend' },
    body: `const baseUrl = \`http://127.0.0.1:\${port}\`;
metrics.register(new DatadogMetricsBackend({ apiKey: 'a-key-for-tests', baseUrl }), { prefix: 'consumer.' });
${RECORD}`,
    end: 'metrics.close({ timeout: 20_000 })',
  },
  logging: {
    imports: { '@metrics/core': 'metrics', '@metrics/logging': 'LoggingBackend' },
    body: `metrics.register(new LoggingBackend(), { prefix: 'consumer.' });
metrics.incr('consumer.jobs.started', 3);`,
    end: 'metrics.close({ timeout: 20_000 })',
  },
  timeseries: {
    imports: { '@metrics/core': 'metrics', '@metrics/timeseries': 'TimeSeriesBackend' },
    body: `const history = new TimeSeriesBackend({ include: ['*'] });
metrics.register(history);
${RECORD}`,
    end: `history.sum('jobs.started').then((sum) => {
  console.log(sum === 3 ? 'consumer.jobs.started' : sum);
  return metrics.close();
})`,
  },
  'timeseries/redis': {
    imports: {
      '@metrics/core': 'metrics',
      '@metrics/timeseries': 'TimeSeriesBackend',
      '@metrics/timeseries/redis': 'RedisStore',
    },
    body: `const store = new RedisStore({ url: \`redis://127.0.0.1:\${port}\` });
metrics.register(new TimeSeriesBackend({ include: ['*'], store }));
metrics.incr('consumer.jobs.started', 3);`,
    end: 'metrics.close({ timeout: 20_000 })',
  },
  prometheus: {
    imports: { '@metrics/core': 'metrics', '@metrics/prometheus': 'PrometheusBackend' },
    body: `const backend = new PrometheusBackend();
metrics.register(backend, { prefix: 'consumer.' });
${RECORD}`,
    end: `backend.expose().then((text) => {
  console.log(text.includes('consumer_jobs_started_total 3') ? 'consumer.jobs.started' : text);
  return metrics.close();
})`,
  },
  opentelemetry: {
    imports: { '@metrics/core': 'metrics', '@metrics/opentelemetry': 'OpenTelemetryBackend' },
    body: `const exporter = {
  export({ scopeMetrics: [{ metrics: [{ descriptor }] }] }, done) {
    console.log(descriptor.name);
    done({ code: 0 });
  },
  forceFlush: async () => {},
  shutdown: async () => {},
};
metrics.register(new OpenTelemetryBackend({ exporter }), { prefix: 'consumer.' });
${RECORD}`,
    end: 'metrics.close({ timeout: 20_000 })',
  },
  node: {
    imports: { '@metrics/core': 'createMetrics', '@metrics/node': 'observeHttp', '@metrics/node/next': 'nextRoute' },
    body: `const metrics = createMetrics();
const installation = observeHttp(metrics, { route: nextRoute });
console.log(observeHttp(metrics) === installation ? 'consumer.jobs.started' : 'another installation');`,
    end: 'installation.dispose()',
  },
  testing: {
    imports: { '@metrics/core': 'metrics', '@metrics/testing': 'capture' },
    body: '',
    end: `capture(() => ${RECORD.replace(';', '')}).then((seen) => {
  console.log(seen.counter('jobs.started') === 3 ? 'consumer.jobs.started' : String(seen));
})`,
  },
  'eslint-plugin': {
    imports: { eslint: 'Linter', '@metrics/eslint-plugin': 'configs' },
    body: `const [message] = new Linter().verify("metrics.incr('x', { tags: { request_id: 5 } })", configs.recommended);`,
    end: `console.log(message?.ruleId === '@metrics/no-high-cardinality-tag' ? 'consumer.jobs.started' : message)`,
  },
};

/**
 * Returns the source of a program. Its first parameter is the port of a receiver.
 *
 * @param {string} name
 * @param {'import' | 'require'} kind
 */
export function programText(name, kind) {
  return `${unclosedProgramText(name, kind)}${parts(name, kind).end};\n`;
}

/**
 * The same, without its end: it records, and leaves the rest to the end of the process.
 *
 * @param {string} name
 * @param {'import' | 'require'} kind
 */
export function unclosedProgramText(name, kind) {
  const { loads, body } = parts(name, kind);
  return `${loads}\nconst port = process.argv[2];\n${body}\n`;
}

/**
 * Returns the source of a program as the test of a test runner. The port is the variable PORT.
 *
 * @param {string} name
 * @param {'import' | 'require'} kind
 * @param {string} loadTest the statement that declares `test`, if it is no global
 */
export function testText(name, kind, loadTest = '') {
  const { loads, body, end } = parts(name, kind);
  return `${loadTest}\n${loads}\nconst port = process.env.PORT;\ntest('delivers', async () => {\n${body}\nawait ${end};\n}, 60_000);\n`;
}

/**
 * Returns the source of a test that flushes and closes a backend while the fake timers of its test runner stand still.
 *
 * @param {string} name of the program of a backend
 * @param {'import' | 'require'} kind
 * @param {{ load: string, enable: string, disable: string }} timers statements; `load` declares `test`, if it is no global
 */
export function fakeTimersText(name, kind, { load, enable, disable }) {
  const { loads, body } = parts(name, kind);
  return `${load}
${loads}
const port = process.env.PORT;
test('flush and close resolve', async () => {
${enable}
try {
${body}
await metrics.flush();
metrics.timing('request', 5);
await metrics.close();
const { sent, pending } = metrics.stats().backend;
console.log(sent === 2 && pending === 0 ? '${EXPECTED}' : metrics.stats());
} finally {
${disable}
}
});
`;
}

/**
 * @param {string} name
 * @param {'import' | 'require'} kind
 */
function parts(name, kind) {
  const program = programs[name];
  if (program === undefined) throw new RangeError(`no program is called ${name}`);
  const loads = Object.entries(program.imports).map(([module, names]) =>
    kind === 'import' ? `import { ${names} } from '${module}';` : `const { ${names} } = require('${module}');`,
  );
  return { ...program, loads: loads.join('\n') };
}
