/**
 * Routes of Next.js as tags.
 *
 * @module @metrics/node/next
 */

const META = Symbol.for('NextInternalRequestMeta');

interface NextRequestMeta {
  readonly match?: { readonly definition?: { readonly pathname?: unknown } | undefined } | undefined;
}

/**
 * Returns the route of a request to Next.js, such as `/users/[id]`, for the option `route` of `observeHttp`. Next.js does not
 * document where it keeps it: in another version there may be no route.
 *
 * @example
 * ```ts
 * import { metrics } from '@metrics/core';
 * import { observeHttp } from '@metrics/node';
 * import { nextRoute } from '@metrics/node/next';
 *
 * observeHttp(metrics, { route: nextRoute });
 * ```
 */
export function nextRoute(request: object): string | undefined {
  const meta = (request as { [META]?: NextRequestMeta | undefined })[META];
  const pathname = meta?.match?.definition?.pathname;
  return typeof pathname === 'string' && pathname !== '/_not-found' ? pathname : undefined;
}
