import { hostname } from 'node:os';
import type { Problem } from '@metrics/core';
import { type Clock, systemClock } from './clock.js';

export interface DatadogOptions {
  /** Sent to the intake and to nobody else, and never shown. @default the environment's DD_API_KEY, else DATADOG_API_KEY */
  readonly apiKey?: string | undefined;
  /** Accepted and not used: submitting metrics takes no application key. */
  readonly appKey?: string | undefined;
  /** Which Datadog: `datadoghq.com`, `us5.datadoghq.com`, `datadoghq.eu`, … @default DD_SITE, else 'datadoghq.com' */
  readonly site?: string | undefined;
  /** The host the metrics belong to; `false` for none, as in a serverless function. @default the machine's host name */
  readonly host?: string | false | undefined;
  /** Tags of every series and event; those of a call win over them. @default {} */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /**
   * Milliseconds of a bucket: whole seconds that divide a minute. Each bucket becomes one point of each series.
   *
   * @default 10_000
   */
  readonly flushInterval?: number | undefined;
  /**
   * `distribution` sends each timing, and Datadog computes percentiles over all hosts. `histogram` computes minimum,
   * maximum, sum, count, average, median and four percentiles here: ten series for one, whose percentiles are this process's.
   *
   * @default 'distribution'
   */
  readonly timings?: 'distribution' | 'histogram' | undefined;
  /**
   * Whether a tag `process` tells counters, gauges, sets and histograms of this process from those of its siblings, which
   * would overwrite each other. @default true in workers of a cluster, of pm2 and of worker_threads, else there is none
   */
  readonly processTag?: boolean | undefined;
  /** The version of the endpoint for series; 1 is for receivers that know no other. @default 2 */
  readonly seriesVersion?: 1 | 2 | undefined;
  /** A proxy or another receiver in place of `https://api.<site>`; the key goes there. */
  readonly baseUrl?: string | undefined;
  /** Whether {@link baseUrl} may be plain http although it is not on this machine. The key is then readable on the way. @default false */
  readonly allowInsecureUrl?: boolean | undefined;
  /** Certificates of authorities to trust, as PEM, instead of those Node.js trusts. */
  readonly ca?: string | readonly string[] | undefined;
  /** Milliseconds for one request and its answer, from 100. @default 10_000 */
  readonly requestTimeout?: number | undefined;
  /** Bytes of requests that may wait for the intake, from 65,536; the oldest go first. @default 15_728_640 */
  readonly maxQueueBytes?: number | undefined;
  /** For tests. @default the system's */
  readonly clock?: Clock | undefined;
  /** Answers numbers from 0 to below 1; spreads retries. @default Math.random */
  readonly random?: (() => number) | undefined;
}

export interface CheckedDatadogOptions {
  readonly apiKey: string;
  /** Without a slash at the end. */
  readonly url: string;
  /** Empty for none. */
  readonly host: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly bucketSeconds: number;
  readonly timings: 'distribution' | 'histogram';
  readonly processTag: boolean;
  readonly seriesVersion: 1 | 2;
  readonly ca: string | readonly string[] | undefined;
  readonly requestTimeout: number;
  readonly maxQueueBytes: number;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Every site of Datadog is one of these, or below one. A mistyped site must not get the key. */
const SITES = /^(?:[a-z0-9-]+\.)*(?:datadoghq\.com|datadoghq\.eu|ddog-gov\.com)$/;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const MOST_MILLISECONDS = 2 ** 31 - 1;

/**
 * Fills in the defaults.
 *
 * @throws {TypeError} or {@link RangeError}, naming the option and showing its value, unless that is the key.
 */
export function checkedOptions(options: DatadogOptions): CheckedDatadogOptions {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`options must be an object, not ${shown(options)}.`);
  }
  const { host = hostname(), tags = {}, flushInterval = 10_000, timings = 'distribution', processTag = true } = options;
  const { seriesVersion = 2, requestTimeout = 10_000, maxQueueBytes = 15 * 2 ** 20, ca } = options;
  const { clock = systemClock, random = Math.random } = options;
  if (host !== false && (typeof host !== 'string' || host.trim() === '')) {
    throw new TypeError(`host must be a name or false, not ${shown(host)}.`);
  }
  checkTags(tags);
  checkInteger('flushInterval', flushInterval, 1000, 60_000);
  if (flushInterval % 1000 !== 0 || 60_000 % flushInterval !== 0) {
    throw new RangeError(
      `flushInterval must be whole seconds that divide a minute, not ${flushInterval} milliseconds.`,
    );
  }
  if (timings !== 'distribution' && timings !== 'histogram') {
    throw new TypeError(`timings must be 'distribution' or 'histogram', not ${shown(timings)}.`);
  }
  if (typeof processTag !== 'boolean')
    throw new TypeError(`processTag must be true or false, not ${shown(processTag)}.`);
  if (seriesVersion !== 1 && seriesVersion !== 2) {
    throw new TypeError(`seriesVersion must be 1 or 2, not ${shown(seriesVersion)}.`);
  }
  if (ca !== undefined && ![ca].flat().every((one) => typeof one === 'string')) {
    throw new TypeError(`ca must be certificates as PEM, not ${shown(ca)}.`);
  }
  checkInteger('requestTimeout', requestTimeout, 100, MOST_MILLISECONDS);
  checkInteger('maxQueueBytes', maxQueueBytes, 65_536, Number.MAX_SAFE_INTEGER);
  return {
    apiKey: checkedKey(options),
    url: checkedUrl(options),
    host: host === false ? '' : host.trim(),
    tags: { ...tags },
    bucketSeconds: flushInterval / 1000,
    timings,
    processTag,
    seriesVersion,
    ca,
    requestTimeout,
    maxQueueBytes,
    clock,
    random,
  };
}

/** Keys are pasted and mounted from files, so space around them is common; inside it breaks the request's header. */
function checkedKey({ apiKey }: DatadogOptions): string {
  const { DD_API_KEY, DATADOG_API_KEY } = process.env;
  const key = apiKey ?? (DD_API_KEY || DATADOG_API_KEY);
  if (key === undefined) throw new TypeError('apiKey must be given, or the environment variable DD_API_KEY set.');
  // The value must not be shown, whatever it is.
  if (typeof key !== 'string') throw new TypeError(`apiKey must be a string, not a value of type ${typeof key}.`);
  const trimmed = key.trim();
  if (!/^[\x21-\x7e]{8,256}$/.test(trimmed)) {
    throw new TypeError('apiKey must be 8 to 256 printable characters of ASCII without space.');
  }
  return trimmed;
}

function checkedUrl({ site, baseUrl, allowInsecureUrl = false }: DatadogOptions): string {
  if (baseUrl === undefined) return `https://api.${checkedSite(site)}`;
  if (typeof allowInsecureUrl !== 'boolean') {
    throw new TypeError(`allowInsecureUrl must be true or false, not ${shown(allowInsecureUrl)}.`);
  }
  const url = typeof baseUrl === 'string' && URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new TypeError('baseUrl must be a URL with https: or http:.');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError('baseUrl must have no user, password, query or fragment.');
  }
  if (url.protocol === 'http:' && !allowInsecureUrl && !LOOPBACK.test(url.hostname)) {
    throw new RangeError(
      `baseUrl must be https, because the key can be read on the way to ${shown(url.host)}; allowInsecureUrl allows it.`,
    );
  }
  return url.href.replace(/\/+$/, '');
}

function checkedSite(option: string | undefined): string {
  const name = option === undefined ? 'DD_SITE' : 'site';
  const site: unknown = option ?? (process.env['DD_SITE'] || 'datadoghq.com');
  // The address of the web application is what people have at hand.
  const checked =
    typeof site === 'string'
      ? site
          .trim()
          .toLowerCase()
          .replace(/^app\./, '')
      : '';
  if (!SITES.test(checked)) {
    throw new RangeError(`${name} must be a site of Datadog, not ${shown(site)}; use baseUrl for another receiver.`);
  }
  return checked;
}

function checkTags(tags: unknown): void {
  const isPlain = typeof tags === 'object' && tags !== null && !Array.isArray(tags);
  if (!isPlain) throw new TypeError(`tags must be an object of strings, not ${shown(tags)}.`);
  for (const [key, value] of Object.entries(tags)) {
    if (typeof value !== 'string') throw new TypeError(`tags.${key} must be a string, not ${shown(value)}.`);
  }
}

function checkInteger(name: string, value: unknown, least: number, most: number): void {
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number, not ${shown(value)}.`);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} must be an integer from ${least} to ${most}, not ${shown(value)}.`);
  }
}

/** What a key looks like that somebody put in the place of something else. */
const LIKE_A_KEY = /^[\w-]{20,}$/;

function shown(value: unknown): string {
  if (typeof value === 'string' && LIKE_A_KEY.test(value.trim())) return 'a text that looks like a key';
  if (typeof value === 'string') return `'${value.slice(0, 120)}'`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value).slice(0, 120);
}
