import { hostname } from 'node:os';
import type { TagPairs } from '@metrics/core';
import {
  checkBoolean,
  checkFunction,
  checkInteger,
  checkKnownOptions,
  checkOneOf,
  checkOptionsObject,
  describeValue,
  environment,
  readVariable,
} from '@metrics/core/backend';
import { type Clock, type FullClock, systemClock, withElapsed } from './clock.js';
import { chooseProxy, LOOPBACK, type ProxyChoice } from './delivery/proxy.js';

/** Options of {@link DatadogMetricsBackend}. Only `apiKey` is required, here or in the environment. */
export interface DatadogOptions {
  /** Sent to the intake only, and never shown. @default the environment's DD_API_KEY, otherwise DATADOG_API_KEY */
  readonly apiKey?: string | undefined;
  /** Accepted and ignored: submitting metrics needs no application key. */
  readonly appKey?: string | undefined;
  /** The Datadog site: `datadoghq.com`, `us5.datadoghq.com`, `datadoghq.eu`, … @default DD_SITE, otherwise 'datadoghq.com' */
  readonly site?: string | undefined;
  /** The host that the metrics belong to; `false` for none, as in a serverless function. @default the machine's host name */
  readonly host?: string | false | undefined;
  /** Tags of every series and event; those of a call override them. @default {} */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /**
   * Length of a bucket in milliseconds: whole seconds that divide a minute. Each bucket becomes one point of each series.
   *
   * @default 10_000
   */
  readonly flushInterval?: number | undefined;
  /**
   * `distribution` sends each timing, and Datadog computes percentiles over all hosts. `histogram` computes minimum,
   * maximum, sum, count, average, median and four percentiles in this process and sends these ten series instead.
   *
   * @default 'distribution'
   */
  readonly timings?: 'distribution' | 'histogram' | undefined;
  /**
   * Whether workers of a cluster, of pm2 and of worker_threads add a tag `process` to counters, gauges, sets and histograms,
   * which would otherwise overwrite those of the other workers. @default true
   */
  readonly processTag?: boolean | undefined;
  /** The version of the endpoint for series; 1 is for receivers that support no other. @default 2 */
  readonly seriesVersion?: 1 | 2 | undefined;
  /** The URL of a proxy or another receiver instead of `https://api.<site>`; it gets the API key. */
  readonly baseUrl?: string | undefined;
  /** Whether {@link baseUrl} may be plain http to another machine. The API key can then be read on the way. @default false */
  readonly allowInsecureUrl?: boolean | undefined;
  /** Trusted certificate authorities as PEM, instead of those of Node.js. */
  readonly ca?: string | readonly string[] | undefined;
  /** Milliseconds for one request and its response, at least 100. @default 10_000 */
  readonly requestTimeout?: number | undefined;
  /** Bytes of requests that may wait for the intake, at least 65,536; the oldest are dropped first. @default 15_728_640 */
  readonly maxQueueBytes?: number | undefined;
  /** The time source, for tests. @default the system's clock */
  readonly clock?: Clock | undefined;
  /** Returns numbers from 0 to below 1; spreads retries. @default Math.random */
  readonly random?: (() => number) | undefined;
}

export interface ResolvedDatadogOptions extends ProxyChoice {
  readonly apiKey: string;
  /** The address of the intake, without a slash at the end. */
  readonly url: string;
  /** Empty for none. */
  readonly host: string;
  readonly tags: TagPairs;
  readonly bucketSeconds: number;
  readonly timings: 'distribution' | 'histogram';
  readonly processTag: boolean;
  readonly seriesVersion: 1 | 2;
  readonly ca: string | readonly string[] | undefined;
  readonly requestTimeout: number;
  readonly maxQueueBytes: number;
  readonly clock: FullClock;
  readonly random: () => number;
}

/** The names of all options. The compiler checks that none is missing. */
const OPTION_NAMES = Object.keys({
  apiKey: true,
  appKey: true,
  site: true,
  host: true,
  tags: true,
  flushInterval: true,
  timings: true,
  processTag: true,
  seriesVersion: true,
  baseUrl: true,
  allowInsecureUrl: true,
  ca: true,
  requestTimeout: true,
  maxQueueBytes: true,
  clock: true,
  random: true,
} satisfies Record<keyof DatadogOptions, true>);
/** A site, or the address of its web application or API, which people copy as well. */
const SITE = /^(?:https?:\/\/)?(?:app\.|api\.)?([a-z0-9.-]+)(?:\/.*)?$/;
/** All sites of Datadog, and names below them. A mistyped site must not get the key. */
const SITES = /^(?:[a-z0-9-]+\.)*(?:datadoghq\.com|datadoghq\.eu|ddog-gov\.com)$/;
/** Timers turn a longer delay into one millisecond. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/**
 * Checks the options and fills in the defaults.
 *
 * @throws {TypeError | RangeError} that names the option and shows its value, unless it may be an API key.
 */
export function resolveOptions(options: DatadogOptions): ResolvedDatadogOptions {
  checkOptionsObject(hideKey(options));
  checkKnownOptions('DatadogMetricsBackend', options, OPTION_NAMES);
  const { host = hostname(), tags = {}, flushInterval = 10_000, timings = 'distribution', processTag = true } = options;
  const { seriesVersion = 2, requestTimeout = 10_000, maxQueueBytes = 15 * 2 ** 20, ca } = options;
  const { random = Math.random, clock } = options;
  if (clock !== undefined && (typeof clock?.now !== 'function' || typeof clock.schedule !== 'function'))
    throw new TypeError(`clock must have the methods now() and schedule(), and ${describeValue(clock)} has not.`);
  checkFunction('random', random);
  if (host !== false && (typeof host !== 'string' || host.trim() === '')) {
    throw new TypeError(`host must be a name or false, not ${describeValue(host)}.`);
  }
  checkTags(tags);
  checkInteger('flushInterval', hideKey(flushInterval), 1000, 60_000);
  if (flushInterval % 1000 !== 0 || 60_000 % flushInterval !== 0) {
    throw new RangeError(
      `flushInterval must be whole seconds that divide a minute, not ${flushInterval} milliseconds.`,
    );
  }
  checkOneOf('timings', hideKey(timings), ['distribution', 'histogram']);
  checkBoolean('processTag', hideKey(processTag));
  checkOneOf('seriesVersion', hideKey(seriesVersion), [1, 2]);
  if (ca !== undefined && ![ca].flat().every((one) => typeof one === 'string')) {
    throw new TypeError(`ca must be one or more certificates as PEM strings, not ${describeValue(ca)}.`);
  }
  checkInteger('requestTimeout', hideKey(requestTimeout), 100, MAX_TIMEOUT);
  checkInteger('maxQueueBytes', hideKey(maxQueueBytes), 65_536, Number.MAX_SAFE_INTEGER);
  const url = resolveUrl(options);
  return {
    ...chooseProxy(new URL(url), environment),
    apiKey: resolveApiKey(options),
    url,
    host: host === false ? '' : host.trim().toWellFormed(),
    tags: Object.entries(tags),
    bucketSeconds: flushInterval / 1000,
    timings,
    processTag,
    seriesVersion,
    ca,
    requestTimeout,
    maxQueueBytes,
    clock: clock === undefined ? systemClock : withElapsed(clock),
    random,
  };
}

/** Trims the key, because keys that were pasted or mounted from a file often end with white space. */
function resolveApiKey({ apiKey }: DatadogOptions): string {
  const key = apiKey ?? readVariable('DD_API_KEY') ?? readVariable('DATADOG_API_KEY');
  if (key === undefined) throw new TypeError('apiKey must be set, or the environment variable DD_API_KEY.');
  // A value of any type may contain the key, so only its type is shown.
  if (typeof key !== 'string') throw new TypeError(`apiKey must be a string, not a value of type ${typeof key}.`);
  const trimmed = key.trim();
  if (!/^[\x21-\x7e]{8,256}$/.test(trimmed)) {
    throw new TypeError('apiKey must be 8 to 256 printable ASCII characters without spaces.');
  }
  return trimmed;
}

function resolveUrl({ site, baseUrl, allowInsecureUrl = false }: DatadogOptions): string {
  if (baseUrl === undefined) return `https://api.${resolveSite(site)}`;
  checkBoolean('allowInsecureUrl', hideKey(allowInsecureUrl));
  const url = typeof baseUrl === 'string' && URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new TypeError('baseUrl must be a URL with https: or http:.');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError('baseUrl must have no user, password, query or fragment.');
  }
  if (url.protocol === 'http:' && !allowInsecureUrl && !LOOPBACK.test(url.hostname)) {
    throw new RangeError(
      `baseUrl must use https, because the API key can be read on the way to ${describeValue(hideKey(url.host))}. Set allowInsecureUrl to allow it.`,
    );
  }
  let { length } = url.href;
  while (url.href[length - 1] === '/') length -= 1;
  return url.href.slice(0, length);
}

function resolveSite(option: string | undefined): string {
  const name = option === undefined ? 'DD_SITE' : 'site';
  const value: unknown = option ?? readVariable('DD_SITE') ?? 'datadoghq.com';
  const [, site = ''] = (typeof value === 'string' && SITE.exec(value.trim().toLowerCase())) || [];
  if (!SITES.test(site)) {
    throw new RangeError(
      `${name} must be a Datadog site, not ${describeValue(hideKey(value))}. Use baseUrl for another receiver.`,
    );
  }
  return site;
}

function checkTags(tags: unknown): void {
  if (typeof tags !== 'object' || tags === null || Array.isArray(tags))
    throw new TypeError(`tags must be an object of strings, not ${describeValue(hideKey(tags))}.`);
  for (const [key, value] of Object.entries(tags)) {
    if (typeof value !== 'string') throw new TypeError(`tags.${key} must be a string, not ${describeValue(value)}.`);
  }
}

/** Returns the value for a message, or a placeholder if it looks like an API key that was passed as another option. */
function hideKey(value: unknown): unknown {
  return typeof value === 'string' && /^[\w-]{20,}$/.test(value.trim()) ? '<looks like an API key>' : value;
}
