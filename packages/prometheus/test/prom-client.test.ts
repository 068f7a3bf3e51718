// The same recorded input through prom-client: the same series with the same values come out.
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type ParsedFamily, parseExposition, sortByName } from 'test-kit/parse-exposition';
import { setUp } from './set-up.js';

const QUERY_SECONDS = [0.001, 0.01, 0.1];

test('the series and values are those of prom-client', async () => {
  const { backend, metrics } = setUp({ buckets: { 'db.query': [1, 10, 100] } });
  const registers = [new Registry()];
  const jobs = new Counter({
    name: 'jobs_started_total',
    help: 'jobs.started',
    labelNames: ['queue', 'result'],
    registers,
  });
  const queue = new Gauge({ name: 'queue_length', help: 'queue.length', labelNames: ['queue'], registers });
  const query = new Histogram({
    name: 'db_query_seconds',
    help: 'db.query',
    labelNames: ['table'],
    buckets: QUERY_SECONDS,
    registers,
  });
  const size = new Histogram({
    name: 'request_size_bytes',
    help: 'request.size',
    buckets: [1, 5, 10, 50, 100, 500, 1000, 5000, 10_000, 50_000, 100_000, 1e6, 1e7],
    registers,
  });
  for (let call = 0; call < 5000; call += 1) {
    const tags = { queue: `q${call % 7}`, result: call % 3 === 0 ? 'failure' : 'suc"cess\\' };
    const table = `t\n${call % 5}`;
    const amount = (call % 11) / 4;
    const milliseconds = ((call * 7919) % 1500) / 10;
    metrics.incr('jobs.started', amount, { tags });
    jobs.inc(tags, amount);
    metrics.gauge('queue.length', call - 2000, { tags: { queue: tags.queue } });
    queue.set({ queue: tags.queue }, call - 2000);
    metrics.timing('db.query', milliseconds, { tags: { table } });
    query.observe({ table }, milliseconds / 1000);
    metrics.distribution('request.size', call * 3, { unit: 'byte' });
    size.observe(call * 3);
  }
  const ours = parseExposition(await backend.expose());
  const theirs = parseExposition(`${(await registers[0]!.metrics()).trimEnd().replaceAll('\n\n', '\n')}\n`);
  expect(valuesOf(ours)).toEqual(valuesOf(theirs));
  const headers = (families: readonly ParsedFamily[]): Set<string> =>
    new Set(families.map(({ name, type, help }) => `${type} ${name} ${help}`));
  expect(headers(ours)).toEqual(headers(theirs));
  await metrics.close();
});

/** Values by series, rounded as the order of additions may change them. */
function valuesOf(families: readonly ParsedFamily[]): Record<string, string> {
  return Object.fromEntries(
    families.flatMap(({ samples }) =>
      samples.map(({ name, labels, value }) => [JSON.stringify([name, sortByName(labels)]), value.toPrecision(9)]),
    ),
  );
}
