/**
 * Routes of Hono as tags.
 *
 * @module @metrics/node/hono
 */
import { setRoute } from './http/routes.js';

/** The parts of the context of Hono that are used. `incoming` is there on `@hono/node-server`. */
export interface HonoContext {
  /** The bindings of the server. */
  readonly env: unknown;
  /** The request as Hono wraps it. */
  readonly req: object;
}

/** A route that a request matched, as `matchedRoutes` of Hono returns it. */
export interface MatchedRoute {
  /** The method, or `ALL`. */
  readonly method: string;
  /** The template of the path. */
  readonly path: string;
}

/**
 * Returns a middleware that reads the routes of Hono on `@hono/node-server`. It comes first:
 * `app.use(honoRoutes(matchedRoutes))`.
 *
 * @param matchedRoutes the function of this name of `hono/route`.
 *
 * @example
 * ```ts
 * import { honoRoutes, type HonoContext, type MatchedRoute } from '@metrics/node/hono';
 *
 * // import { matchedRoutes } from 'hono/route';
 * declare function matchedRoutes(context: HonoContext): readonly MatchedRoute[];
 *
 * const middleware = honoRoutes((context) => matchedRoutes(context)); // app.use(middleware), before all others
 * console.log(typeof middleware);
 * ```
 */
export function honoRoutes<Context extends HonoContext>(
  matchedRoutes: (context: Context) => readonly MatchedRoute[],
): (context: Context, next: () => Promise<void>) => Promise<void> {
  return (context, next) => {
    const { incoming } = (context.env ?? {}) as { incoming?: object };
    if (incoming !== undefined) {
      setRoute(incoming, () => {
        const route = matchedRoutes(context).at(-1);
        // Only middlewares matched.
        return route?.method === 'ALL' && route.path.endsWith('*') ? undefined : route?.path;
      });
    }
    return next();
  };
}
