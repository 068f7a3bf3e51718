// Scrapes over HTTP.
import type { Readable, Writable } from 'node:stream';
import { acceptsGzip, type Scrape } from './scrape.js';

/** Scrapes at the same time. More are turned away: they would only delay each other. */
const MAX_SCRAPES = 5;
/** The fastest, because a scrape shrinks to a tenth with any. */
const GZIP_LEVEL = 1;

/** The part of node:http's `IncomingMessage` that the handler reads, so that it compiles without Node's types. */
export interface HandlerRequest {
  /** The method. Any other than `GET` and `HEAD` gets status 405. */
  readonly method?: string | undefined;
  /** The headers with lower-case names. `accept` and `accept-encoding` are read. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** The part of node:http's `ServerResponse` that the handler calls. It is also written to as a stream. */
export interface HandlerResponse {
  /** Sends the status and the headers. */
  writeHead(status: number, headers: Record<string, string>): unknown;
  /** Sends the body, if there is one, and ends the response. */
  end(body?: string): unknown;
}

/** A `PrometheusBackend`. */
export interface ScrapeSource {
  /**
   * Returns the response to one scrape.
   *
   * @param accept the header `Accept` of the request.
   */
  scrape(accept?: string): Scrape;
}

/** Handles a request; never throws. */
export type PrometheusHandler = (request: HandlerRequest, response: HandlerResponse) => void;

/**
 * Creates a handler that responds to scrapes with all metrics of a backend, under any path that it is mounted at.
 *
 * The handler does not authenticate requests, and it shows routes, tenants and versions: do not make it public.
 *
 * @throws {TypeError} if the argument is not such a backend.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { metrics } from '@metrics/core';
 * import { PrometheusBackend, prometheusHandler } from '@metrics/prometheus';
 *
 * const backend = new PrometheusBackend();
 * metrics.register(backend);
 * const server = createServer(prometheusHandler(backend));
 * server.listen(0, '127.0.0.1', () => server.close()); // a service keeps it open
 * ```
 */
export function prometheusHandler(backend: ScrapeSource): PrometheusHandler {
  if (typeof backend?.scrape !== 'function')
    throw new TypeError('prometheusHandler takes a PrometheusBackend, the one that is registered.');
  let running = 0;

  return function handleScrape({ method, headers }, response) {
    try {
      if (method !== 'GET' && method !== 'HEAD')
        return respond(response, 405, 'There is nothing to change here: use GET or HEAD.\n', { allow: 'GET, HEAD' });
      if (running >= MAX_SCRAPES)
        return respond(response, 503, `${MAX_SCRAPES} scrapes are running: try again later.\n`, { 'retry-after': '1' });
      const { contentType, body } = backend.scrape(String(headers['accept'] ?? ''));
      const isCompressed = acceptsGzip(headers['accept-encoding']);
      response.writeHead(200, {
        'cache-control': 'no-store',
        'content-type': contentType,
        vary: 'accept, accept-encoding',
        ...(isCompressed && { 'content-encoding': 'gzip' }),
      });
      if (method === 'HEAD') return void response.end();
      running += 1;
      void send(body, response as unknown as Writable, isCompressed).finally(() => {
        running -= 1;
      });
    } catch {
      // Another handler has responded, or the connection is gone.
    }
  };
}

function respond(response: HandlerResponse, status: number, body: string, headers: Record<string, string>): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers });
  response.end(body);
}

/** Resolves when everything is sent, or the client is gone. The stream decides how fast the text is made. */
async function send(body: AsyncIterable<string>, response: Writable, isCompressed: boolean): Promise<void> {
  try {
    const { pipeline } = process.getBuiltinModule('node:stream/promises');
    if (!isCompressed) return await pipeline(body, response);
    const gzip = process.getBuiltinModule('node:zlib').createGzip({ level: GZIP_LEVEL });
    await pipeline(body as unknown as Readable, gzip, response);
  } catch {
    // The client has hung up.
  }
}
