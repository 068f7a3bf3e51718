import { errorName } from '@metrics/core/normalizers';
import { subscribe } from '../channel.js';
import { nameFor, type ResolvedHttpOptions } from './http-options.js';
import type { RequestMetrics } from './request-metrics.js';

/** The properties of a request in undici's channels. */
interface UndiciRequest {
  readonly method: string;
  readonly origin: string | URL;
  readonly path: string;
  readonly upgrade?: string | null | undefined;
}

/**
 * Measures requests of undici and `fetch`, until the headers of the response: the channel for its end is silent if the
 * body is not read. Each redirect and each retry is a request.
 */
export function measureUndici(requests: RequestMetrics, options: ResolvedHttpOptions): () => void {
  const { ignore, nameOfHost } = options;
  /** Times at which running requests began. */
  const running = new WeakMap<UndiciRequest, number>();

  const end = (request: UndiciRequest, status: number | undefined, error: unknown): void => {
    const start = running.get(request);
    if (start === undefined) return;
    running.delete(request);
    if (!requests.end()) return;
    const server = nameOfHost && nameFor(nameOfHost, hostOf(request));
    requests.record(start, request.method, server, status, status === undefined ? errorName(error) : undefined);
  };

  const stops = [
    subscribe<{ request: UndiciRequest }>('undici:request:create', ({ request }) => {
      const { method, path, upgrade } = request;
      // Of WebSockets and tunnels no end is published.
      if (upgrade || method === 'CONNECT') return;
      if (ignore?.({ kind: 'client', method, path, host: hostOf(request) })) return;
      running.set(request, requests.begin());
    }),
    subscribe<{ request: UndiciRequest; response: { statusCode: number } }>(
      'undici:request:headers',
      ({ request, response: { statusCode } }) => {
        // Early hints come before the response.
        if (statusCode >= 200) end(request, statusCode, undefined);
      },
    ),
    // Also published after the end of a request that is tried again.
    subscribe<{ request: UndiciRequest; error: unknown }>('undici:request:error', ({ request, error }) =>
      end(request, undefined, error),
    ),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Returns the host without its port, as `node:http` has it. */
function hostOf({ origin }: UndiciRequest): string {
  try {
    return new URL(origin).hostname;
  } catch {
    return '';
  }
}
