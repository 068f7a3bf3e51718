import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { encodeResponse, type ReceivedPoint, type ReceivedRequest, readRequest } from 'test-kit/otlp-messages';

/** How the receiver treats a request: a status with headers, a partial success, a silence, or a reset after it has read it. */
export type Reply =
  | { readonly status: number; readonly headers?: Record<string, string> }
  | { readonly rejected: number }
  | 'hang'
  | 'reset';

/** A strict receiver of OTLP over HTTP with protobuf. A request that breaks a rule gets 400 and is listed. */
export class OtlpReceiver implements AsyncDisposable {
  readonly requests: ReceivedRequest[] = [];
  readonly violations: string[] = [];
  /** Decides about each request, by its number from 0. */
  reply: (request: number) => Reply = () => ({ status: 200 });
  attempts = 0;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (request, response) => void this.#receive(request, response));
  }

  static async start(): Promise<OtlpReceiver> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new OtlpReceiver(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1/metrics`;
  }

  get points(): ReceivedPoint[] {
    return this.requests.flatMap(({ points }) => points);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const reply = this.reply(this.attempts);
    this.attempts += 1;
    if (reply === 'hang') return;
    const body = Buffer.concat(chunks);
    let status = 'status' in (reply as object) ? (reply as { status: number }).status : 200;
    try {
      if (status === 200)
        this.requests.push(readRequest(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body));
    } catch (error) {
      this.violations.push(String(error));
      status = 400;
    }
    if (reply === 'reset') return void request.socket.resetAndDestroy();
    response.writeHead(status, { 'content-type': 'application/x-protobuf', ...('headers' in reply && reply.headers) });
    response.end(encodeResponse('rejected' in reply ? reply.rejected : 0));
  }
}
