import type { Metrics } from '@metrics/core';
import { type Installation, install, warnOnce } from '../shared.js';
import { measureClient } from './client.js';
import { type HttpOptions, resolveHttpOptions } from './http-options.js';
import { measureHttp2Server } from './http2-server.js';
import { RequestMetrics } from './request-metrics.js';
import { measureServer } from './server.js';
import { measureUndici } from './undici-client.js';

/**
 * Measures the HTTP requests that servers of this thread get, and those that it sends, until the result is disposed. Patches
 * nothing: it listens to the channels of Node.js, so it does not matter what was loaded before.
 *
 * A second call for the same metrics returns the first result; its options are ignored.
 *
 * @throws {TypeError | RangeError} if an option is unknown or invalid.
 *
 * @example
 * ```ts
 * import { metrics } from '@metrics/core';
 * import { observeHttp } from '@metrics/node';
 *
 * const http = observeHttp(metrics, { ignore: ({ path }) => path === '/health' });
 * http.dispose(); // a service never does
 * ```
 */
export function observeHttp(metrics: Metrics, options: HttpOptions = {}): Installation {
  const resolved = resolveHttpOptions(options);
  return install(metrics, 'http', () => {
    const undo: (() => void)[] = [];
    const lacks = findMissing();
    if (lacks !== undefined)
      warnOnce('http_lacks', `@metrics/node: ${lacks} are not measured, because this runtime does not publish them.`);
    // A gauge of 0 would look as if there were none.
    if (resolved.server && !lacks?.includes('servers')) {
      const requests = new RequestMetrics(metrics, 'server', resolved);
      undo.push(measureServer(requests, resolved), measureHttp2Server(requests, resolved), () => requests.dispose());
    }
    if (resolved.client) {
      const requests = new RequestMetrics(metrics, 'client', resolved);
      undo.push(measureClient(requests, resolved), measureUndici(requests, resolved), () => requests.dispose());
    }
    return undo;
  });
}

/** Returns the requests that other runtimes than Node.js do not publish. They have the channels, so it cannot be tried. */
function findMissing(): string | undefined {
  const { bun, deno } = globalThis.process?.versions ?? {};
  if (bun !== undefined) return 'requests to servers and those of fetch';
  return deno === undefined ? undefined : 'requests of fetch';
}
