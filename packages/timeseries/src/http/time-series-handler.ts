import type { IncomingMessage, ServerResponse } from 'node:http';
import { pageFiles } from './page-files.js';
import { type TimeSeriesReads, timeSeriesAnswers } from './routes.js';

export interface TimeSeriesHandlerOptions {
  /**
   * Where it is mounted, `/internal/metrics`, for frameworks that leave that in the URL of the request: node:http and
   * Fastify do, `app.use` of Express does not.
   *
   * @default '/'
   */
  readonly path?: string | undefined;
  /** Told why a read failed. The client only learns that it did, by status 500. @default nobody is told */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** Never throws. With `next`, what is not its own is left to the next handler instead of being answered with 404. */
export type TimeSeriesHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void;

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The message of an error may quote what was asked for. */
const LONGEST_MESSAGE = 500;
/** No file is called that. */
const NOWHERE = '/';

const PAGE_ANSWERS: ReadonlyMap<string, Answer> = new Map([
  ['', { status: 200, type: 'text/html; charset=utf-8', body: pageFiles['index.html'] }],
  ['page.css', { status: 200, type: 'text/css; charset=utf-8', body: pageFiles['page.css'] }],
  ['page.js', { status: 200, type: 'text/javascript; charset=utf-8', body: pageFiles['page.js'] }],
]);

const NAMES = ['/', ...Array.from(timeSeriesAnswers.keys(), (name) => `/${name}`)].join(', ');
const NOT_FOUND = json(404, { error: `There is nothing here, only ${NAMES}.` });
const NOT_ALLOWED: Answer = {
  ...json(405, { error: 'There is nothing to change here: use GET or HEAD.' }),
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
 * Answers HTTP requests with what a backend keeps: a page with charts at `/`, and as JSON `/keys?pattern=`,
 * `/series?key=`, `/range?key=&start=&end=&step=&groupBy=&statistic=&tag.<name>=` and `/top?key=&tag=&n=`.
 *
 * It reads only, and asks nobody who they are: mount it behind your own authentication.
 *
 * @throws {TypeError} on a bad argument.
 */
export function timeSeriesHandler(backend: TimeSeriesReads, options: TimeSeriesHandlerOptions = {}): TimeSeriesHandler {
  if (typeof backend?.range !== 'function' || typeof backend.top !== 'function')
    throw new TypeError('timeSeriesHandler takes a TimeSeriesBackend, the one that is registered.');
  const { path = '/', onError } = options;
  if (typeof path !== 'string' || !path.startsWith('/'))
    throw new TypeError(`path must be a path such as '/internal/metrics', not ${JSON.stringify(path)}.`);
  const mount = path.replace(/\/+$/, '');

  function tell(error: unknown): void {
    try {
      onError?.(error);
    } catch {
      // The application's function must not break what it watches.
    }
  }

  async function read(name: string, query: string): Promise<Answer> {
    try {
      return json(200, await timeSeriesAnswers.get(name)!(backend, query));
    } catch (error) {
      if (error instanceof TypeError || error instanceof RangeError)
        return json(400, { error: error.message.slice(0, LONGEST_MESSAGE) });
      tell(error);
      return json(500, { error: 'The time series could not be read. The onError of the handler is told why.' });
    }
  }

  return function handleTimeSeries(request, response, next) {
    const [pathname, query] = split(request.url ?? '');
    const name =
      pathname === mount ? '' : pathname.startsWith(`${mount}/`) ? pathname.slice(mount.length + 1) : NOWHERE;
    const file = PAGE_ANSWERS.get(name);
    if (file === undefined && !timeSeriesAnswers.has(name)) {
      // At once, so that what the next handler throws is not taken for an error of this one.
      if (next !== undefined) return next();
      return send(response, NOT_FOUND);
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, NOT_ALLOWED);
    if (file !== undefined) return send(response, (name === '' && redirection(request)) || file);
    void read(name, query).then((answer) => send(response, answer));
  };

  function send(response: ServerResponse, { status, type, body, headers }: Answer): void {
    try {
      const length = String(Buffer.byteLength(body));
      response.writeHead(status, { ...HEADERS, 'content-type': type, 'content-length': length, ...headers });
      // Node.js leaves the body out where the method is HEAD.
      response.end(body);
    } catch (error) {
      // Somebody else has answered, or the connection is gone.
      tell(error);
    }
  }
}

function json(status: number, content: unknown): Answer {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(content) };
}

function split(url: string): [pathname: string, query: string] {
  const mark = url.indexOf('?');
  return mark === -1 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)];
}

/** To the same path with a slash behind it: what the page loads is named relative to that, wherever it is mounted. */
function redirection(request: IncomingMessage): Answer | undefined {
  // Express and its like take the path it is mounted at off the URL.
  const { originalUrl = request.url ?? '' } = request as { originalUrl?: string };
  const [pathname] = split(originalUrl);
  if (pathname.endsWith('/')) return undefined;
  // Relative, so that it holds behind a proxy that takes off another part, and never leads to another host.
  const location = `./${pathname.slice(pathname.lastIndexOf('/') + 1)}/`;
  return { status: 307, type: 'text/plain; charset=utf-8', body: '', headers: { location } };
}
