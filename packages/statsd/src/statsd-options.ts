// Options of the backend, their checks and defaults.
import {
  checkBoolean,
  checkDivisor,
  checkInteger,
  checkKnownOptions,
  checkOneOf,
  checkOptionsObject,
  describeValue,
} from '@metrics/core/backend';
import { type TagFormat, tagEncoders } from './tag-format/tag-format.js';
import { checkHost, parseHost } from './transport/host-name.js';
import { isSocketPath, MAX_SOCKET_PATH } from './transport/uds-transport.js';

/** Options of {@link StatsdMetricsBackend}. Each has a default. */
export interface StatsdOptions {
  /** A name or an IP address. A name is resolved immediately, every minute, and when its address refuses. @default '127.0.0.1' */
  readonly host?: string | undefined;
  /** The port of UDP and TCP, from 1 to 65,535. @default 8125 */
  readonly port?: number | undefined;
  /**
   * `tcp` keeps a connection and opens it again when it ends. `uds` sends datagrams to the Unix socket at {@link path}; it
   * needs the package `unix-dgram`.
   *
   * @default 'udp'
   */
  readonly protocol?: 'udp' | 'tcp' | 'uds' | undefined;
  /** The path of the Unix socket; at most 107 bytes. Only with protocol `uds`. */
  readonly path?: string | undefined;
  /**
   * The size of the largest packet, in bytes from 64 to 65,507.
   *
   * @default for UDP 4000 on loopback, otherwise 1432; for TCP and Unix sockets 8192
   */
  readonly maxPacketBytes?: number | undefined;
  /** Milliseconds between two flushes; must divide 10,000. @default 2000, or 100 without aggregation */
  readonly flushInterval?: number | undefined;
  /** Whether counters are summed and gauges keep their last value until the flush; otherwise each sample is a line. @default true */
  readonly aggregation?: boolean | undefined;
  /** How tags are written: not at all (plain StatsD has none), or in the format of one of three kinds of servers. @default 'none' */
  readonly tagFormat?: TagFormat | undefined;
}

export interface ResolvedStatsdOptions {
  readonly protocol: 'udp' | 'tcp' | 'uds';
  readonly host: string;
  readonly port: number;
  /** Set for protocol `uds`. */
  readonly path: string | undefined;
  readonly maxPacketBytes: number | undefined;
  readonly flushInterval: number | undefined;
  readonly aggregation: boolean | undefined;
  readonly tagFormat: TagFormat;
}

/** The names of the options. */
const NAMES: Readonly<Record<keyof StatsdOptions, true>> = {
  host: true,
  port: true,
  protocol: true,
  path: true,
  maxPacketBytes: true,
  flushInterval: true,
  aggregation: true,
  tagFormat: true,
};
const MAX_DATAGRAM_BYTES = 65_507;
const SERVER_INTERVAL_MS = 10_000;

/**
 * Checks the options and fills in defaults.
 *
 * @throws {TypeError | RangeError}, naming the option and showing its value.
 */
export function resolveOptions(options: StatsdOptions): ResolvedStatsdOptions {
  checkOptionsObject(options);
  checkKnownOptions('StatsdMetricsBackend', options, Object.keys(NAMES));
  const { host = '127.0.0.1', port = 8125, protocol = 'udp', tagFormat = 'none' } = options;
  const { path, maxPacketBytes, flushInterval, aggregation } = options;
  checkHost('host', host);
  checkInteger('port', port, 1, 65_535);
  checkOneOf('protocol', protocol, ['udp', 'tcp', 'uds']);
  checkPath(protocol, path);
  checkInteger('maxPacketBytes', maxPacketBytes, 64, MAX_DATAGRAM_BYTES);
  checkBoolean('aggregation', aggregation);
  checkDivisor('flushInterval', flushInterval, SERVER_INTERVAL_MS);
  checkOneOf('tagFormat', tagFormat, Object.keys(tagEncoders));
  return { protocol, host: parseHost(host)!, port, path, maxPacketBytes, flushInterval, aggregation, tagFormat };
}

function checkPath(protocol: string, path: unknown): void {
  if (protocol !== 'uds') {
    if (path !== undefined)
      throw new TypeError(`path is for protocol "uds" only, not ${describeValue(path)}. Set protocol to "uds".`);
    return;
  }
  if (typeof path !== 'string' || path === '')
    throw new TypeError(`path must name a Unix socket, not ${describeValue(path)}.`);
  if (path.includes('://')) throw new TypeError('path must be a path, not a URL. The socket takes datagrams.');
  if (!isSocketPath(path))
    throw new RangeError(`path must be at most ${MAX_SOCKET_PATH} bytes without NUL, not ${describeValue(path)}.`);
}
