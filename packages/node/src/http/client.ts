import type { ClientRequest, IncomingMessage } from 'node:http';
import { errorName } from '@metrics/core/normalizers';
import { subscribe } from '../channel.js';
import { nameFor, type ResolvedHttpOptions } from './http-options.js';
import type { RequestMetrics } from './request-metrics.js';

/**
 * Measures requests of `node:http` and `node:https`, from the moment they have a socket to the headers of the response. Its
 * body is the business of the caller, and no channel shows it.
 */
export function measureClient(requests: RequestMetrics, options: ResolvedHttpOptions): () => void {
  const { ignore, nameOfHost } = options;
  /** Times at which running requests began. */
  const running = new WeakMap<ClientRequest, number>();

  const end = (request: ClientRequest, status: number | undefined, error: unknown): void => {
    const start = running.get(request);
    if (start === undefined) return;
    running.delete(request);
    request.off('close', onClose);
    if (!requests.end()) return;
    const server = nameOfHost && nameFor(nameOfHost, request.host);
    requests.record(start, request.method, server, status, status === undefined ? errorName(error) : undefined);
  };

  /** Ends requests that became a tunnel or a WebSocket, for which there is no other sign. */
  function onClose(this: ClientRequest): void {
    const { res } = this as { res?: IncomingMessage };
    end(this, res?.statusCode, { name: 'aborted' });
  }

  const stops = [
    subscribe<{ request: ClientRequest }>('http.client.request.start', ({ request }) => {
      const { host, method, path } = request;
      if (ignore?.({ kind: 'client', method, path, host })) return;
      running.set(request, requests.begin());
      request.on('close', onClose);
    }),
    // Published when the headers have come, despite its name.
    subscribe<{ request: ClientRequest; response: IncomingMessage }>(
      'http.client.response.finish',
      ({ request, response }) => end(request, response.statusCode, undefined),
    ),
    // Also published for requests that never began, or whose headers have come: those are not running.
    subscribe<{ request: ClientRequest; error: unknown }>('http.client.request.error', ({ request, error }) =>
      end(request, undefined, error),
    ),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
