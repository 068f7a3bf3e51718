import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http2 from 'node:http2';
import https from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describeIf } from 'test-kit/describe-with';
import { Observed } from '../observed.js';

const GET_OK = { method: 'GET', status: '200' };
const [major = 0] = process.versions.node.split('.').map(Number);

/** Returns the certificate of a server on this machine, or `undefined` if there is no program that makes one. */
function createCertificate(): { key: Buffer; cert: Buffer } | undefined {
  const folder = mkdtempSync(path.join(tmpdir(), 'certificate-'));
  const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  try {
    const options = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    execFileSync('openssl', ['req', '-x509', ...options, '-subj', '/CN=localhost', '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const certificate = createCertificate();

describeIf(certificate !== undefined)('over TLS', () => {
  let server: Server | undefined;

  afterEach(async () => {
    await Observed.disposeAll();
    (server as https.Server | undefined)?.closeAllConnections?.();
    server?.close();
  });

  async function listen(started: Server): Promise<number> {
    server = started;
    started.listen(0, '127.0.0.1');
    await once(started, 'listening');
    return (started.address() as AddressInfo).port;
  }

  async function get(port: number): Promise<void> {
    const request = https.get({ host: '127.0.0.1', port, rejectUnauthorized: false, agent: false });
    const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream];
    response.resume();
    await once(response, 'end');
  }

  test('a server and a client of node:https are measured once', async () => {
    const observed = new Observed();
    const port = await listen(https.createServer(certificate!, (_request, response) => response.end('ok')));
    await get(port);
    expect(await observed.ended('server', 1)).toEqual([GET_OK]);
    expect(await observed.ended('client', 1)).toEqual([GET_OK]);
  });

  test('the scheme is https with the names of OpenTelemetry', async () => {
    const observed = new Observed({ client: false, tagNames: 'opentelemetry' });
    const port = await listen(https.createServer(certificate!, (_request, response) => response.end('ok')));
    await get(port);
    expect(await observed.ended('server', 1)).toMatchObject([{ 'url.scheme': 'https' }]);
  });

  test('a server of HTTP/2 that also speaks HTTP/1 measures each request once', async () => {
    const observed = new Observed({ client: false });
    const options = { ...certificate!, allowHTTP1: true };
    const port = await listen(http2.createSecureServer(options, (_request, response) => void response.end('ok')));
    await get(port);
    const session = http2.connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
    const stream = session.request({ ':path': '/' });
    stream.resume();
    await once(stream, 'close');
    // Node.js 20 has no channels for HTTP/2.
    const count = major >= 22 ? 2 : 1;
    expect(await observed.ended('server', count)).toEqual(Array.from({ length: count }, () => GET_OK));
    session.destroy();
  });

  test('a handshake that fails is no request of a server, and an error of the client', async () => {
    const observed = new Observed();
    const port = await listen(https.createServer(certificate!, (_request, response) => response.end('ok')));
    const request = https.get({ host: '127.0.0.1', port, agent: false });
    await once(request, 'error');
    await get(port);
    expect(await observed.ended('server', 1)).toEqual([GET_OK]);
    const failed = observed.requests('client').filter(({ error }) => error !== undefined);
    expect(failed).toEqual([{ method: 'GET', error: 'DEPTH_ZERO_SELF_SIGNED_CERT' }]);
    expect(await observed.active('client')).toBe(0);
  });
});
