// Checks of the options.
import {
  checkBoolean,
  checkDivisor,
  checkInteger,
  checkKnownOptions,
  checkOneOf,
  checkOptionsObject,
  describeValue,
} from '@metrics/core/backend';
import { checkHost, isSocketPath } from '@metrics/statsd/wire';
import { dialects } from './dialect.js';
import type { DogStatsdOptions } from './dogstatsd-options.js';
import { describeAddress } from './environment.js';
import { TAG_CARDINALITIES } from './origin.js';
import { parseServerUrl } from './server-address.js';
import { WIRE_TYPES } from './wire-types.js';

/** A longer field would leave no room for lines. */
const MAX_ORIGIN_LENGTH = 512;
const SERVER_INTERVAL_MS = 10_000;

const NAMES: Readonly<Record<keyof DogStatsdOptions, true>> = {
  statsdHost: true,
  statsdPort: true,
  statsdSocketPath: true,
  tags: true,
  dialect: true,
  wireTypes: true,
  packing: true,
  timestamps: true,
  containerId: true,
  externalData: true,
  cardinality: true,
  entityId: true,
  telemetry: true,
  aggregation: true,
  flushInterval: true,
  maxSamplesPerSeries: true,
  overflow: true,
  maxPacketBytes: true,
};

/** @throws {TypeError | RangeError}, naming the option and showing its value. */
export function checkOptions(options: DogStatsdOptions): void {
  checkOptionsObject(options);
  checkKnownOptions('DogStatsdMetricsBackend', options, Object.keys(NAMES));
  const { statsdHost, statsdSocketPath, tags, wireTypes, cardinality } = options;
  checkHost('statsdHost', statsdHost);
  checkInteger('statsdPort', options.statsdPort, 1, 65_535);
  if (statsdSocketPath !== undefined) checkSocketPath(statsdSocketPath);
  checkEntries('tags', tags, 'a string, a number or a boolean', (value) =>
    /^(?:string|number|boolean)$/.test(typeof value),
  );
  checkOneOf('dialect', options.dialect, Object.keys(dialects));
  checkEntries(
    'wireTypes',
    wireTypes,
    '"ms", "h" or "d"',
    (value) => value === undefined || (WIRE_TYPES as unknown[]).includes(value),
  );
  for (const name of ['packing', 'timestamps', 'telemetry', 'aggregation'] as const) checkBoolean(name, options[name]);
  for (const name of ['containerId', 'externalData', 'entityId'] as const) checkOriginField(name, options[name]);
  if (cardinality !== false) checkOneOf('cardinality', cardinality, TAG_CARDINALITIES);
  checkDivisor('flushInterval', options.flushInterval, SERVER_INTERVAL_MS);
  checkInteger('maxSamplesPerSeries', options.maxSamplesPerSeries, 1, 10_000);
  checkOneOf('overflow', options.overflow, ['flush', 'reservoir']);
  checkInteger('maxPacketBytes', options.maxPacketBytes, 64, 8192);
}

function checkSocketPath(path: unknown): void {
  if (typeof path !== 'string') throw new TypeError(`statsdSocketPath must be a string, not ${describeValue(path)}.`);
  const isUrl = path.includes('://');
  const address = isUrl ? parseServerUrl(path) : undefined;
  if (isUrl ? address !== undefined && address.protocol !== 'udp' : isSocketPath(path)) return;
  throw new RangeError(
    `statsdSocketPath must be a path of at most 107 bytes, alone or after unix://, unixgram:// or unixstream://, not ${describeAddress(path)}.`,
  );
}

/** Accepts only characters that cannot end a field of a line. */
function checkOriginField(name: string, value: unknown): void {
  if (value === undefined || value === false) return;
  if (typeof value !== 'string') throw new TypeError(`${name} must be a string or false, not ${describeValue(value)}.`);
  if (!/^[!-{}~]+$/.test(value) || value.length > MAX_ORIGIN_LENGTH) {
    throw new RangeError(
      `${name} must be at most ${MAX_ORIGIN_LENGTH} characters of printable ASCII without | and spaces, not ${describeValue(value)}.`,
    );
  }
}

function checkEntries(name: string, record: unknown, expected: string, isValid: (value: unknown) => boolean): void {
  if (record === undefined) return;
  if (typeof record !== 'object' || record === null || Array.isArray(record) || record instanceof Map)
    throw new TypeError(`${name} must be an object, not ${describeValue(record)}.`);
  for (const [key, value] of Object.entries(record)) {
    if (key === '') throw new TypeError(`${name} has an entry without a key: ${describeValue(value)}.`);
    if (!isValid(value))
      throw new TypeError(`${name}: ${describeValue(key)} must be ${expected}, not ${describeValue(value)}.`);
  }
}
