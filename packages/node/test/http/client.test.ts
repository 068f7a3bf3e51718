import { once } from 'node:events';
import http, { type ClientRequest, type IncomingMessage, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { interceptors, Agent as UndiciAgent, request as undiciRequest } from 'undici';
import { closeServers, listen } from '../listening.js';
import { Observed } from '../observed.js';

afterEach(closeServers);
afterEach(Observed.disposeAll);

const OK: RequestListener = (_request, response) => void response.end('ok');
/** A port without a listener. */
const CLOSED_PORT = 1;

interface Scenario {
  readonly what: string;
  readonly server?: RequestListener;
  readonly prepare?: (server: http.Server) => void;
  readonly send: (url: string, port: number) => Promise<unknown>;
  readonly expected: readonly Record<string, string>[];
}

const GET_OK = { method: 'GET', status: '200' };

const scenarios: readonly Scenario[] = [
  { what: 'http.get', send: (url) => read(http.get(url)), expected: [GET_OK] },
  {
    what: 'http.get whose body is not read',
    server: (_request, response) => void response.write('part'),
    send: async (url) => once(http.get(url), 'response'),
    expected: [GET_OK],
  },
  {
    what: 'a 404 of http.request',
    server: (_request, response) => void response.writeHead(404).end(),
    send: (url) => read(http.request(url, { method: 'DELETE' }).end()),
    expected: [{ method: 'DELETE', status: '404' }],
  },
  {
    what: 'early hints before a response',
    server: (_request, response) => response.writeEarlyHints({ link: '</a>; rel=preload' }, () => response.end()),
    send: (url) => read(http.get(url)),
    expected: [GET_OK],
  },
  {
    what: 'a refused connection of http.get',
    send: () => failure(http.get({ port: CLOSED_PORT, host: '127.0.0.1' })),
    expected: [{ method: 'GET', error: 'ECONNREFUSED' }],
  },
  {
    what: 'a server that ends the connection',
    server: (request) => void request.socket.destroy(),
    send: (url) => failure(http.get(url)),
    expected: [{ method: 'GET', error: 'ECONNRESET' }],
  },
  {
    what: 'http.get that its caller aborts',
    server: () => {},
    send: async (url) => {
      const controller = new AbortController();
      const request = http.get(url, { signal: controller.signal });
      await once(request, 'socket');
      setImmediate(() => controller.abort());
      await failure(request);
    },
    expected: [{ method: 'GET', error: 'ABORT_ERR' }],
  },
  {
    what: 'http.get that breaks off after the headers',
    server: (request, response) => {
      response.writeHead(200, { 'content-length': 99 });
      response.write('half', () => request.socket.destroy());
    },
    send: async (url) => {
      const [response] = (await once(http.get(url), 'response')) as [IncomingMessage];
      response.on('error', () => {}).resume();
      await new Promise((resolve) => response.on('close', resolve));
    },
    expected: [GET_OK],
  },
  {
    what: 'requests that wait for a socket of their agent',
    send: async (url) => {
      const agent = new http.Agent({ maxSockets: 1 });
      await Promise.all([1, 2, 3].map(() => read(http.get(url, { agent }))));
    },
    expected: [GET_OK, GET_OK, GET_OK],
  },
  {
    what: 'a connection that is kept',
    send: async (url) => {
      const agent = new http.Agent({ keepAlive: true });
      for (let count = 0; count < 3; count += 1) await read(http.get(url, { agent }));
      agent.destroy();
    },
    expected: [GET_OK, GET_OK, GET_OK],
  },
  {
    what: 'an upgrade of http.get',
    prepare: (server) =>
      server.on('upgrade', (_request, socket: Socket) => {
        socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n');
      }),
    send: async (url) => {
      const request = http.get(url, { headers: { connection: 'upgrade', upgrade: 'x' } });
      const [, socket] = (await once(request, 'upgrade')) as [IncomingMessage, Socket];
      await once(socket.resume(), 'close');
    },
    expected: [{ method: 'GET', status: '101' }],
  },
  {
    what: 'CONNECT of http.request',
    prepare: (server) =>
      server.on('connect', (_request, socket: Socket) => void socket.end('HTTP/1.1 200 Connected\r\n\r\n')),
    send: async (url) => {
      const request = http.request(url, { method: 'CONNECT', path: 'a:1' }).end();
      const [, socket] = (await once(request, 'connect')) as [IncomingMessage, Socket];
      await once(socket.resume(), 'close');
    },
    expected: [{ method: 'CONNECT', status: '200' }],
  },
  { what: 'fetch', send: async (url) => (await fetch(url)).text(), expected: [GET_OK] },
  {
    what: 'fetch whose body is not read',
    send: async (url) => fetch(url, { method: 'POST', body: 'some' }),
    expected: [{ method: 'POST', status: '200' }],
  },
  {
    what: 'each redirect of fetch',
    server: (request, response) =>
      void (request.url === '/end' ? response.end() : response.writeHead(302, { location: '/end' }).end()),
    send: async (url) => (await fetch(url)).text(),
    expected: [{ method: 'GET', status: '302' }, GET_OK],
  },
  {
    what: 'a refused connection of fetch',
    send: async () => expect(fetch('http://127.0.0.1:3')).rejects.toThrow('fetch failed'),
    expected: [{ method: 'GET', error: 'ECONNREFUSED' }],
  },
  {
    what: 'fetch that its caller aborts',
    server: () => {},
    send: async (url) => {
      const controller = new AbortController();
      const sent = fetch(url, { signal: controller.signal });
      setTimeout(() => controller.abort(), 50);
      await expect(sent).rejects.toThrow('aborted');
    },
    expected: [{ method: 'GET', error: 'AbortError' }],
  },
  {
    what: 'fetch with a timeout',
    server: () => {},
    send: async (url) => expect(fetch(url, { signal: AbortSignal.timeout(50) })).rejects.toThrow('timeout'),
    expected: [{ method: 'GET', error: 'TimeoutError' }],
  },
  {
    what: 'fetch that breaks off in the midst of the body',
    server: (request, response) => {
      response.writeHead(200, { 'content-length': 99 });
      response.write('half', () => request.socket.destroy());
    },
    send: async (url) => expect(fetch(url).then((response) => response.text())).rejects.toThrow('terminated'),
    expected: [GET_OK],
  },
  {
    what: 'a server that ends the connection of fetch',
    server: (request) => void request.socket.destroy(),
    send: async (url) => expect(fetch(url)).rejects.toThrow('fetch failed'),
    expected: [{ method: 'GET', error: 'UND_ERR_SOCKET' }],
  },
  {
    what: 'early hints before a response of fetch',
    server: (_request, response) => response.writeEarlyHints({ link: '</a>; rel=preload' }, () => response.end()),
    send: async (url) => (await fetch(url)).text(),
    expected: [GET_OK],
  },
  {
    what: 'undici from the registry',
    send: async (url) => (await undiciRequest(url, { method: 'PUT' })).body.text(),
    expected: [{ method: 'PUT', status: '200' }],
  },
  {
    what: 'each attempt of a retry interceptor',
    server: (() => {
      let attempts = 0;
      return (_request: IncomingMessage, response: http.ServerResponse) => {
        attempts += 1;
        response.writeHead(attempts === 1 ? 503 : 200).end();
      };
    })(),
    send: async (url) => {
      const dispatcher = new UndiciAgent().compose(interceptors.retry({ minTimeout: 1, maxTimeout: 1 }));
      await (await undiciRequest(url, { dispatcher })).body.text();
    },
    expected: [{ method: 'GET', status: '503' }, GET_OK],
  },
];

test.each(scenarios)('a client measures $what', async ({ server: handler = OK, prepare, send, expected }) => {
  const observed = new Observed({ server: false });
  const server = http.createServer(handler);
  prepare?.(server);
  const { url, port } = await listen(server);
  await send(url, port);
  expect(await observed.ended('client', expected.length)).toEqual(expected);
});

test.each([
  [
    'a request that is destroyed before it is sent',
    (url: string) => failure(http.get(url).destroy(new Error('early'))),
  ],
  ['fetch that was aborted before', (url: string) => fetch(url, { signal: AbortSignal.abort() }).catch(() => {})],
  ['a port that fetch refuses', () => fetch('http://127.0.0.1:1').catch(() => {})],
  [
    'a WebSocket of undici',
    async (url: string) => {
      const { WebSocket } = await import('undici');
      const socket = new WebSocket(url.replace('http', 'ws'));
      await new Promise((resolve) => {
        socket.addEventListener('error', resolve);
        socket.addEventListener('close', resolve);
      });
    },
  ],
] as const)('a client does not count %s, and it is not left in flight', async (_what, send) => {
  const observed = new Observed({ server: false });
  const { url } = await listen(OK);
  await send(url);
  await fetch(url);
  expect(await observed.ended('client', 1)).toEqual([GET_OK]);
});

test('requests are in flight from their socket to the headers', async () => {
  const observed = new Observed({ server: false });
  const { url, server } = await listen(() => {});
  const requests = [http.get(url), http.get(url)];
  for (const request of requests) request.on('error', () => {});
  await Promise.all([once(server, 'request'), ...requests.map((request) => once(request, 'socket'))]);
  const sent = fetch(url).catch(() => {});
  await once(server, 'request');
  expect(await observed.active('client')).toBe(3);
  server.closeAllConnections();
  await sent;
  await observed.ended('client', 3);
});

test('hosts become the tag server only if they are listed, or a function names them', async () => {
  const listed = new Observed({ server: false, hosts: ['127.0.0.1'] });
  const named = new Observed({ server: false, hosts: (host) => (host === 'localhost' ? 'mine' : undefined) });
  const { port } = await listen(http.createServer(OK));
  await read(http.get({ port, host: '127.0.0.1' }));
  await fetch(`http://127.0.0.1:${port}`);
  await read(http.get({ port, host: 'localhost', family: 4 }));
  const tagged = { ...GET_OK, server: '127.0.0.1' };
  expect(await listed.ended('client', 3)).toEqual([tagged, tagged, GET_OK]);
  expect(await named.ended('client', 3)).toEqual([GET_OK, GET_OK, { ...GET_OK, server: 'mine' }]);
});

test('context tags of the caller do not reach the metrics', async () => {
  const observed = new Observed({ server: false });
  const { url } = await listen(OK);
  await observed.metrics.withTags({ server: 'of the caller' }, () => fetch(url));
  expect(await observed.ended('client', 1)).toEqual([GET_OK]);
});

async function read(request: ClientRequest): Promise<void> {
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  await once(response.resume(), 'end');
}

async function failure(request: ClientRequest): Promise<void> {
  await new Promise((resolve) => request.on('error', resolve));
}
