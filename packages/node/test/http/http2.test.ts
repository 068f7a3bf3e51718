import { once } from 'node:events';
import http2, { type ClientHttp2Session, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Observed } from '../observed.js';

const [major = 0] = process.versions.node.split('.').map(Number);
const GET_OK = { method: 'GET', status: '200' };

/** Node.js 20 has no channels for HTTP/2. */
(major >= 22 ? describe : describe.skip)('HTTP/2', () => {
  let server: Http2Server;
  let session: ClientHttp2Session;

  afterEach(async () => {
    session.destroy();
    await new Promise((resolve) => server.close(resolve));
    await Observed.disposeAll();
  });

  async function start(handler: Parameters<typeof http2.createServer>[1]): Promise<void> {
    server = http2.createServer(handler);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    session = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`).on('error', () => {});
  }

  test('a server measures requests over HTTP/2', async () => {
    const observed = new Observed({ client: false });
    await start((request, response) => {
      response.statusCode = request.url === '/bad' ? 500 : 200;
      response.end('ok');
    });
    for (const path of ['/', '/bad']) await once(session.request({ ':path': path }).resume(), 'close');
    expect(await observed.ended('server', 2)).toEqual([GET_OK, { method: 'GET', status: '500' }]);
  });

  test('a server measures a stream that the client cancels before the response', async () => {
    const observed = new Observed({ client: false });
    await start(() => {});
    const stream = session.request({ ':path': '/' }).on('error', () => {});
    await once(server, 'stream');
    expect(await observed.active('server')).toBe(1);
    stream.close(http2.constants.NGHTTP2_CANCEL);
    expect(await observed.ended('server', 1)).toEqual([{ method: 'GET', error: 'aborted' }]);
  });

  test('a server measures a stream that is cut off in the midst of the response', async () => {
    const observed = new Observed({ client: false });
    await start((_request, response) => void response.write('half'));
    const stream = session.request({ ':path': '/' }).on('error', () => {});
    await once(stream, 'data');
    session.destroy();
    expect(await observed.ended('server', 1)).toEqual([{ ...GET_OK, error: 'aborted' }]);
  });
});
