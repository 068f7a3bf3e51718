import { checkBoolean, checkFunction, checkKnownOptions, checkOneOf, checkOptionsObject } from '@metrics/core/backend';
import { warnOfError } from '../shared.js';

/** A request that is about to be measured. */
export interface ObservedRequest {
  /** `server` for a request that this process gets, `client` for one that it sends. */
  readonly kind: 'server' | 'client';
  /** The method as it was sent, in capitals as a rule. */
  readonly method: string;
  /** The target of the request with its query. */
  readonly path: string;
  /** The host that a client sends to; that of servers is data of the client, and not read. */
  readonly host: string | undefined;
}

/**
 * A request that a server has got. An `IncomingMessage` of `node:http` is one; this declaration compiles without the types of
 * Node.js.
 */
export interface ServedRequest {
  /** The method, if the request has been parsed. */
  readonly method?: string | undefined;
  /** The path and the query. */
  readonly url?: string | undefined;
  /** The headers with lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** The type of a method, because a function that asks for an `IncomingMessage` or a framework's request fits it as well. */
export type RouteFunction = {
  /** Returns the route of a request; `undefined` tries the other ways. */
  of(request: ServedRequest): string | undefined;
}['of'];

/** Options of `observeHttp`. */
export interface HttpOptions {
  /** Measures requests that servers of this process get. @default true */
  readonly server?: boolean | undefined;
  /** Measures requests of `node:http`, `node:https`, undici and `fetch`. @default true */
  readonly client?: boolean | undefined;
  /**
   * The names of tags: `short` records `method`, `route`, `status`, `server` and `error`; `opentelemetry` records those of the semantic
   * conventions, such as `http.request.method`. @default 'short'
   */
  readonly tagNames?: 'short' | 'opentelemetry' | undefined;
  /** The methods that are recorded as they are; any other becomes `_OTHER`. @default those of RFC 9110 and 5789, and QUERY */
  readonly methods?: readonly string[] | undefined;
  /** Records `2xx` instead of `200`. @default false */
  readonly statusClass?: boolean | undefined;
  /**
   * Returns the template of a server request's route, once it has ended; `undefined` tries the other ways.
   * `@metrics/node/next` has one.
   */
  readonly route?: RouteFunction | undefined;
  /**
   * Guesses the route of requests without one from their URL, with `routeTemplate`, if the status is below 400. For servers
   * without a router. @default false
   */
  readonly routeFromUrl?: boolean | undefined;
  /**
   * The hosts of client requests that become the tag `server`: a list, or a function that returns the name of a host, or
   * `undefined` for none. @default no host, because hosts may be data
   */
  readonly hosts?: readonly string[] | ((host: string) => string | undefined) | undefined;
  /** Returns true for requests that must not be measured, such as health checks. */
  readonly ignore?: ((request: ObservedRequest) => boolean) | undefined;
}

export interface ResolvedHttpOptions {
  readonly server: boolean;
  readonly client: boolean;
  readonly tagNames: 'short' | 'opentelemetry';
  readonly methods: ReadonlySet<string>;
  readonly statusClass: boolean;
  readonly route: RouteFunction | undefined;
  readonly routeFromUrl: boolean;
  readonly nameOfHost: ((host: string) => string | undefined) | undefined;
  readonly ignore: ((request: ObservedRequest) => boolean) | undefined;
}

const METHODS = ['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'QUERY', 'TRACE'];
const NAMES: readonly string[] = [
  'server',
  'client',
  'tagNames',
  'methods',
  'statusClass',
  'route',
  'routeFromUrl',
  'hosts',
  'ignore',
] satisfies (keyof HttpOptions)[];

/** @throws {TypeError | RangeError} if an option is unknown or invalid. */
export function resolveHttpOptions(options: HttpOptions): ResolvedHttpOptions {
  checkOptionsObject(options);
  checkKnownOptions('observeHttp()', options, NAMES);
  const { server = true, client = true, tagNames = 'short', methods = METHODS, statusClass = false } = options;
  const { route, routeFromUrl = false, hosts, ignore } = options;
  for (const [name, value] of Object.entries({ server, client, statusClass, routeFromUrl })) checkBoolean(name, value);
  checkOneOf('tagNames', tagNames, ['short', 'opentelemetry']);
  checkFunction('route', route);
  checkFunction('ignore', ignore);
  checkStrings('methods', methods);
  if (typeof hosts !== 'function') checkStrings('hosts', hosts);
  return {
    server,
    client,
    tagNames,
    methods: new Set(methods),
    statusClass,
    route,
    routeFromUrl,
    nameOfHost: typeof hosts === 'function' ? hosts : listed(hosts),
    ignore,
  };
}

function checkStrings(name: string, value: readonly unknown[] | undefined): void {
  if (value === undefined || (Array.isArray(value) && value.every((each) => typeof each === 'string'))) return;
  throw new TypeError(`${name} must be a list of strings.`);
}

function listed(hosts: readonly string[] | undefined): ((host: string) => string | undefined) | undefined {
  if (hosts === undefined) return undefined;
  const names = new Set(hosts);
  return (host) => (names.has(host) ? host : undefined);
}

/** Returns the tag of a host. An error of the application's function is a warning, and there is no tag. */
export function nameFor(nameOfHost: (host: string) => string | undefined, host: string): string | undefined {
  try {
    return nameOfHost(host);
  } catch (error) {
    warnOfError('hosts_failed', 'the option hosts', error);
    return undefined;
  }
}
