// HTTP access to the history: routes requests, and responds with the page or with JSON.
import { checkFunction, checkKnownOptions, checkOptionsObject, describeValue } from '@metrics/core/backend';
import { isTurnOver, nextTurn } from '../turns.js';
import { pageFiles } from './page-files.js';
import { routes, type TimeSeriesReads } from './routes.js';

/** Options of {@link timeSeriesHandler}. */
export interface TimeSeriesHandlerOptions {
  /**
   * Path at which the handler is mounted, such as `/internal/metrics`, for frameworks that keep it in the URL of the
   * request. node:http and Fastify do; `app.use` of Express does not.
   *
   * @default '/'
   */
  readonly path?: string | undefined;
  /** Called with the error of a failed read. The client gets status 500 without the reason. @default none */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** The part of node:http's `IncomingMessage` that the handler reads, so that it compiles without Node's types. */
export interface HandlerRequest {
  /** The method. Any other than `GET` and `HEAD` gets status 405. */
  readonly method?: string | undefined;
  /** The path and the query. */
  readonly url?: string | undefined;
}

/** The part of node:http's `ServerResponse` that the handler calls. */
export interface HandlerResponse {
  /** Sends the status and the headers. */
  writeHead(status: number, headers: Record<string, string>): unknown;
  /** Sends the body and ends the response. */
  end(body: string): unknown;
}

/** Handles a request; never throws. If `next` is passed, it is called for other paths instead of responding with 404. */
export type TimeSeriesHandler = (
  request: HandlerRequest,
  response: HandlerResponse,
  next?: (error?: unknown) => void,
) => void;

interface PreparedResponse {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const READS = ['keys', 'series', 'range', 'top'] as const satisfies (keyof TimeSeriesReads)[];
/** Characters of an error's message, which may quote the request. */
const MAX_MESSAGE_LENGTH = 500;
const JSON_TYPE = 'application/json; charset=utf-8';
/** Lists of points, which are long. */
const LISTS: readonly string[] = ['groups', 'charts'];
/** A name that no file has. */
const NO_FILE = '/';

const PAGE_RESPONSES: ReadonlyMap<string, PreparedResponse> = new Map([
  ['', { status: 200, type: 'text/html; charset=utf-8', body: pageFiles['index.html'] }],
  ['page.css', { status: 200, type: 'text/css; charset=utf-8', body: pageFiles['page.css'] }],
  ['page.js', { status: 200, type: 'text/javascript; charset=utf-8', body: pageFiles['page.js'] }],
]);

const OK = { status: 200, type: JSON_TYPE };
const NAMES = ['/', ...Array.from(routes.keys(), (name) => `/${name}`)].join(', ');
const NOT_FOUND = jsonResponse(404, { error: `There is nothing here, only ${NAMES}.` });
const NOT_ALLOWED: PreparedResponse = {
  ...jsonResponse(405, { error: 'There is nothing to change here: use GET or HEAD.' }),
  headers: { allow: 'GET, HEAD' },
};

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/**
 * Creates a handler that responds with the history of a backend: a page with charts at `/`, and as JSON `/keys?pattern=`,
 * `/series?key=`, `/range?key=&start=&end=&step=&groupBy=&statistic=&tag.<name>=`, `/charts?key=&key=&start=&end=&points=` and
 * `/top?key=&tag=&n=`.
 *
 * The handler only reads, and does not authenticate requests: protect it with your own authentication.
 *
 * @throws {TypeError} if an argument is invalid.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { metrics } from '@metrics/core';
 * import { TimeSeriesBackend } from '@metrics/timeseries';
 * import { timeSeriesHandler } from '@metrics/timeseries/handler';
 *
 * const history = new TimeSeriesBackend({ include: ['*'] });
 * metrics.register(history);
 * const server = createServer(timeSeriesHandler(history, { path: '/internal/metrics' }));
 * server.listen(0, '127.0.0.1', () => server.close()); // a service keeps it open
 * ```
 */
export function timeSeriesHandler(backend: TimeSeriesReads, options: TimeSeriesHandlerOptions = {}): TimeSeriesHandler {
  if (READS.some((name) => typeof backend?.[name] !== 'function'))
    throw new TypeError('timeSeriesHandler takes a TimeSeriesBackend, the one that is registered.');
  checkOptionsObject(options);
  checkKnownOptions('timeSeriesHandler', options, ['path', 'onError']);
  checkFunction('onError', options.onError);
  const { path = '/', onError } = options;
  if (typeof path !== 'string' || !path.startsWith('/'))
    throw new TypeError(`path must be a path such as '/internal/metrics', not ${describeValue(path)}.`);
  const mount = withoutSlashesAtEnd(path);

  function reportError(error: unknown): void {
    try {
      onError?.(error);
    } catch {
      // The application's function must not break the handler.
    }
  }

  async function read(name: string, query: string): Promise<PreparedResponse> {
    try {
      return { ...OK, body: await toJson(await routes.get(name)!(backend, query)) };
    } catch (error) {
      if (error instanceof TypeError || error instanceof RangeError)
        return jsonResponse(400, { error: error.message.slice(0, MAX_MESSAGE_LENGTH) });
      reportError(error);
      return jsonResponse(500, {
        error: 'The time series could not be read. The handler passes the reason to its onError.',
      });
    }
  }

  return function handleTimeSeries(request, response, next) {
    const [pathname, query] = splitUrl(request.url ?? '');
    const name =
      pathname === mount ? '' : pathname.startsWith(`${mount}/`) ? pathname.slice(mount.length + 1) : NO_FILE;
    const file = PAGE_RESPONSES.get(name);
    if (file === undefined && !routes.has(name)) {
      // Not within a promise, so that an error of the next handler is not an error of this one.
      if (next !== undefined) return next();
      return send(response, NOT_FOUND);
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, NOT_ALLOWED);
    if (file !== undefined) return send(response, (name === '' && redirectToSlash(request)) || file);
    void read(name, query).then((prepared) => send(response, prepared));
  };

  function send(response: HandlerResponse, { status, type, body, headers }: PreparedResponse): void {
    try {
      const length = String(Buffer.byteLength(body));
      response.writeHead(status, { ...HEADERS, 'content-type': type, 'content-length': length, ...headers });
      // Node.js omits the body if the method is HEAD.
      response.end(body);
    } catch (error) {
      // Another handler has responded, or the connection is gone.
      reportError(error);
    }
  }
}

/** Returns JSON, one part of the longest list after the other: all parts together take long. */
async function toJson(content: object): Promise<string> {
  const list = Object.entries(content).find(([name, value]) => LISTS.includes(name) && Array.isArray(value));
  if (list === undefined) return JSON.stringify(content);
  const [name, parts] = list as [string, unknown[]];
  const texts: string[] = [];
  for (const part of parts) {
    texts.push(JSON.stringify(part));
    if (isTurnOver()) await nextTurn();
  }
  const rest = JSON.stringify({ ...content, [name]: undefined }).slice(1, -1);
  return `{${rest === '' ? '' : `${rest},`}"${name}":[${texts.join()}]}`;
}

function jsonResponse(status: number, content: unknown): PreparedResponse {
  return { status, type: JSON_TYPE, body: JSON.stringify(content) };
}

/** Not by a regular expression, which takes quadratic time for many slashes elsewhere. */
function withoutSlashesAtEnd(path: string): string {
  let end = path.length;
  while (path[end - 1] === '/') end -= 1;
  return path.slice(0, end);
}

function splitUrl(url: string): [pathname: string, query: string] {
  const mark = url.indexOf('?');
  return mark === -1 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)];
}

/**
 * Returns a redirection to the same path with a slash at the end, or undefined if it has one: the page loads its files by
 * names relative to that, wherever it is mounted.
 */
function redirectToSlash(request: HandlerRequest): PreparedResponse | undefined {
  // Express and similar frameworks remove the mount path from the URL.
  const { originalUrl = request.url ?? '' } = request as { originalUrl?: string };
  const [pathname] = splitUrl(originalUrl);
  if (pathname.endsWith('/')) return undefined;
  // Relative, so that it works behind a proxy that removes another part, and never leads to another host.
  const location = `./${pathname.slice(pathname.lastIndexOf('/') + 1)}/`;
  return { status: 307, type: 'text/plain; charset=utf-8', body: '', headers: { location } };
}
