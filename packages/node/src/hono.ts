/**
 * Routes of Hono as tags.
 *
 * @module @metrics/node/hono
 */
import { setRoute } from './http/routes.js';

/** The parts of the context of Hono that are used. `incoming` is there on `@hono/node-server`. */
interface HonoContext {
  readonly env: unknown;
  readonly req: object;
}
interface MatchedRoute {
  readonly method: string;
  readonly path: string;
}

/**
 * Returns a middleware that reads the routes of Hono on `@hono/node-server`. It comes first:
 * `app.use(honoRoutes(matchedRoutes))`.
 *
 * @param matchedRoutes the function of this name of `hono/route`.
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
