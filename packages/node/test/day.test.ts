import path from 'node:path';
import { runProgram } from 'test-kit/run-program';

/** One day by a fake clock, in minutes; in each, observers, handles and installations come and go. */
const DAY = `
import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import http from 'node:http';
import { mock } from 'node:test';
import { createMetrics } from '@metrics/core';
import { observeHttp, observeMetrics, observeRuntime, setRoute } from '@metrics/node';

const MINUTES = 24 * 60;
/** By then, all that is bounded has come to its bound. */
const WARM = 6 * 60;
const CHANNELS = [
  'http.server.request.start', 'http2.server.stream.start', 'http2.server.stream.close', 'http.client.request.start',
  'http.client.response.finish', 'http.client.request.error', 'undici:request:create', 'undici:request:headers',
  'undici:request:error', 'worker_threads',
];

class Counting {
  open_ = 0; samples = 0;
  open() { this.open_ += 1; }
  release() { this.open_ -= 1; }
  incr() { this.samples += 1; }
  gauge() { this.samples += 1; }
  timing() { this.samples += 1; }
  distribution() { this.samples += 1; }
  set() { this.samples += 1; }
  async flush() {}
  async close() {}
  stats() { return { accepted: this.samples, sent: this.samples, dropped: {}, pending: 0, sampledOut: 0 }; }
}

const server = http.createServer((request, response) => {
  if (request.url.startsWith('/hang')) return request.socket.destroy();
  if (request.url.startsWith('/users')) setRoute(request, '/users/:id');
  response.writeHead(request.url.startsWith('/users') ? 200 : 404, { connection: 'close' }).end();
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();
const get = (path) => new Promise((resolve) => {
  http.get({ port, path, agent: false, host: '127.0.0.1' }, (response) => response.resume().on('close', resolve)).on('error', resolve);
});

let clock = 0;
performance.now = () => clock;
mock.timers.enable({ apis: ['setInterval', 'setTimeout', 'Date'], now: Date.UTC(2026, 0, 1) });

const backend = new Counting();
const metrics = createMetrics();
metrics.register(backend);
const gauges = Array.from({ length: 5 }, (_, index) => metrics.defineGauge('pool.' + index, { tags: ['pool'] }));
/** What ends three minutes later. */
const ends = new Map();
const later = (minute, end) => ends.set(minute, [...(ends.get(minute) ?? []), end]);

function measure() {
  for (let round = 0; round < 3; round += 1) gc();
  return {
    heap: process.memoryUsage().heapUsed,
    series: metrics.stats().series,
    open: backend.open_,
    subscribed: CHANNELS.filter((name) => channel(name).hasSubscribers),
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
    resources: process.getActiveResourcesInfo().length,
  };
}

let before;
for (let minute = 1; minute <= MINUTES; minute += 1) {
  const { heap } = { heap: Array.from({ length: 50 }) };
  for (let index = 0; index < 20; index += 1) {
    const gauge = gauges[index % gauges.length];
    const captured = Array.from({ length: 100 }, () => minute);
    const observation = gauge.observe((each) => each.set(captured.length, { pool: 'observed ' + (minute * 20 + index) }));
    later(minute + 3, () => observation.dispose());
    const handle = gauge.with({ pool: 'handle ' + (minute * 20 + index) });
    handle.add(index);
    later(minute + 3, () => handle.add(-index));
    gauge.with({ pool: 'left ' + (index % 7) }).set(heap.length);
  }
  const installed = [observeRuntime(metrics, { window: 1000 }), observeHttp(metrics, { routeFromUrl: true }), observeMetrics(metrics)];
  if (minute % 10 === 0) for (const path of ['/users/' + minute, '/nowhere/' + minute, '/hang']) await get(path);
  for (const end of ends.get(minute) ?? []) end();
  ends.delete(minute);
  clock += 60_000;
  mock.timers.tick(60_000);
  await metrics.flush();
  for (const each of installed) each.dispose();
  if (minute === WARM) before = measure();
}
const after = measure();
console.log(JSON.stringify({ before, after, samples: backend.samples }));
process.exit();
`;

test('a day of observers, handles and installations that come and go leaves no trace', async () => {
  const { code, output } = await runProgram(DAY, {
    cwd: path.join(__dirname, '..'),
    nodeOptions: ['--expose-gc', '--no-warnings'],
    timeout: 300_000,
  });
  expect([code, code === 0 ? '' : output]).toEqual([0, '']);
  const { before, after, samples } = JSON.parse(output.trim().split('\n').at(-1)!) as {
    before: Measured;
    after: Measured;
    samples: number;
  };
  expect(after.subscribed).toEqual([]);
  expect(after.listeners).toBe(before.listeners);
  expect(after.resources).toBeLessThanOrEqual(before.resources + 1);
  // Those of a few minutes, until the sweep.
  for (const name of ['series', 'open'] as const) expect(after[name]).toBeLessThan(1000);
  expect(samples).toBeGreaterThan(1440 * 40);
  // 21,600 observers and as many handles come and go between the two: 50 bytes of each would be twice as much.
  expect((after.heap - before.heap) / 1e6).toBeLessThan(1);
}, 320_000);

interface Measured {
  readonly heap: number;
  readonly series: number;
  readonly open: number;
  readonly subscribed: readonly string[];
  readonly listeners: number;
  readonly resources: number;
}
