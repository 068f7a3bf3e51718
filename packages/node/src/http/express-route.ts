import { routeTemplate } from '@metrics/core/normalizers';

/** The properties that Express 4 and 5, and NestJS on it, add to a raw request. */
interface ExpressRequest {
  readonly url?: string | undefined;
  readonly originalUrl?: string | undefined;
  /** The path at which the router is mounted, with the values of its parameters. */
  readonly baseUrl?: unknown;
  /** The last route that matched. Its path may be a string, a RegExp, or a list of them. */
  readonly route?: { readonly path?: unknown } | undefined;
}

/** Mount paths whose templates are kept; a mount parameter may have any number of values. */
const MAX_BASES = 1000;

/** A path for everything: `*`, `/*splat`, `/{*splat}`, `(.*)`. */
const CATCH_ALL = /^\/?(?:\*\w*|\{\/?\*\w*\}|\(\.\*\))$/;

const SLASH = 47;
const QUESTION_MARK = 63;
const HASH = 35;

/** Templates by mount path and path of the route. */
const templates = new Map<string, Map<unknown, string>>();

/** Returns the template of the route that responded, `undefined` if none did. Valid once the request has ended. */
export function expressRoute(request: object, status: number | undefined): string | undefined {
  const { route, baseUrl, originalUrl, url } = request as ExpressRequest;
  const path = route?.path;
  if (path === undefined || path === null) return undefined;
  // After `next()` past the last match, the route is the one before.
  if (status === 404 && (typeof baseUrl !== 'string' || isCatchAll(path))) return undefined;
  const base = typeof baseUrl === 'string' ? baseUrl : '';
  const mount = base === '' && isPlain(path) ? lostBase(originalUrl ?? url ?? '', path) : base;
  return templateOf(mount, path);
}

function isCatchAll(path: unknown): boolean {
  return typeof path === 'string' && CATCH_ALL.test(path);
}

/** Returns true for a path that matches as many segments as it has. */
function isPlain(path: unknown): path is string {
  return typeof path === 'string' && !/[*+?(){}]/.test(path);
}

/**
 * Returns the mount path of a route after an error: Express resets it before it calls an error handler of the application.
 * It is what the URL has before the segments of the route.
 */
function lostBase(url: string, path: string): string {
  const lost = countSegments(url) - countSegments(path);
  if (lost <= 0) return '';
  const segments = url.split(/[/?#]+/, lost + 1).filter((segment) => segment !== '');
  return `/${segments.slice(0, lost).join('/')}`;
}

/** Counts without a copy, because this runs for each request. */
function countSegments(path: string): number {
  let count = 0;
  for (let index = 0, isInside = false; index < path.length; index += 1) {
    const code = path.charCodeAt(index);
    if (code === QUESTION_MARK || code === HASH) break;
    if (code === SLASH) isInside = false;
    else if (!isInside) {
      isInside = true;
      count += 1;
    }
  }
  return count;
}

function templateOf(base: string, path: unknown): string {
  let known = templates.get(base);
  if (known === undefined) {
    if (templates.size === MAX_BASES) templates.clear();
    templates.set(base, (known = new Map()));
  }
  let template = known.get(path);
  if (template === undefined)
    known.set(path, (template = join(base, Array.isArray(path) ? path.join(',') : String(path))));
  return template;
}

function join(base: string, path: string): string {
  if (base === '' || base === '/') return path;
  const mount = routeTemplate(base);
  return path === '/' ? mount : mount + (path.startsWith('/') ? path : `/${path}`);
}
