import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { subscribe } from '../channel.js';
import type { ResolvedHttpOptions } from './http-options.js';
import type { RequestMetrics } from './request-metrics.js';
import { routeOf } from './routes.js';

interface Started {
  readonly headers: IncomingHttpHeaders;
  readonly start: number;
}

/** Measures requests that servers get over HTTP/2, where Node.js has channels for them: from 22 on. */
export function measureHttp2Server(requests: RequestMetrics, options: ResolvedHttpOptions): () => void {
  const { ignore } = options;
  const running = new WeakMap<ServerHttp2Stream, Started>();
  const stopStart = subscribe<{ stream: ServerHttp2Stream; headers: IncomingHttpHeaders }>(
    'http2.server.stream.start',
    ({ stream, headers }) => {
      const { ':method': method = '', ':path': path = '' } = headers;
      // Streams with even numbers are pushed by the server. CONNECT opens a tunnel or a WebSocket.
      if (method === 'CONNECT' || (stream.id ?? 0) % 2 === 0) return;
      if (ignore?.({ kind: 'server', method, path, host: undefined })) return;
      running.set(stream, { headers, start: requests.begin() });
    },
  );
  const stopClose = subscribe<{ stream: ServerHttp2Stream }>('http2.server.stream.close', ({ stream }) => {
    const started = running.get(stream);
    if (started === undefined) return;
    running.delete(stream);
    if (requests.end()) recordStream(requests, options, started, stream);
  });
  return () => {
    stopStart();
    stopClose();
  };
}

function recordStream(
  requests: RequestMetrics,
  options: ResolvedHttpOptions,
  { headers, start }: Started,
  stream: ServerHttp2Stream,
): void {
  const { ':method': method = '', ':path': path, ':scheme': scheme } = headers;
  const status = stream.sentHeaders?.[':status'] as number | undefined;
  // An abort may have no error code.
  const error = stream.aborted || !stream.writableFinished ? 'aborted' : undefined;
  const route = routeOf(options, stream, undefined, path, status);
  requests.record(start, method, route, status, error, scheme === 'http' ? 'http' : 'https');
}
