import { checkInteger, shown } from '@metrics/statsd/wire';
import { dialects } from './dialect.js';
import type { DogStatsdOptions, TagCardinality } from './dogstatsd-options.js';
import { isSocketPath, parseServerUrl } from './server-address.js';
import { wireTypes } from './wire-types.js';

/** Longer ones would leave no room for lines. */
const LONGEST_ORIGIN = 512;

export const tagCardinalities: readonly TagCardinality[] = ['none', 'low', 'orchestrator', 'high'];

/** @throws {TypeError} or {@link RangeError}, naming the option and showing its value. */
export function checkOptions(options: DogStatsdOptions): void {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`options must be an object, not ${shown(options)}.`);
  const { statsdHost, statsdSocketPath, tags, wireTypes: types, cardinality, flushInterval } = options;
  if (statsdHost !== undefined && (typeof statsdHost !== 'string' || statsdHost === ''))
    throw new TypeError(`statsdHost must be a name or an address, not ${shown(statsdHost)}.`);
  checkInteger('statsdPort', options.statsdPort, 1, 65_535);
  if (statsdSocketPath !== undefined) checkSocketPath(statsdSocketPath);
  checkEntries('tags', tags, (value) => ['string', 'number', 'boolean'].includes(typeof value));
  checkOneOf('dialect', options.dialect, Object.keys(dialects));
  checkEntries('wireTypes', types, (value) => value === undefined || (wireTypes as unknown[]).includes(value));
  for (const name of ['packing', 'timestamps', 'telemetry', 'aggregation'] as const) {
    const value: unknown = options[name];
    if (value !== undefined && typeof value !== 'boolean')
      throw new TypeError(`${name} must be true or false, not ${shown(value)}.`);
  }
  for (const name of ['containerId', 'externalData', 'entityId'] as const) checkOrigin(name, options[name]);
  if (cardinality !== false) checkOneOf('cardinality', cardinality, tagCardinalities);
  if (
    flushInterval !== undefined &&
    !(typeof flushInterval === 'number' && flushInterval >= 1 && 10_000 % flushInterval === 0)
  ) {
    throw new RangeError(`flushInterval must divide 10,000 milliseconds, and ${shown(flushInterval)} does not.`);
  }
  checkInteger('maxSamplesPerSeries', options.maxSamplesPerSeries, 1, 10_000);
  checkOneOf('overflow', options.overflow, ['flush', 'reservoir']);
  checkInteger('maxPacketBytes', options.maxPacketBytes, 64, 8192);
}

function checkSocketPath(path: unknown): void {
  if (typeof path !== 'string') throw new TypeError(`statsdSocketPath must be a text, not ${shown(path)}.`);
  const address = path.includes('://') ? parseServerUrl(path) : undefined;
  const isFine = path.includes('://') ? address !== undefined && address.protocol !== 'udp' : isSocketPath(path);
  if (!isFine) {
    throw new RangeError(
      `statsdSocketPath must be a path of at most 107 bytes, alone or behind unix://, unixgram:// or unixstream://, not ${shown(path)}.`,
    );
  }
}

/** Every field of the line has to be one: nothing in it may end it. */
function checkOrigin(name: string, value: unknown): void {
  if (value === undefined || value === false) return;
  if (typeof value !== 'string') throw new TypeError(`${name} must be a text or false, not ${shown(value)}.`);
  if (!/^[!-{}~]+$/.test(value) || value.length > LONGEST_ORIGIN) {
    throw new RangeError(`${name} must be printable ASCII without | and spaces, not ${shown(value)}.`);
  }
}

function checkEntries(name: string, record: unknown, fits: (value: unknown) => boolean): void {
  if (record === undefined) return;
  if (typeof record !== 'object' || record === null || Array.isArray(record) || record instanceof Map)
    throw new TypeError(`${name} must be an object, not ${Array.isArray(record) ? 'an array' : shown(record)}.`);
  for (const [key, value] of Object.entries(record)) {
    if (key === '' || !fits(value)) throw new TypeError(`${name} has no place for ${shown(key)}: ${shown(value)}.`);
  }
}

function checkOneOf(name: string, value: unknown, allowed: readonly unknown[]): void {
  if (value !== undefined && !allowed.includes(value))
    throw new TypeError(`${name} must be one of ${allowed.join(', ')}, not ${shown(value)}.`);
}
