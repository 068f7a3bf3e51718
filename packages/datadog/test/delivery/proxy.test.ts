import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { waitUntil } from 'test-kit/wait-until';
import { chooseProxy, proxyAuthorization } from '../../src/delivery/proxy.js';
import { KEY, type Started, started } from '../started.js';

const HTTPS = 'https://api.datadoghq.com';
const HTTP = 'http://receiver.example:8080';

test.each<[string, string, NodeJS.ProcessEnv, string | undefined]>([
  ['none', HTTPS, {}, undefined],
  ['that of https', HTTPS, { HTTPS_PROXY: 'http://proxy:3128' }, 'http://proxy:3128/'],
  ['that in lower case first', HTTPS, { https_proxy: 'http://one', HTTPS_PROXY: 'http://other' }, 'http://one/'],
  [
    'that in upper case if the other is empty',
    HTTPS,
    { https_proxy: '', HTTPS_PROXY: 'http://other' },
    'http://other/',
  ],
  ['none from empty values', HTTPS, { https_proxy: ' ', HTTPS_PROXY: '' }, undefined],
  ['not that of http', HTTPS, { HTTP_PROXY: 'http://proxy:3128', http_proxy: 'http://proxy:3128' }, undefined],
  ['that of http', HTTP, { HTTP_PROXY: 'http://proxy:3128' }, 'http://proxy:3128/'],
  ['not that of https', HTTP, { HTTPS_PROXY: 'http://proxy:3128' }, undefined],
  ['an address without a scheme', HTTPS, { HTTPS_PROXY: ' proxy.example:3128 ' }, 'http://proxy.example:3128/'],
  ['a user without a scheme', HTTPS, { HTTPS_PROXY: 'me:word@proxy:3128' }, 'http://me:word@proxy:3128/'],
  ['IPv6 without a scheme', HTTPS, { HTTPS_PROXY: '[fd00::1]:3128' }, 'http://[fd00::1]:3128/'],
  ['a proxy over TLS', HTTPS, { HTTPS_PROXY: 'https://proxy' }, 'https://proxy/'],
  ['none for this machine', 'http://127.0.0.1:80', { HTTP_PROXY: 'http://proxy' }, undefined],
  ['none for another address of it', 'https://127.1.2.3', { HTTPS_PROXY: 'http://proxy' }, undefined],
  ['none for its IPv6 address', 'http://[::1]:80', { HTTP_PROXY: 'http://proxy' }, undefined],
  ['none for its name', 'https://localhost:99', { HTTPS_PROXY: 'http://proxy' }, undefined],
])('the proxy is %s', (_name, target, env, proxy) => {
  expect(chooseProxy(new URL(target), env)).toEqual({ proxy: proxy === undefined ? undefined : new URL(proxy) });
});

test.each([
  ['*', HTTPS],
  ['api.datadoghq.com', HTTPS],
  ['API.DatadogHQ.com', HTTPS],
  ['datadoghq.com', HTTPS],
  ['.datadoghq.com', HTTPS],
  ['*.datadoghq.com', HTTPS],
  ['example.org, datadoghq.com', HTTPS],
  ['example.org datadoghq.com', HTTPS],
  ['api.datadoghq.com:443', HTTPS],
  ['receiver.example:8080', HTTP],
  ['10.1.2.3', 'https://10.1.2.3'],
  ['10.0.0.0/8', 'https://10.1.2.3:8443'],
  ['fd00::1', 'https://[fd00::1]:8443'],
  ['[fd00::1]:8443', 'https://[fd00::1]:8443'],
  ['fd00::/8', 'https://[fd00::1]'],
])('NO_PROXY=%s exempts %s', (noProxy, target) => {
  const env = { HTTPS_PROXY: 'http://proxy', HTTP_PROXY: 'http://proxy' };
  for (const name of ['NO_PROXY', 'no_proxy'])
    expect(chooseProxy(new URL(target), { ...env, [name]: noProxy })).toEqual({ proxy: undefined });
});

test.each([
  ['', HTTPS],
  ['org', HTTPS],
  ['hq.com', HTTPS],
  ['example.org', HTTPS],
  ['api.datadoghq.com:80', HTTPS],
  ['10.0.0.0/8', 'https://11.1.2.3'],
  ['10.0.0.0/99', 'https://10.1.2.3'],
  ['2.3', 'https://10.1.2.3'],
])('NO_PROXY=%s does not exempt %s', (noProxy, target) => {
  const { proxy } = chooseProxy(new URL(target), { HTTPS_PROXY: 'http://proxy', HTTP_PROXY: 'http://proxy', noProxy });
  expect(proxy?.hostname).toBe('proxy');
});

test.each(['socks5://proxy:1080', 'ftp://proxy', 'http://', 'http://proxy:port'])(
  'HTTPS_PROXY=%s is ignored, and named',
  (value) => {
    const choice = { proxy: undefined, invalidVariable: 'HTTPS_PROXY' };
    expect(chooseProxy(new URL(HTTPS), { HTTPS_PROXY: value })).toEqual(choice);
  },
);

test.each([
  ['http://proxy', undefined],
  ['http://me@proxy', 'me:'],
  ['http://me:pass%20word@proxy', 'me:pass word'],
  ['http://me:50%@proxy', 'me:50%'],
])('the credentials of %s are %s', (url, credentials) => {
  const header = credentials === undefined ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`;
  expect(proxyAuthorization(new URL(url))).toBe(header);
});

describe('through a proxy of the environment', () => {
  /** The behavior of the proxy after a request for a tunnel. */
  let serve: (socket: Socket, url: string) => void;
  let proxy: Server;
  let connections: number;
  let sockets: Set<Socket>;
  let asked: string[];
  let authorizations: (string | undefined)[];
  const seen: Buffer[] = [];
  let current: Started | undefined;

  beforeEach(async () => {
    [connections, asked, authorizations] = [0, [], []];
    sockets = new Set();
    proxy = createServer()
      .on('connection', (socket) => {
        connections += 1;
        sockets.add(socket.on('error', () => {}));
      })
      .on('connect', ({ url, headers }, socket: Socket) => {
        asked.push(String(url));
        authorizations.push(headers['proxy-authorization']);
        serve(socket, String(url));
      });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    process.env['https_proxy'] = `me:word@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    delete process.env['https_proxy'];
    delete process.env['no_proxy'];
    await current?.[Symbol.asyncDispose]();
    await current?.intake.stop();
    current = undefined;
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => proxy.close(resolve));
  });

  /** Starts a backend that knows its intake by a name that is not one of this machine. */
  async function begin(requestTimeout = 10_000): Promise<Started> {
    const first = await started();
    const { url, ca } = first.intake;
    const baseUrl = url.replace('127.0.0.1', 'api.localhost');
    const second = await started({ baseUrl, ca, requestTimeout });
    await second.intake.stop();
    current = { ...second, intake: first.intake };
    await first.backend.close({ timeout: 0 });
    return current;
  }

  function tunnel(socket: Socket, url: string): void {
    const onward = connect(Number(url.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.on('data', (chunk: Buffer) => seen.push(chunk));
      socket.pipe(onward).pipe(socket);
    });
    for (const end of [socket, onward]) end.on('error', () => onward.destroy());
  }

  test('everything arrives, and the proxy sees neither key nor metrics', async () => {
    serve = tunnel;
    const { backend, intake, open } = await begin();
    backend.incr(open('counter', 'orders'), 5);
    await backend.flush();
    backend.incr(open('counter', 'orders'), 6);
    await backend.close({ timeout: 5000 });
    expect(intake.sum('orders')).toBe(11);
    expect(asked).toEqual([new URL(intake.url).host.replace('127.0.0.1', 'api.localhost')]);
    expect(authorizations).toEqual([`Basic ${Buffer.from('me:word').toString('base64')}`]);
    expect(Buffer.concat(seen).length).toBeGreaterThan(100);
    expect(Buffer.concat(seen).includes(KEY)).toBe(false);
  });

  test('this machine is reached directly', async () => {
    serve = tunnel;
    current = await started();
    current.backend.incr(current.open('counter', 'orders'), 5);
    await current.backend.flush();
    expect(current.intake.sum('orders')).toBe(5);
    expect(connections).toBe(0);
  });

  test.each<[string, (socket: Socket) => void, RegExp]>([
    ['never responds', () => {}, /no response within 300 ms/],
    ['hangs up', (socket) => socket.destroy(), /hang up|ECONNRESET/],
    ['resets the connection', (socket) => socket.resetAndDestroy(), /hang up|ECONNRESET/],
    ['refuses the user', (socket) => socket.end('HTTP/1.1 407 Who\r\n\r\n'), /CONNECT with status 407/],
    ['does not find the intake', (socket) => socket.end('HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n'), /status 502/],
    ['does not speak HTTP', (socket) => socket.end('SSH-2.0-x\r\n'), /Parse Error|HPE_/],
    ['opens a tunnel that is silent', (socket) => socket.write('HTTP/1.1 200 OK\r\n\r\n'), /no response within 300 ms/],
    [
      'opens a tunnel and hangs up',
      (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'),
      /socket disconnected|ECONNRESET|hang up/,
    ],
  ])('a proxy that %s is reported, tried again with pauses, and works when it recovers', async (_how, fail, error) => {
    serve = fail;
    const { backend, intake, open, problems } = await begin(300);
    backend.incr(open('counter', 'orders'), 5);
    void backend.flush();
    await waitUntil(() => backend.stats().retries >= 3);
    expect(problems).toMatchObject([{ code: 'intake_unreachable' }]);
    expect((problems[0]!.cause as Error).message).toMatch(error);
    // One for each request, and not thousands.
    expect(connections).toBeLessThanOrEqual(backend.stats().retries + 2);
    serve = tunnel;
    await waitUntil(() => backend.stats().pending === 0);
    expect(intake.sum('orders')).toBe(5);
  });

  test('a proxy that is silent does not delay a close beyond its deadline', async () => {
    // Reads, so that it hears the end of the connection.
    serve = (socket) => socket.on('end', () => socket.end()).resume();
    const { backend, open } = await begin();
    backend.incr(open('counter', 'orders'), 5);
    const begun = performance.now();
    await backend.close({ timeout: 300 });
    expect(performance.now() - begun).toBeLessThan(5000);
    expect(backend.stats()).toMatchObject({ pending: 0, dropped: { timeout: 1 } });
    await waitUntil(() => new Promise((resolve) => proxy.getConnections((_error, count) => resolve(count === 0))));
  });

  test('an invalid address is reported, and its password is not shown', async () => {
    process.env['https_proxy'] = 'socks5://me:secret-word@proxy:1080';
    const { problems } = await begin();
    expect(problems).toMatchObject([{ code: 'proxy_invalid' }]);
    expect(problems[0]!.message).toContain('https_proxy');
    expect(problems[0]!.message).not.toContain('secret-word');
  });
});
