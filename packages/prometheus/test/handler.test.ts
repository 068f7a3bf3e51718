import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import express from 'express';
import Fastify from 'fastify';
import { parseExposition } from 'test-kit/parse-exposition';
import { waitUntil } from 'test-kit/wait-until';
import { PrometheusBackend, prometheusHandler } from '../src/index.js';
import { serve } from './serve.js';
import { setUp } from './set-up.js';

/** A backend that a scrape takes a while to read. */
function largeBackend(series = 50_000): PrometheusBackend {
  const backend = new PrometheusBackend();
  for (let id = 0; id < series; id += 1) {
    backend.open(id, { kind: 'counter', key: 'jobs', name: 'jobs', tags: [['id', `${id}`]] } as never);
    backend.incr(id, id);
  }
  return backend;
}

const mounts: readonly [string, (backend: PrometheusBackend) => Promise<{ readonly url: string } & AsyncDisposable>][] =
  [
    [
      'node:http',
      async (backend) => {
        const server = await serve(prometheusHandler(backend));
        return { ...server, url: server.origin };
      },
    ],
    [
      'Express',
      async (backend) => {
        const server = await serve(express().get('/internal/metrics', prometheusHandler(backend)));
        return { ...server, url: `${server.origin}/internal/metrics` };
      },
    ],
    [
      'Fastify',
      async (backend) => {
        const application = Fastify();
        const handle = prometheusHandler(backend);
        application.get('/metrics', (request, reply) => {
          reply.hijack();
          handle(request.raw, reply.raw);
        });
        const origin = await application.listen({ host: '127.0.0.1', port: 0 });
        return { url: `${origin}/metrics`, [Symbol.asyncDispose]: () => application.close() };
      },
    ],
  ];

test.each(mounts)('%s responds to a scrape', async (_, mount) => {
  const { backend, metrics } = setUp();
  metrics.incr('jobs', 3);
  await using server = await mount(backend);
  const response = await fetch(server.url);
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  expect(await response.text()).toMatch(/^jobs_total 3$/m);
});

test('observed gauges are read when a server scrapes', async () => {
  const { backend, metrics } = setUp();
  let level = 0;
  metrics.defineGauge('level').observe(() => (level += 1));
  await using server = await serve(prometheusHandler(backend));
  for (const expected of [1, 2])
    expect(await (await fetch(server.origin)).text()).toMatch(new RegExp(`^level ${expected}$`, 'm'));
  await metrics.close();
});

test.each([
  [{}, undefined],
  [{ 'accept-encoding': 'gzip' }, 'gzip'],
  [{ 'accept-encoding': 'br;q=1.0, GZIP;q=0.8, *;q=0.1' }, 'gzip'],
  [{ 'accept-encoding': 'gzip;q=0' }, undefined],
  [{ 'accept-encoding': 'gzip;q=0.000, deflate' }, undefined],
  [{ 'accept-encoding': ',;,;;q=,gzip;q=x' }, undefined],
  [{ accept: 'q'.repeat(5000), 'accept-encoding': `${'gzip;q=0,'.repeat(500)}identity` }, undefined],
  [{ accept: ';;;q=1,,application/openmetrics-text;q=NaN' }, undefined],
])('headers of any content get the text, compressed if they say so: %#', async (headers, encoding) => {
  await using server = await serve(prometheusHandler(largeBackend(1000)));
  const response = await new Promise<IncomingMessage>((resolve) => get(server.origin, { headers }, resolve));
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  expect([response.statusCode, response.headers['content-encoding']]).toEqual([200, encoding]);
  const body = Buffer.concat(chunks);
  const [family] = parseExposition((encoding === 'gzip' ? gunzipSync(body) : body).toString());
  expect(family?.samples).toHaveLength(1000);
});

test('HEAD has the headers and no body, other methods are refused', async () => {
  const { backend } = setUp();
  await using server = await serve(prometheusHandler(backend));
  const head = await fetch(server.origin, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
    '',
  ]);
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
    const response = await fetch(server.origin, { method });
    expect([method, response.status, response.headers.get('allow')]).toEqual([method, 405, 'GET, HEAD']);
    await response.text();
  }
});

test('twelve scrapes at the same time, of which every third hangs up: some are turned away, none stays', async () => {
  const backend = largeBackend();
  await using server = await serve(prometheusHandler(backend));
  const statuses: number[] = [];
  await Promise.all(
    Array.from({ length: 12 }, (_, index) => {
      const abort = new AbortController();
      return fetch(server.origin, { signal: abort.signal })
        .then(async (response) => {
          statuses.push(response.status);
          if (index % 3 === 0) return abort.abort();
          const text = await response.text();
          if (response.status === 200) parseExposition(text);
        })
        .catch(() => {});
    }),
  );
  expect(new Set(statuses)).toEqual(new Set([200, 503]));
  await waitUntil(async () => (await fetch(server.origin)).status === 200);
});

test('a client that hangs up in the middle, or never reads, breaks nothing and blocks no other scrape', async () => {
  const backend = largeBackend(60_000);
  await using server = await serve(prometheusHandler(backend));
  const port = Number(new URL(server.origin).port);
  const silent = connect(port, '127.0.0.1').pause();
  silent.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  for (let client = 0; client < 4; client += 1) {
    const socket = connect(port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    socket.once('data', () => socket.destroy());
  }
  await waitUntil(() => backend.stats().scrapes === 5);
  await waitUntil(async () => (await fetch(server.origin, { method: 'HEAD' })).status === 200);
  const text = await (await fetch(server.origin)).text();
  expect(parseExposition(text)[0]?.samples).toHaveLength(60_000);
  silent.destroy();
});

test('a response that another handler has sent is left alone', () => {
  const { backend } = setUp();
  const response = {
    writeHead: () => {
      throw new Error('headers already sent');
    },
    end: () => {},
  };
  expect(() => prometheusHandler(backend)({ method: 'GET', headers: {} }, response)).not.toThrow();
});

test('something that is not the backend is refused', () => {
  expect(() => prometheusHandler({} as never)).toThrow(/prometheusHandler takes a PrometheusBackend/);
});
