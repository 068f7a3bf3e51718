/**
 * Routes of Koa as tags.
 *
 * @module @metrics/node/koa
 */
import { setRoute } from './http/routes.js';

/** The parts of the context of Koa that are used. */
export interface KoaContext {
  /** The request of node:http. */
  readonly req: object;
  /** Set by @koa/router: the template with all prefixes, or the RegExp of the route. */
  readonly _matchedRoute?: string | RegExp | null | undefined;
}

/**
 * Returns a middleware that reads the routes of @koa/router. It comes first: `app.use(koaRoutes())`.
 *
 * @example
 * ```ts
 * import { koaRoutes } from '@metrics/node/koa';
 *
 * const middleware = koaRoutes(); // app.use(middleware), before all others
 * console.log(typeof middleware);
 * ```
 */
export function koaRoutes(): (context: KoaContext, next: () => Promise<unknown>) => Promise<unknown> {
  return (context, next) => {
    // Read at the end of the request: a handler of an aborted one may never return.
    setRoute(context.req, () => {
      const { _matchedRoute: route } = context;
      return route === undefined || route === null ? undefined : String(route);
    });
    return next();
  };
}
