import { once } from 'node:events';
import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { waitForValue } from 'test-kit/wait-for-value';
import { closeServers, listen, requestText, sendRaw } from '../listening.js';
import { Observed } from '../observed.js';

afterEach(closeServers);
afterEach(Observed.disposeAll);

const OK: RequestListener = (_request, response) => void response.end('ok');

interface Scenario {
  readonly what: string;
  readonly server?: RequestListener;
  /** Changes the server before it listens. */
  readonly prepare?: (server: http.Server) => void;
  readonly send: (port: number, server: http.Server) => Promise<unknown>;
  readonly expected: readonly Record<string, string>[];
}

/** Resolves when the server has begun to handle a request. */
let handled: Promise<[IncomingMessage, ServerResponse]>;

const scenarios: readonly Scenario[] = [
  { what: 'a request', send: get('/'), expected: [{ method: 'GET', status: '200' }] },
  {
    what: 'HEAD',
    send: (port) => sendRaw(port, requestText('/', 'HEAD')),
    expected: [{ method: 'HEAD', status: '200' }],
  },
  { what: 'a 304', server: withStatus(304), send: get('/'), expected: [{ method: 'GET', status: '304' }] },
  { what: 'a 500', server: withStatus(500), send: get('/'), expected: [{ method: 'GET', status: '500' }] },
  {
    what: 'two requests on one connection',
    send: (port) => sendRaw(port, requestText('/') + requestText('/', 'POST', 'Content-Length: 0\r\n')),
    expected: [
      { method: 'GET', status: '200' },
      { method: 'POST', status: '200' },
    ],
  },
  {
    what: 'a method that only one server knows',
    send: (port) => sendRaw(port, requestText('/', 'PROPFIND')),
    expected: [{ method: '_OTHER', status: '200' }],
  },
  {
    what: 'Expect: 100-continue',
    send: (port) => sendRaw(port, `${requestText('/', 'PUT', 'Content-Length: 2\r\nExpect: 100-continue\r\n')}hi`),
    expected: [{ method: 'PUT', status: '200' }],
  },
  {
    what: 'another expectation (417)',
    send: (port) => sendRaw(port, requestText('/', 'GET', 'Expect: tea\r\n')),
    expected: [{ method: 'GET', status: '417' }],
  },
  {
    what: 'a request without Host (400)',
    send: (port) => sendRaw(port, 'GET / HTTP/1.1\r\n\r\n'),
    expected: [{ method: 'GET', status: '400' }],
  },
  {
    what: 'early hints before the response',
    server: (_request, response) =>
      response.writeEarlyHints({ link: '</a.css>; rel=preload; as=style' }, () => response.end()),
    send: get('/'),
    expected: [{ method: 'GET', status: '200' }],
  },
  {
    what: 'more requests than maxRequestsPerSocket (503)',
    prepare: (server) => (server.maxRequestsPerSocket = 1),
    send: (port) => sendRaw(port, requestText('/') + requestText('/')),
    expected: [
      { method: 'GET', status: '200' },
      { method: 'GET', status: '503' },
    ],
  },
  {
    what: 'a client that leaves before the response',
    server: () => {},
    send: async (port) => {
      const socket = await sendRaw(port, requestText('/'));
      await handled;
      socket.destroy();
    },
    expected: [{ method: 'GET', error: 'aborted' }],
  },
  {
    what: 'a client that resets the connection before the response',
    server: () => {},
    send: async (port) => {
      const socket = await sendRaw(port, requestText('/'));
      await handled;
      socket.resetAndDestroy();
    },
    expected: [{ method: 'GET', error: 'aborted' }],
  },
  {
    what: 'a client that leaves in the midst of the response',
    server: (_request, response) => void response.writeHead(201).write('half'),
    send: async (port) => {
      const socket = await sendRaw(port, requestText('/'));
      await once(socket, 'data');
      socket.destroy();
    },
    expected: [{ method: 'GET', status: '201', error: 'aborted' }],
  },
  {
    what: 'an upload that breaks off',
    server: (request) => void request.resume(),
    send: async (port) => {
      const socket = await sendRaw(port, `${requestText('/', 'POST', 'Content-Length: 99\r\n')}half`);
      await handled;
      socket.destroy();
    },
    expected: [{ method: 'POST', error: 'aborted' }],
  },
  {
    what: 'a response that the server destroys',
    server: (_request, response) => void response.destroy(),
    send: (port) => sendRaw(port, requestText('/')),
    expected: [{ method: 'GET', error: 'aborted' }],
  },
  {
    what: 'a socket that the server destroys',
    server: (request) => void request.socket.destroy(),
    send: (port) => sendRaw(port, requestText('/')),
    expected: [{ method: 'GET', error: 'aborted' }],
  },
  {
    what: 'closeAllConnections',
    server: () => {},
    send: async (port, server) => {
      await sendRaw(port, requestText('/'));
      await handled;
      server.closeAllConnections();
    },
    expected: [{ method: 'GET', error: 'aborted' }],
  },
  {
    what: 'requestTimeout during an upload',
    server: (request) => void request.resume(),
    prepare: (server) => {
      server.requestTimeout = 1000;
      server.headersTimeout = 1000;
    },
    send: (port) => sendRaw(port, `${requestText('/', 'POST', 'Content-Length: 99\r\n')}half`),
    expected: [{ method: 'POST', error: 'aborted' }],
  },
  {
    what: 'a response before the body has come',
    send: async (port) => {
      const socket = await sendRaw(port, `${requestText('/', 'POST', 'Content-Length: 4\r\n')}ha`);
      await once(socket, 'data');
      socket.write('lf');
    },
    expected: [{ method: 'POST', status: '200' }],
  },
  {
    what: 'an upgrade without a listener',
    send: (port) => sendRaw(port, requestText('/', 'GET', 'Connection: upgrade\r\nUpgrade: websocket\r\n')),
    expected: [{ method: 'GET', status: '200' }],
  },
  {
    what: 'a handler that throws in a later turn of the event loop and destroys',
    server: (_request, response) => void setImmediate(() => response.destroy(new Error('late'))),
    send: (port) => sendRaw(port, requestText('/')),
    expected: [{ method: 'GET', error: 'aborted' }],
  },
];

test.each(scenarios)('a server measures $what', async ({ server: handler = OK, prepare, send, expected }) => {
  const observed = new Observed({ client: false });
  const server = http.createServer({ connectionsCheckingInterval: 20 }, handler);
  handled = once(server, 'request') as typeof handled;
  prepare?.(server);
  const { port } = await listen(server);
  await send(port, server);
  expect(await observed.ended('server', expected.length)).toEqual(expected);
});

const invisible: readonly (Pick<Scenario, 'what' | 'send'> & { listener?: [string, (...args: never[]) => void] })[] = [
  { what: 'a malformed request', send: (port) => sendRaw(port, 'no request\r\n\r\n') },
  {
    what: 'an upgrade to a WebSocket',
    send: (port) => sendRaw(port, requestText('/', 'GET', 'Connection: upgrade\r\nUpgrade: websocket\r\n')),
    listener: ['upgrade', (_request: IncomingMessage, socket: Socket) => void socket.end()],
  },
  { what: 'CONNECT without a listener', send: (port) => sendRaw(port, requestText('a:1', 'CONNECT')) },
  {
    what: 'CONNECT with a listener',
    send: (port) => sendRaw(port, requestText('a:1', 'CONNECT')),
    listener: ['connect', (_request: IncomingMessage, socket: Socket) => void socket.end()],
  },
];

test.each(invisible)('a server does not count $what as a request', async ({ send, listener }) => {
  const observed = new Observed({ client: false });
  const server = http.createServer(OK);
  if (listener) server.on(listener[0], listener[1] as (...args: unknown[]) => void);
  const { port } = await listen(server);
  const socket = (await send(port, server)) as Socket;
  if (!socket.closed) await once(socket, 'close');
  await get('/')(port);
  expect(await observed.ended('server', 1)).toEqual([{ method: 'GET', status: '200' }]);
});

test('pipelined requests start together and are counted one by one', async () => {
  const observed = new Observed({ client: false });
  const responses: ServerResponse[] = [];
  const { port } = await listen((_request, response) => void responses.push(response));
  await sendRaw(port, requestText('/a') + requestText('/b'));
  await waitForActive(observed, 2);
  responses[1]?.end();
  await waitForActive(observed, 2);
  responses[0]?.end();
  expect(await observed.ended('server', 2)).toHaveLength(2);
});

test('requests that are running at dispose are not recorded, and a new installation starts at none', async () => {
  const observed = new Observed({ client: false });
  const responses: ServerResponse[] = [];
  const { port } = await listen((_request, response) => void responses.push(response));
  await sendRaw(port, requestText('/a'));
  await waitForActive(observed, 1);
  observed.installation.dispose();
  const again = new Observed({ client: false });
  responses[0]?.end();
  await sendRaw(port, requestText('/b'));
  await waitForActive(again, 1);
  responses[1]?.end();
  expect(await again.ended('server', 1)).toHaveLength(1);
  expect(observed.requests('server')).toEqual([]);
});

test('context tags of a handler do not reach the metrics', async () => {
  const observed = new Observed({ client: false });
  const { port } = await listen((_request, response) =>
    observed.metrics.withTags({ route: '/of/the/handler', error: 'mine' }, () => void response.end()),
  );
  await get('/')(port);
  expect(await observed.ended('server', 1)).toEqual([{ method: 'GET', status: '200' }]);
});

test('durations are rounded to a microsecond', async () => {
  const observed = new Observed({ client: false });
  const { port } = await listen(OK);
  await get('/')(port);
  await observed.ended('server', 1);
  const [duration = Number.NaN] = observed.backend.recorded.timings('http.server.request.duration');
  expect(duration).toBeGreaterThan(0);
  expect(Number(duration.toFixed(3))).toBe(duration);
});

async function waitForActive(observed: Observed, count: number): Promise<void> {
  await waitForValue(() => observed.active('server'), count);
}

function get(path: string): (port: number) => Promise<unknown> {
  return async (port) => {
    const [response] = (await once(http.get({ port, path, agent: false }), 'response')) as [IncomingMessage];
    response.resume();
    await once(response, 'end');
  };
}

function withStatus(status: number): RequestListener {
  return (_request, response) => void response.writeHead(status).end();
}
