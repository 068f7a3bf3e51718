// Has every metric of the built package recorded once, and prints which: as JSON, with kind, unit and tags. Those that
// a runtime lacks are missing. scripts/check-node-metrics.mjs runs it under each version of Node.js.
import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { createMetrics, DummyMetricsBackend } from '@metrics/core';
import { observeHttp, observeMetrics, observeRuntime } from '@metrics/node';

/** @typedef {{ key: string, kind: string, unit: string | null, tags: Record<string, Set<string>> }} RecordedMetric */

/** @type {Map<string, RecordedMetric>} */
const found = new Map();
let scope = '';
let count = 0;
let isOver = false;

/** Keeps which series are opened, and claims that samples are lost in every way. */
const backend = {
  /**
   * @param {number} _id
   * @param {import('@metrics/core').Series} series
   */
  open(_id, { key, kind, unit, tags }) {
    if (!/^(?:http|process|nodejs|v8js|metrics)\./.test(key)) return;
    const name = key + scope;
    /** @type {RecordedMetric} */
    const known = found.get(name) ?? {
      key: name,
      kind,
      unit: unit ?? null,
      tags: {},
    };
    for (const [tag, value] of tags) (known.tags[tag] ??= new Set()).add(value);
    found.set(name, known);
  },
  release() {},
  incr() {},
  gauge() {},
  timing() {},
  distribution() {},
  set() {},
  async flush() {},
  async close() {},
  stats() {
    if (!isOver) count += 1;
    return { accepted: 3 * count, sent: count, dropped: { any: count }, pending: 0, sampledOut: count };
  },
};

/** @type {string[]} */
const warnings = [];
process.on('warning', (warning) => {
  if (warning.name === 'MetricsWarning') warnings.push(/** @type {{ code?: string }} */ (warning).code ?? '');
});

const metrics = createMetrics({ backend });
const installed = [
  observeHttp(metrics, { hosts: ['127.0.0.1'], routeFromUrl: true, tagNames: 'short' }),
  observeRuntime(metrics, { window: 1000 }),
  observeMetrics(metrics),
  // Others for the same process do not repeat what is missing.
  ...[observeHttp, observeRuntime].map((observe) => observe(createMetrics({ backend: new DummyMetricsBackend() }))),
];

const server = http.createServer((request, response) => {
  if (request.url === '/hang') request.socket.destroy();
  else response.end('ok');
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
await (await fetch(`http://127.0.0.1:${port}/users/1`)).text();
await fetch(`http://127.0.0.1:${port}/hang`).catch(() => {});
const worker = new Worker('setTimeout(() => {}, 100)', { eval: true });
/** @type {unknown[]} */
const garbage = Array.from({ length: 200_000 });
const deadline = Date.now() + 8000;
while (!(found.has('nodejs.eventloop.delay') && found.has('v8js.gc.duration')) && Date.now() < deadline) {
  for (let index = 0; index < garbage.length; index += 1) garbage[index] = { index };
  await metrics.flush();
  await wait(50);
}
await worker.terminate();

// Windows of the event loop, after which it is known whether it is measured.
await wait(1200);
// Requests over HTTP/2 have the same series, so they are recorded by other metrics.
for (const each of installed) each.dispose();
scope = ' (HTTP/2)';
const other = createMetrics({ backend });
const requests = observeHttp(other, { client: false, routeFromUrl: true });
const server2 = http2.createServer((request, response) => {
  if (request.url === '/hang') request.stream.close(http2.constants.NGHTTP2_CANCEL);
  else response.end('ok');
});
server2.listen(0, '127.0.0.1');
await once(server2, 'listening');
const session = http2.connect(
  `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server2.address()).port}`,
);
for (const target of ['/users/1', '/hang']) {
  const stream = session.request({ ':path': target });
  stream.resume();
  await once(stream, 'close');
}
await wait(100);
await other.flush();
requests.dispose();
isOver = true;

const rows = [...found.values()]
  .filter(({ key }) => !key.endsWith('active_requests (HTTP/2)'))
  .map((row) => ({
    ...row,
    tags: Object.fromEntries(Object.entries(row.tags).map(([tag, values]) => [tag, [...values].sort()])),
  }))
  .sort((one, next) => (one.key < next.key ? -1 : 1));
console.log(JSON.stringify({ metrics: rows, warnings }));
// Its servers and sessions are of no use any more.
process.exit();
