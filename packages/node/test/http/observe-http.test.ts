import { channel } from 'node:diagnostics_channel';
import http, { type IncomingMessage } from 'node:http';
import { createMetrics } from '@metrics/core';
import { type HttpOptions, observeHttp, observeRuntime, setRoute } from '@metrics/node';
import { RecordingBackend } from '@metrics/testing';
import { waitUntil } from 'test-kit/wait-until';
import { closeServers, listen } from '../listening.js';
import { Observed } from '../observed.js';

afterEach(closeServers);
afterEach(Observed.disposeAll);

const CHANNELS = [
  'http.server.request.start',
  'http2.server.stream.start',
  'http2.server.stream.close',
  'http.client.request.start',
  'http.client.response.finish',
  'http.client.request.error',
  'undici:request:create',
  'undici:request:headers',
  'undici:request:error',
];

test('dispose leaves no listener on any channel', () => {
  const observed = new Observed();
  const heard = CHANNELS.filter((name) => channel(name).hasSubscribers);
  observed.installation.dispose();
  observed.installation.dispose();
  expect(heard).toEqual(CHANNELS);
  expect(CHANNELS.filter((name) => channel(name).hasSubscribers)).toEqual([]);
});

test('an installation ends with its block', () => {
  const metrics = createMetrics();
  {
    using installation = observeHttp(metrics);
    expect(installation).toBeDefined();
    expect(channel('http.server.request.start').hasSubscribers).toBe(true);
  }
  expect(channel('http.server.request.start').hasSubscribers).toBe(false);
});

test('a second call for the same metrics returns the first installation, also in another copy of the package', async () => {
  const observed = new Observed();
  let copy: typeof observeHttp | undefined;
  jest.isolateModules(() => {
    // oxlint-disable-next-line typescript/no-require-imports -- another copy of the module
    copy = (require('@metrics/node') as { observeHttp: typeof observeHttp }).observeHttp;
  });
  expect(copy).not.toBe(observeHttp);
  expect(copy!(observed.metrics)).toBe(observed.installation);
  expect(observeHttp(observed.metrics)).toBe(observed.installation);
  const { url } = await listen((_request, response) => void response.end());
  await fetch(url);
  expect(await observed.ended('server', 1)).toHaveLength(1);
});

test('two metrics observe the same requests, and each ends alone', async () => {
  const first = new Observed();
  const second = new Observed();
  const { url } = await listen((_request, response) => void response.end());
  await fetch(url);
  await first.ended('server', 1);
  first.installation.dispose();
  await fetch(url);
  expect(await second.ended('server', 2)).toHaveLength(2);
  expect(first.requests('server')).toHaveLength(1);
});

test('an installation can follow one that was disposed', async () => {
  const observed = new Observed();
  observed.installation.dispose();
  using again = observeHttp(observed.metrics);
  expect(again).not.toBe(observed.installation);
  const { url } = await listen(async (_request, response) => {
    await observed.metrics.flush();
    response.end();
  });
  await fetch(url);
  await observed.ended('server', 1);
  const values = observed.backend.recorded.samples({ key: 'http.server.active_requests' });
  expect(values).toContainEqual(expect.objectContaining({ value: 1 }));
  expect(observed.backend.recorded.problems).toEqual([]);
});

test('an installation outlives close, and continues with the backend that is registered after it', async () => {
  const observed = new Observed();
  const runtime = observeRuntime(observed.metrics);
  await observed.metrics.close();
  const next = new RecordingBackend();
  observed.metrics.register(next);
  expect(observeHttp(observed.metrics)).toBe(observed.installation);
  const { url } = await listen((_request, response) => void response.end('ok'));
  await (await fetch(url)).text();
  await waitUntil(() => next.recorded.timings('http.server.request.duration').length === 1);
  await observed.metrics.flush();
  expect(next.recorded.gauge('http.server.active_requests')).toBe(0);
  expect(next.recorded.gauge('process.uptime')).toBeGreaterThan(0);
  runtime.dispose();
});

test('a listener of the application that throws changes nothing', async () => {
  const observed = new Observed({
    route: () => {
      throw new Error('the route of the application');
    },
    hosts: () => {
      throw new Error('the hosts of the application');
    },
  });
  const { url } = await listen((_request, response) => {
    setRoute(_request, () => {
      throw new Error('a lazy route');
    });
    response.end('ok');
  });
  expect(await (await fetch(url)).text()).toBe('ok');
  expect(await observed.ended('server', 1)).toEqual([{ method: 'GET', status: '200' }]);
  expect(await observed.ended('client', 1)).toEqual([{ method: 'GET', status: '200' }]);
});

test('the names of OpenTelemetry', async () => {
  const observed = new Observed({ tagNames: 'opentelemetry', hosts: ['127.0.0.1'] });
  const { url } = await listen((request, response) => {
    setRoute(request, '/users/:id');
    response.writeHead(503).end();
  });
  await fetch(url);
  const both = { 'http.request.method': 'GET', 'http.response.status_code': '503', 'error.type': '503' };
  expect(await observed.ended('server', 1)).toEqual([{ ...both, 'http.route': '/users/:id', 'url.scheme': 'http' }]);
  expect(await observed.ended('client', 1)).toEqual([{ ...both, 'server.address': '127.0.0.1' }]);
});

test.each<[string, HttpOptions, Record<string, string>]>([
  ['statusClass', { statusClass: true }, { method: 'POST', status: '2xx' }],
  ['methods', { methods: ['GET'] }, { method: '_OTHER', status: '200' }],
  ['routeFromUrl', { routeFromUrl: true }, { method: 'POST', status: '200', route: '/users/:id' }],
  // Functions may ask for the whole request.
  [
    'route',
    { route: ({ url }: IncomingMessage) => `from ${url}` },
    { method: 'POST', status: '200', route: 'from /users/42' },
  ],
])('the option %s', async (_name, options, expected) => {
  const observed = new Observed(options);
  const { url } = await listen((_request, response) => void response.end());
  await fetch(`${url}/users/42`, { method: 'POST' });
  expect(await observed.ended('server', 1)).toEqual([expected]);
});

test('ignored requests are neither measured nor in flight', async () => {
  const seen: unknown[] = [];
  const observed = new Observed({
    ignore: (request) => {
      seen.push(request);
      return request.path.startsWith('/health');
    },
  });
  const active: unknown[] = [];
  const { url, port } = await listen(async (_request, response) => {
    active.push(await observed.active('server'));
    response.end();
  });
  await fetch(`${url}/health`);
  await new Promise((resolve) => http.get({ port, path: '/work' }, (response) => response.resume().on('end', resolve)));
  expect(await observed.ended('server', 1)).toHaveLength(1);
  expect(active).toEqual([0, 1]);
  expect(seen).toContainEqual({ kind: 'client', method: 'GET', path: '/health', host: '127.0.0.1' });
  expect(seen).toContainEqual({ kind: 'client', method: 'GET', path: '/work', host: 'localhost' });
  expect(seen).toContainEqual({ kind: 'server', method: 'GET', path: '/work', host: undefined });
});

test('thousands of unknown paths bring no series', async () => {
  const observed = new Observed();
  const { url } = await listen((_request, response) => void response.writeHead(404).end());
  for (let count = 0; count < 20; count += 1)
    await Promise.all(Array.from({ length: 100 }, (_, index) => fetch(`${url}/${count}/word-${index}`)));
  expect(await observed.ended('server', 2000)).toHaveLength(2000);
  const durations = observed.metrics
    .cardinality()
    .metrics.find(({ metric }) => metric === 'http.server.request.duration');
  expect(durations?.series).toBe(1);
});

test.each<[object, RegExp]>([
  [{ servers: true }, /unknown option "servers"; did you mean "server"/],
  [{ server: 1 }, /server must be true or false/],
  [{ tagNames: 'otel' }, /tagNames must be one of "short", "opentelemetry"/],
  [{ methods: 'GET' }, /methods must be a list of strings/],
  [{ hosts: [1] }, /hosts must be a list of strings/],
  [{ route: '/' }, /route must be a function/],
])('refuses the options %j', (options, message) => {
  expect(() => observeHttp(createMetrics(), options)).toThrow(message);
});

test('nothing is declared or heard while nothing is observed', async () => {
  const backend = new RecordingBackend();
  const metrics = createMetrics({ backend });
  observeHttp(metrics, { server: false, client: false }).dispose();
  const { url } = await listen((_request, response) => void response.end());
  await fetch(url);
  await metrics.close();
  expect(backend.recorded.samples()).toEqual([]);
});
