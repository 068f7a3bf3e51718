// The route of a server request, from the adapter of a framework or from Express.
import type { IncomingMessage } from 'node:http';
import { routeTemplate } from '@metrics/core/normalizers';
import { type RouteReader, shared, warnOfError } from '../shared.js';
import { expressRoute } from './express-route.js';
import type { ResolvedHttpOptions } from './http-options.js';

/**
 * Sets the template of the route of a server request, for frameworks that this package does not know: `/users/:id`, never a
 * path with data.
 *
 * @param request the raw request of Node.js.
 * @param route the template, or a function that returns it when the request has ended, or `undefined` for none.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { setRoute } from '@metrics/node';
 *
 * const server = createServer((request, response) => {
 *   setRoute(request, '/users/:id');
 *   response.end();
 * });
 * server.listen(0, '127.0.0.1', () => server.close()); // a service keeps it open
 * ```
 */
export function setRoute(request: object, route: string | RouteReader): void {
  shared().routes.set(keyOf(request), route);
}

/** Returns the object under which the route of a request is kept: requests of HTTP/2 are known by their stream. */
function keyOf(request: object): object {
  const { stream } = request as { stream?: unknown };
  return typeof stream === 'object' && stream !== null ? stream : request;
}

/**
 * Returns the template of the route of a finished request, or `undefined`.
 *
 * @param key the raw request, or the stream of an HTTP/2 request.
 * @param request the raw request, unless nothing but its stream is known.
 */
export function routeOf(
  options: ResolvedHttpOptions,
  key: object,
  request: IncomingMessage | undefined,
  url: string | undefined,
  status: number | undefined,
): string | undefined {
  const route = givenRoute(options, key, request) ?? (request && expressRoute(request, status));
  if (typeof route === 'string') return route;
  // Scanners would bring a route with each path.
  const isGuessed = options.routeFromUrl && url !== undefined && status !== undefined && status < 400;
  return isGuessed ? routeTemplate(url) : undefined;
}

/** Returns the route that an adapter or an option has, neither of which may harm the response. */
function givenRoute(
  options: ResolvedHttpOptions,
  key: object,
  request: IncomingMessage | undefined,
): string | undefined {
  try {
    const given = shared().routes.get(key);
    return (typeof given === 'function' ? given() : given) ?? (request && options.route?.(request));
  } catch (error) {
    warnOfError('route_failed', 'the route of a request', error);
    return undefined;
  }
}
