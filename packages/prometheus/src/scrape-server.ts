// A server for scrapes, for applications that have none.
import type { Server } from 'node:http';
import type { BackendReporter } from '@metrics/aggregation';
import type { ListenOptions } from './prometheus-options.js';
import { prometheusHandler, type ScrapeSource } from './scrape-handler.js';

/** What kept a port or a descriptor may be gone a second later. */
const RETRY_MS = 1000;

/** Serves the scrapes of a backend on a port, as soon as it is free. Never keeps the process alive. */
export class ScrapeServer {
  readonly #options: ListenOptions;
  readonly #reporter: BackendReporter;
  #server: Server | undefined;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: ListenOptions, reporter: BackendReporter) {
    this.#options = options;
    this.#reporter = reporter;
  }

  /** The port, once the server listens. */
  get port(): number | undefined {
    const address = this.#server?.address();
    return typeof address === 'object' ? address?.port : undefined;
  }

  start(source: ScrapeSource): void {
    const { port, host, path } = this.#options;
    const handle = prometheusHandler(source);
    const server = process.getBuiltinModule('node:http').createServer((request, response) => {
      if (request.url?.split('?', 1)[0] === path) return handle(request, response);
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' });
      response.end('There are only metrics here, at another path.\n');
    });
    // A connection that a server keeps open between scrapes must not keep the process alive either.
    server.on('connection', (socket) => socket.unref());
    // Workers that share a port would be scraped at random, and every reading would look like a restart.
    const listen = (): void => void server.listen({ port, host, exclusive: true });
    server.on('error', (cause) => {
      this.#reporter.report(
        'listen_failed',
        `Nothing can be scraped from ${host}:${port}: ${cause.message}. It is tried again every second. Set another port; workers of node:cluster need one each.`,
        { cause },
      );
      if (this.#server !== undefined) this.#retry = setTimeout(listen, RETRY_MS).unref();
    });
    listen();
    server.unref();
    this.#server = server;
  }

  close(): void {
    clearTimeout(this.#retry);
    this.#server?.close();
    this.#server?.closeIdleConnections();
    this.#server = undefined;
  }
}
