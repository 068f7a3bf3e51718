// Exports through the real exporter into a strict receiver that misbehaves.

import type { ReceivedPoint } from 'test-kit/otlp-messages';
import { OpenTelemetryBackend } from '../src/index.js';
import { OtlpReceiver, type Reply } from './otlp-receiver.js';
import { OTLPJsonExporter, OTLPMetricExporter, OTLPMetricExporter3 } from './real-exporter.js';
import { open, setUp } from './set-up.js';

const DELTA = 0;

test.each([
  ['2.x', (url: string) => new OTLPMetricExporter({ url })],
  ['3.x', (url: string) => new OTLPMetricExporter3({ url })],
])(
  'every kind arrives under its name, unit and attributes, with the resource: exporter of the %s line',
  async (_, create) => {
    await using receiver = await OtlpReceiver.start();
    const resource = { 'service.name': 'shop' };
    const { metrics } = setUp({ exporter: create(receiver.url), resource, upDown: ['balance'] });
    metrics.incr('jobs.started', 2.5, { tags: { queue: 'mail' }, instance: 'worker' });
    metrics.incr('balance', -3);
    metrics.gauge('cache.size', 2048, { unit: 'byte' });
    metrics.gauge('replication.lag', 1500, { unit: 'millisecond' });
    for (const value of [3, 12, 20_000]) metrics.timing('http.duration_ms', value);
    metrics.distribution('size', 12);
    for (const user of ['ann', 'bob', 'ann']) metrics.set('users', user);
    await metrics.close();
    expect(receiver.violations).toEqual([]);
    expect(receiver.requests[0]!.resource).toMatchObject({
      'service.name': 'shop',
      'telemetry.sdk.language': 'nodejs',
    });
    const named = (name: string) => receiver.points.find((point) => point.name === name);
    expect(named('jobs.started')).toMatchObject({
      kind: 'sum',
      value: 2.5,
      attributes: { queue: 'mail', instance: 'worker' },
      temporality: 'cumulative',
    });
    expect(named('balance')).toMatchObject({ kind: 'sum', value: -3 });
    expect(named('cache.size')).toMatchObject({ kind: 'gauge', value: 2048, unit: 'By' });
    expect(named('replication.lag')).toMatchObject({ kind: 'gauge', value: 1.5, unit: 's' });
    expect(named('http.duration')).toMatchObject({ kind: 'histogram', unit: 's', count: 3, sum: 20.015 });
    expect(named('http.duration')!.bounds).toEqual([
      0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
    ]);
    expect(named('size')!.bounds[0]).toBe(0);
    expect(named('users')).toMatchObject({ kind: 'gauge', value: 2 });
  },
);

test('an exporter that asks for exponential histograms gets them', async () => {
  await using receiver = await OtlpReceiver.start();
  const exporter = new OTLPMetricExporter({ url: receiver.url, aggregationPreference: () => ({ type: 5 }) });
  const { metrics } = setUp({ exporter });
  for (const value of [0, 1, 250, 4000]) metrics.timing('db.query', value);
  await metrics.close();
  expect(receiver.violations).toEqual([]);
  expect(receiver.points).toMatchObject([{ kind: 'exponentialHistogram', count: 4, sum: 4.251, unit: 's' }]);
});

test.each<[string, (request: number) => Reply, code: string]>([
  ['400', () => ({ status: 400 }), 'export_failed'],
  ['307', () => ({ status: 307, headers: { location: 'http://127.0.0.1:9/' } }), 'export_failed'],
  ['429 with Retry-After', () => ({ status: 429, headers: { 'retry-after': '3600' } }), 'export_failed'],
  ['503', () => ({ status: 503 }), 'export_failed'],
  ['silence', () => 'hang', 'export_failed'],
])('a receiver that responds with %s loses nothing once it is well again', async (_, reply, code) => {
  await using receiver = await OtlpReceiver.start();
  receiver.reply = reply;
  const exporter = new OTLPMetricExporter({ url: receiver.url, timeoutMillis: 300, temporalityPreference: DELTA });
  const { backend, metrics, problems } = setUp({ exporter });
  metrics.incr('jobs', 3);
  await metrics.flush();
  expect(backend.stats()).toMatchObject({ accepted: 1, sent: 0, pending: 1 });
  expect(problems[0]).toMatchObject({ code });
  receiver.reply = () => ({ status: 200 });
  metrics.incr('jobs', 4);
  await metrics.close();
  expect(backend.stats()).toEqual(expect.objectContaining({ accepted: 2, sent: 2, pending: 0, dropped: {} }));
  expect(receiver.points.reduce((sum, { value }) => sum + value, 0)).toBe(7);
});

test('a partial success counts as sent, as the exporter says', async () => {
  await using receiver = await OtlpReceiver.start();
  receiver.reply = () => ({ rejected: 1 });
  const { backend, metrics } = setUp({ exporter: new OTLPMetricExporter({ url: receiver.url }) });
  metrics.incr('jobs');
  await metrics.close();
  expect(backend.stats()).toMatchObject({ sent: 1, pending: 0 });
});

test('a receiver that is not there: close keeps its deadline, counts and reports the loss once', async () => {
  const exporter = new OTLPMetricExporter({ url: 'http://127.0.0.1:9/v1/metrics', timeoutMillis: 200 });
  const { backend, metrics, problems } = setUp({ exporter });
  metrics.incr('jobs', 3);
  await metrics.close({ timeout: 500 });
  expect(backend.stats()).toMatchObject({ accepted: 1, sent: 0, pending: 0, dropped: { timeout: 1 } });
  expect(problems.filter(({ code: each }) => each === 'lost_at_close')).toMatchObject([{ count: 1 }]);
});

test.each([1, 0])(
  'with every third request refused and parts of 7, sums are exact and every sample is counted; temporality %s',
  async (temporality) => {
    await using receiver = await OtlpReceiver.start();
    receiver.reply = (request) => ({ status: request % 3 === 2 ? 400 : 200 });
    const exporter = new OTLPMetricExporter({ url: receiver.url, temporalityPreference: temporality });
    const backend = new OpenTelemetryBackend({ exporter, maxExportBatchSize: 7 });
    const model = new Map<string, number>();
    let made = 0;
    for (let id = 0; id < 40; id += 1)
      open(backend, id, id % 4 === 3 ? 'timing' : 'counter', `metric${id % 4}`, `${id}`);
    for (let round = 0; round < 12; round += 1) {
      for (let call = 0; call < 50; call += 1) {
        const id = (round * 17 + call * 7) % 40;
        const name = `metric${id % 4} ${id}`;
        model.set(name, (model.get(name) ?? 0) + call);
        made += 1;
        if (id % 4 === 3) backend.timing(id, call * 1000);
        else backend.incr(id, call);
      }
      const flushed = backend.flush();
      for (const stats of [backend.stats()]) expect(stats.sent + stats.pending).toBe(made);
      await flushed;
      expect(backend.stats()).toEqual(expect.objectContaining({ accepted: made, dropped: {} }));
    }
    receiver.reply = () => ({ status: 200 });
    await backend.close({ timeout: 5000 });
    expect(backend.stats()).toMatchObject({ accepted: made, sent: made, pending: 0 });
    const arrived = new Map<string, number>();
    for (const { name, attributes, value, sum, kind } of receiver.points) {
      const series = `${name} ${attributes['tag']}`;
      const amount = kind === 'histogram' ? sum : value;
      arrived.set(series, temporality === DELTA ? (arrived.get(series) ?? 0) + amount : amount);
    }
    expect(Object.fromEntries([...arrived].filter(([, value]) => value !== 0))).toEqual(
      Object.fromEntries([...model].filter(([, value]) => value !== 0)),
    );
    if (temporality === DELTA) expectWindowsToJoin(receiver.points);
    expect(receiver.violations).toEqual([]);
  },
);

test('a hundred thousand series arrive in parts that no receiver finds too large', async () => {
  await using receiver = await OtlpReceiver.start();
  const backend = new OpenTelemetryBackend({ exporter: new OTLPMetricExporter({ url: receiver.url }) });
  for (let id = 0; id < 20_000; id += 1) {
    open(backend, id, 'counter', `metric${id % 3}`, `${id}`);
    backend.incr(id, 1);
  }
  await backend.close({ timeout: 30_000 });
  expect(receiver.requests.map(({ points }) => points.length)).toEqual(Array.from({ length: 20 }, () => 1000));
  expect(backend.stats()).toMatchObject({ sent: 20_000, pending: 0 });
});

test('a released counter that comes back continues, one that ended arrives once more and is forgotten', async () => {
  await using receiver = await OtlpReceiver.start();
  const backend = new OpenTelemetryBackend({ exporter: new OTLPMetricExporter({ url: receiver.url }) });
  for (const [id, amount] of [
    [0, 3],
    [1, 5],
  ] as const) {
    open(backend, id, 'counter', 'jobs');
    backend.incr(id, amount);
    backend.release(id, false);
    await backend.flush();
  }
  open(backend, 0, 'gauge', 'pool');
  backend.gauge(0, 7);
  backend.release(0, true);
  await backend.flush();
  await backend.flush();
  await backend.close({ timeout: 1000 });
  expect(receiver.points.filter(({ name }) => name === 'jobs').map(({ value }) => value)).toEqual([3, 8, 8, 8, 8]);
  expect(receiver.points.filter(({ name }) => name === 'pool').map(({ value }) => value)).toEqual([7]);
});

test('under delta a released series is forgotten once it was exported, whenever it was released', async () => {
  await using receiver = await OtlpReceiver.start();
  const exporter = new OTLPMetricExporter({ url: receiver.url, temporalityPreference: DELTA });
  const backend = new OpenTelemetryBackend({ exporter });
  const amounts = [3, 5, 7];
  for (const amount of amounts) {
    open(backend, 0, 'counter', 'jobs');
    backend.incr(0, amount);
    await backend.flush();
    backend.release(0, false);
    await backend.flush();
    // The name is free for another kind only when the series is gone.
    open(backend, 1, 'gauge', 'jobs');
    backend.gauge(1, amount);
    backend.release(1, true);
    await backend.flush();
  }
  await backend.close({ timeout: 1000 });
  expect(receiver.points.map(({ kind, value }) => `${kind} ${value}`)).toEqual(
    amounts.flatMap((amount) => [`sum ${amount}`, `gauge ${amount}`]),
  );
  expect(backend.stats()).toEqual(expect.objectContaining({ accepted: 6, sent: 6, dropped: {} }));
});

test('more released series than are kept are dropped as forgotten if they were never exported', async () => {
  await using receiver = await OtlpReceiver.start();
  const backend = new OpenTelemetryBackend({ exporter: new OTLPMetricExporter({ url: receiver.url }), maxReleased: 3 });
  for (let id = 0; id < 5; id += 1) {
    open(backend, id, 'counter', 'jobs', `${id}`);
    backend.incr(id, 1);
    backend.release(id, false);
  }
  await backend.close({ timeout: 1000 });
  expect(backend.stats()).toMatchObject({ accepted: 5, sent: 3, dropped: { forgotten: 2 } });
});

test('JSON over HTTP works, too', async () => {
  await using receiver = await OtlpReceiver.start();
  const { backend, metrics } = setUp({ exporter: new OTLPJsonExporter({ url: receiver.url }) });
  metrics.incr('jobs');
  await metrics.flush();
  // The receiver reads protobuf only, so it refuses the content, which is pending.
  expect(receiver.violations).toHaveLength(1);
  expect(backend.stats()).toMatchObject({ pending: 1 });
  await metrics.close({ timeout: 100 });
});

/** Under delta, each window of a series begins at the end of the one before it. */
function expectWindowsToJoin(points: readonly ReceivedPoint[]): void {
  const ends = new Map<string, string>();
  for (const { name, attributes, start, end } of points) {
    const series = `${name} ${attributes['tag']}`;
    if (ends.has(series)) expect([series, start]).toEqual([series, ends.get(series)]);
    ends.set(series, end);
  }
}
