// @ts-check
// What a short process does with a client, from the first import to the last packet: 20 series, flush, close.
import { createRequire } from 'node:module';

const [, , client = '', port = ''] = process.argv;
const require = createRequire(import.meta.url);
/** A package without types. @type {(name: string) => any} */
const untyped = require;
const tagsOf = (/** @type {number} */ index) => ({ method: 'GET', status: '200', route: `route-${index}` });

/** @type {Readonly<Record<string, () => Promise<void>>>} */
const programs = {
  async dogstatsd() {
    const [{ metrics }, { DogStatsdMetricsBackend }] = await Promise.all([
      import('@metrics/core'),
      import('@metrics/dogstatsd'),
    ]);
    metrics.register(new DogStatsdMetricsBackend({ statsdHost: '127.0.0.1', statsdPort: Number(port) }));
    for (let i = 0; i < 20; i += 1) metrics.incr('requests', { tags: tagsOf(i) });
    await metrics.flush();
    await metrics.close();
  },
  async statsd() {
    const [{ metrics }, { StatsdMetricsBackend }] = await Promise.all([
      import('@metrics/core'),
      import('@metrics/statsd'),
    ]);
    metrics.register(new StatsdMetricsBackend({ host: '127.0.0.1', port: Number(port), tagFormat: 'datadog' }));
    for (let i = 0; i < 20; i += 1) metrics.incr('requests', { tags: tagsOf(i) });
    await metrics.flush();
    await metrics.close();
  },
  async 'hot-shots'() {
    const { StatsD } = await import('hot-shots');
    const statsd = new StatsD({ host: '127.0.0.1', port: Number(port), maxBufferSize: 1432 });
    for (let i = 0; i < 20; i += 1) statsd.increment('requests', 1, tagsOf(i));
    await new Promise((resolve) => statsd.close(resolve));
  },
  async 'datadog-metrics'() {
    const { BufferedMetricsLogger } = untyped('datadog-metrics');
    const logger = new BufferedMetricsLogger({ reporter: { report: async () => {} } });
    for (let i = 0; i < 20; i += 1)
      logger.increment(
        'requests',
        1,
        Object.entries(tagsOf(i)).map(([key, value]) => `${key}:${value}`),
      );
    await logger.flush();
  },
  async 'prom-client'() {
    const { Counter, Registry } = untyped('prom-client');
    const registers = [new Registry()];
    const counter = new Counter({
      name: 'requests',
      help: 'requests',
      labelNames: ['method', 'status', 'route'],
      registers,
    });
    for (let i = 0; i < 20; i += 1) counter.inc(tagsOf(i), 1);
    await registers[0]?.metrics();
  },
};

const program = programs[client];
if (program === undefined) throw new RangeError(`no such client: ${client}`);
const began = performance.now();
const used = process.cpuUsage();
await program();
const { user, system } = process.cpuUsage(used);
const result = { cpu: (user + system) / 1000, wall: performance.now() - began };
process.stdout.write(JSON.stringify(result), () => process.exit());
