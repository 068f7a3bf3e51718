import type { IncomingMessage, ServerResponse } from 'node:http';
import { subscribe } from '../channel.js';
import type { ResolvedHttpOptions } from './http-options.js';
import type { RequestMetrics } from './request-metrics.js';
import { routeOf } from './routes.js';

interface Started {
  readonly request: IncomingMessage;
  readonly start: number;
}

/**
 * Measures requests that servers get over HTTP/1. A request ends with the event `close` of its response: the channel for its
 * end is silent when the client leaves.
 */
export function measureServer(requests: RequestMetrics, options: ResolvedHttpOptions): () => void {
  const { ignore } = options;
  const running = new WeakMap<ServerResponse, Started>();

  function onClose(this: ServerResponse): void {
    const started = running.get(this);
    if (started === undefined) return;
    running.delete(this);
    if (requests.end()) recordRequest(requests, options, started, this);
  }

  return subscribe<{ request: IncomingMessage; response: ServerResponse }>(
    'http.server.request.start',
    ({ request, response }) => {
      if (ignore?.({ kind: 'server', method: request.method ?? '', path: request.url ?? '', host: undefined })) return;
      running.set(response, { request, start: requests.begin() });
      response.on('close', onClose);
    },
  );
}

function recordRequest(
  requests: RequestMetrics,
  options: ResolvedHttpOptions,
  { request, start }: Started,
  response: ServerResponse,
): void {
  const isFinished = response.writableFinished;
  // The status of a response that was never sent is its default.
  const status = isFinished || response.headersSent ? response.statusCode : undefined;
  const error = isFinished ? undefined : 'aborted';
  const scheme = (request.socket as { encrypted?: boolean } | null)?.encrypted ? 'https' : 'http';
  const route = routeOf(options, request, request, request.url, status);
  requests.record(start, request.method ?? '', route, status, error, scheme);
}
