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
  // Of intervals alone: what the sockets wait for is real.
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

/** The figures that arrived since the last call. */
async function figuresAfterTenSeconds(): Promise<Record<string, number>> {
  server.clear();
  // Nothing is sent while the transport has not said what became of the last time.
  await waitUntil(() => {
    jest.advanceTimersByTime(10_000);
    return server.metrics.some(({ name }) => name.startsWith(NAME));
  });
  const told = server.metrics.filter(({ name }) => name.startsWith(NAME));
  return Object.fromEntries(
    told.map((metric) => {
      const { metrics_type: type } = metric.tags;
      return [
        metric.name.slice(NAME.length) + (type === undefined ? '' : `:${type}`),
        'values' in metric ? metric.values[0]! : NaN,
      ];
    }),
  );
}

// https://docs.datadoghq.com/developers/dogstatsd/high_throughput/#client-side-telemetry
test('every ten seconds the figures of the Go client are sent, as changes since the last time', async () => {
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
  expect(await figuresAfterTenSeconds()).toEqual({
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
  expect(made.stats().telemetry).toMatchObject({ enabled: true, figures: { ...sums, metrics: 9, packets_dropped: 0 } });
  made.incr(0, 1, 1);
  expect(await figuresAfterTenSeconds()).toMatchObject({ metrics: 1, 'metrics_by_type:count': 1 });
  // They are nobody's samples.
  expect(made.stats()).toMatchObject({ accepted: 12 });
});

test('its lines carry the client, the constant tags and the origin, and no prefix', async () => {
  const made = await start({ tags: { env: 'prod' }, cardinality: 'none' });
  made.incr(0, 1, 1);
  await figuresAfterTenSeconds();
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
] as const)('with %j it is sent: %j', async (options, expected) => {
  const made = await start(options);
  expect(made.stats().telemetry.enabled).toBe(expected);
  made.incr(0, 1, 1);
  jest.advanceTimersByTime(10_000);
  // One line is the counter's.
  await made.flush();
  await server.waitFor(expected ? 3 : 1);
  expect(server.metrics.some(({ name }) => name.startsWith(NAME))).toBe(expected);
});

test('over a Unix stream it says so', async () => {
  const made = await start({}, 'unixstream');
  await made.flush();
  made.incr(0, 1, 1);
  await figuresAfterTenSeconds();
  expect(server.metrics.find(({ name }) => name.startsWith(NAME))!.tags['client_transport']).toBe('uds-stream');
});

describeWithUnixDatagrams('over Unix datagrams', () => {
  test('it says so', async () => {
    const made = await start({}, 'unixgram');
    made.incr(0, 1, 1);
    await figuresAfterTenSeconds();
    expect(server.metrics.find(({ name }) => name.startsWith(NAME))!.tags['client_transport']).toBe('uds');
  });
});

test('what a lost packet said is said again, and long figures are several packets', async () => {
  server = await RecordingServer.start();
  const answers: ((error: Error | undefined) => void)[] = [];
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
        answers.push((error) => done(error, false));
      },
      connect: () => Promise.resolve(true),
      close: () => {},
    },
    figures: () => ({ metrics: total, events: 5, 'metrics_by_type:set': 0 }),
    tags: () => 'client:nodejs',
    tail: '',
  });
  const metrics = (change: number) => `${NAME}metrics:${change}|c|#client:nodejs\n`;
  const events = `${NAME}events:5|c|#client:nodejs\n`;
  jest.advanceTimersByTime(10_000);
  expect(packets.splice(0)).toEqual([metrics(1), events]);
  // Undecided: asked again later.
  jest.advanceTimersByTime(10_000);
  expect(packets).toEqual([]);
  answers.shift()!(new Error('lost'));
  answers.shift()!(undefined);
  total = 4;
  jest.advanceTimersByTime(10_000);
  expect(packets.splice(0)).toEqual([metrics(4)]);
  answers.shift()!(undefined);
  jest.advanceTimersByTime(10_000);
  expect(packets).toEqual([]);
  total = 6;
  telemetry.close();
  jest.advanceTimersByTime(60_000);
  expect(packets).toEqual([]);
});
