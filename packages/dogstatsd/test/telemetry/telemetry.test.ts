import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RecordingServer } from '@metrics/testing/servers';
import { describeWithUnixDatagrams } from 'test-kit/describe-with';
import { seriesOf } from 'test-kit/series-of';
import { waitUntil } from 'test-kit/wait-until';
import { DogStatsdMetricsBackend, type DogStatsdOptions } from '../../src/index.js';
import { ClientTelemetry } from '../../src/telemetry/client-telemetry.js';
import { optionsFor } from '../dogstatsd-subject.js';

const NAME = 'datadog.dogstatsd.client.';
const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as { version: string };

let server: RecordingServer;
let backend: DogStatsdMetricsBackend | undefined;

beforeEach(() => {
  // Only intervals are fake: sockets need real time.
  jest.useFakeTimers({ doNotFake: ['Date', 'nextTick', 'performance', 'setImmediate', 'setTimeout', 'clearTimeout'] });
});

afterEach(async () => {
  jest.useRealTimers();
  await backend?.close({ timeout: 100 });
  backend = undefined;
  await server.stop();
});

async function start(options: DogStatsdOptions = {}, transport: 'udp' | 'unixgram' | 'unixstream' = 'udp') {
  server = await RecordingServer.start({ transport });
  const made = new DogStatsdMetricsBackend({ ...optionsFor(server), telemetry: true, ...options });
  backend = made;
  made.open(0, seriesOf('counter', 'hits'));
  made.open(1, seriesOf('distribution', 'size'));
  made.open(2, seriesOf('set', 'users'));
  return made;
}

/** Returns the counts that arrived since the last call. */
async function countsAfterTenSeconds(): Promise<Record<string, number>> {
  server.clear();
  // Nothing is sent while a packet is in flight.
  await waitUntil(() => {
    jest.advanceTimersByTime(10_000);
    return server.metrics.some(({ name }) => name.startsWith(NAME));
  });
  const lines = server.metrics.filter(({ name }) => name.startsWith(NAME));
  return Object.fromEntries(
    lines.map((metric) => {
      const { metrics_type: type } = metric.tags;
      return [
        metric.name.slice(NAME.length) + (type === undefined ? '' : `:${type}`),
        'values' in metric ? metric.values[0]! : NaN,
      ];
    }),
  );
}

// https://docs.datadoghq.com/developers/dogstatsd/high_throughput/#client-side-telemetry
test('every ten seconds the counts of the Go client are sent, as changes since the last time', async () => {
  const made = await start({ flushInterval: 10_000 });
  for (let call = 0; call < 5; call += 1) made.incr(0, 1, 1);
  made.distribution(1, 1, 1);
  made.distribution(1, 1, 1);
  made.set(2, 'ann');
  made.event!({ title: 'a', text: 'b' });
  made.serviceCheck!({ name: 'a', status: 'ok' });
  made.incr(9, 1, 1);
  await made.flush();
  const { bytes } = made.stats();
  const sums = { packets_sent: 1, bytes_sent: bytes, events: 1, service_checks: 1 };
  expect(await countsAfterTenSeconds()).toEqual({
    ...sums,
    metrics: 9,
    'metrics_by_type:count': 6,
    'metrics_by_type:distribution': 2,
    'metrics_by_type:set': 1,
    metric_dropped_on_receive: 1,
    aggregated_context: 3,
    'aggregated_context_by_type:count': 1,
    'aggregated_context_by_type:distribution': 1,
    'aggregated_context_by_type:set': 1,
  });
  expect(made.stats().telemetry).toMatchObject({ enabled: true, counts: { ...sums, metrics: 9, packets_dropped: 0 } });
  made.incr(0, 1, 1);
  expect(await countsAfterTenSeconds()).toMatchObject({ metrics: 1, 'metrics_by_type:count': 1 });
  // Telemetry lines are not samples.
  expect(made.stats()).toMatchObject({ accepted: 12 });
});

test('telemetry lines carry the client, the constant tags and the origin, and no prefix', async () => {
  const made = await start({ tags: { env: 'prod' }, cardinality: 'none' });
  made.incr(0, 1, 1);
  await countsAfterTenSeconds();
  const lines = server.lines.filter((line) => line.startsWith(NAME));
  expect(lines).toContain(
    `${NAME}metrics_by_type:1|c|#client:nodejs,client_version:${version},client_transport:udp,env:prod,metrics_type:count|card:none`,
  );
});

test.each([
  [{ telemetry: false }, false],
  [{ telemetry: undefined }, true],
  [{ telemetry: undefined, dialect: 'vector' }, false],
  [{ telemetry: true, dialect: 'telegraf' }, true],
] as const)('with %j telemetry is sent: %j', async (options, expected) => {
  const made = await start(options);
  expect(made.stats().telemetry.enabled).toBe(expected);
  made.incr(0, 1, 1);
  jest.advanceTimersByTime(10_000);
  // One of the lines is that of the counter.
  await made.flush();
  await server.waitFor(expected ? 3 : 1);
  expect(server.metrics.some(({ name }) => name.startsWith(NAME))).toBe(expected);
});

test('names a Unix stream as the transport', async () => {
  const made = await start({}, 'unixstream');
  await made.flush();
  made.incr(0, 1, 1);
  await countsAfterTenSeconds();
  expect(server.metrics.find(({ name }) => name.startsWith(NAME))!.tags['client_transport']).toBe('uds-stream');
});

describeWithUnixDatagrams('over Unix datagrams', () => {
  test('names Unix datagrams as the transport', async () => {
    const made = await start({}, 'unixgram');
    made.incr(0, 1, 1);
    await countsAfterTenSeconds();
    expect(server.metrics.find(({ name }) => name.startsWith(NAME))!.tags['client_transport']).toBe('uds');
  });
});

test('counts of a lost packet are sent again, and many counts are sent in several packets', async () => {
  server = await RecordingServer.start();
  const callbacks: ((error: Error | undefined) => void)[] = [];
  const packets: string[] = [];
  let total = 1;
  const telemetry = new ClientTelemetry({
    transport: {
      ready: true,
      address: '',
      maxPacketBytes: 100,
      maxBurstPackets: 10,
      send: (packet, done) => {
        packets.push(Buffer.from(packet).toString());
        callbacks.push((error) => done(error, false));
      },
      connect: () => Promise.resolve(true),
      close: () => {},
    },
    counts: () => ({ metrics: total, events: 5, 'metrics_by_type:set': 0 }),
    tags: () => 'client:nodejs',
    lineSuffix: '',
  });
  const metrics = (change: number) => `${NAME}metrics:${change}|c|#client:nodejs\n`;
  const events = `${NAME}events:5|c|#client:nodejs\n`;
  jest.advanceTimersByTime(10_000);
  expect(packets.splice(0)).toEqual([metrics(1), events]);
  // Both packets are still in flight.
  jest.advanceTimersByTime(10_000);
  expect(packets).toEqual([]);
  callbacks.shift()!(new Error('lost'));
  callbacks.shift()!(undefined);
  total = 4;
  jest.advanceTimersByTime(10_000);
  expect(packets.splice(0)).toEqual([metrics(4)]);
  callbacks.shift()!(undefined);
  jest.advanceTimersByTime(10_000);
  expect(packets).toEqual([]);
  total = 6;
  telemetry.close();
  jest.advanceTimersByTime(60_000);
  expect(packets).toEqual([]);
});
