import type { Problem } from '@metrics/core';
import type { TagFormat } from './line/tag-encoder.js';
import { checkInteger, shown } from './option-checks.js';

export interface StatsdOptions {
  /** A name or an IP address. A name is resolved once, and again every minute. @default '127.0.0.1' */
  readonly host?: string | undefined;
  /** @default 8125 */
  readonly port?: number | undefined;
  /**
   * `tcp` keeps a connection and makes it again when it ends. `uds` sends datagrams to the Unix socket at {@link path}; it
   * needs the package `unix-dgram`.
   *
   * @default 'udp'
   */
  readonly protocol?: 'udp' | 'tcp' | 'uds' | undefined;
  /** Where the Unix socket is; at most 107 bytes. Only with protocol `uds`. */
  readonly path?: string | undefined;
  /**
   * The size of the largest packet, in bytes from 64 to 65,507.
   *
   * @default 1432 for UDP to another machine, otherwise 8192
   */
  readonly maxPacketBytes?: number | undefined;
  /** Milliseconds between two flushes; must divide 10,000. @default 2000, or 100 without aggregation */
  readonly flushInterval?: number | undefined;
  /** Whether counters are summed and gauges keep their last value until the flush; else each sample is a line. @default true */
  readonly aggregation?: boolean | undefined;
  /** How tags are written: not at all (plain StatsD has none), or as one of three kinds of servers reads them. @default 'none' */
  readonly tagFormat?: TagFormat | undefined;
}

export interface CheckedStatsdOptions {
  readonly protocol: 'udp' | 'tcp' | 'uds';
  readonly host: string;
  readonly port: number;
  /** Set where datagrams go to a Unix socket. */
  readonly path: string | undefined;
  readonly maxPacketBytes: number | undefined;
  readonly flushInterval: number;
  readonly aggregation: boolean;
  readonly tagFormat: TagFormat;
}

/** `sockaddr_un` holds 108 bytes with the final NUL; a longer path would be cut off. */
const LONGEST_PATH = 107;
const LARGEST_DATAGRAM = 65_507;
const TAG_FORMATS: readonly TagFormat[] = ['none', 'graphite', 'influx', 'datadog'];

/**
 * Fills in the defaults.
 *
 * @throws {TypeError} or {@link RangeError}, naming the option and showing its value.
 */
export function checkedOptions(options: StatsdOptions): CheckedStatsdOptions {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`options must be an object, not ${shown(options)}.`);
  const { host = '127.0.0.1', port = 8125, protocol = 'udp', path, maxPacketBytes, aggregation = true } = options;
  const { flushInterval = aggregation ? 2000 : 100, tagFormat = 'none' } = options;
  if (typeof host !== 'string' || host === '')
    throw new TypeError(`host must be a name or an address, not ${shown(host)}.`);
  checkInteger('port', port, 1, 65_535);
  if (protocol !== 'udp' && protocol !== 'tcp' && protocol !== 'uds')
    throw new TypeError(`protocol must be 'udp', 'tcp' or 'uds', not ${shown(protocol)}.`);
  checkPath(protocol, path);
  checkInteger('maxPacketBytes', maxPacketBytes, 64, LARGEST_DATAGRAM);
  if (typeof aggregation !== 'boolean')
    throw new TypeError(`aggregation must be true or false, not ${shown(aggregation)}.`);
  if (typeof flushInterval !== 'number')
    throw new TypeError(`flushInterval must be a number, not ${shown(flushInterval)}.`);
  if (!(flushInterval >= 1) || 10_000 % flushInterval !== 0) {
    throw new RangeError(`flushInterval must divide 10,000 milliseconds, and ${flushInterval} does not.`);
  }
  if (!TAG_FORMATS.includes(tagFormat)) {
    throw new TypeError(`tagFormat must be one of ${TAG_FORMATS.join(', ')}, not ${shown(tagFormat)}.`);
  }
  return { protocol, host, port, path, maxPacketBytes, flushInterval, aggregation, tagFormat };
}

function checkPath(protocol: string, path: unknown): void {
  if (protocol !== 'uds') {
    if (path !== undefined) throw new TypeError(`path is for protocol 'uds' only, and is ${shown(path)}.`);
    return;
  }
  if (typeof path !== 'string' || path === '') throw new TypeError(`path must name a Unix socket, not ${shown(path)}.`);
  if (Buffer.byteLength(path) > LONGEST_PATH || path.includes('\0')) {
    throw new RangeError(`path must be at most ${LONGEST_PATH} bytes without NUL, not ${shown(path)}.`);
  }
}
