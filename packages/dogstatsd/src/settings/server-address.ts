// Addresses of servers, and their URLs.
import { isSocketPath } from '@metrics/statsd/wire';

/** The address of the server. `unix` is a Unix socket that takes either datagrams or streams. */
export type ServerAddress =
  | { readonly protocol: 'udp'; readonly host: string; readonly port: number }
  | { readonly protocol: 'unix' | 'unixgram' | 'unixstream'; readonly path: string };

export const DEFAULT_PORT = 8125;

/** Parses `udp://host:port`, `unix://path`, `unixgram://path` or `unixstream://path`. Returns undefined for anything else. */
export function parseServerUrl(text: string): ServerAddress | undefined {
  const [, protocol, rest] = /^(udp|unix|unixgram|unixstream):\/\/(.+)$/s.exec(text) ?? [];
  if (protocol === undefined || rest === undefined) return undefined;
  if (protocol === 'udp') return parseHostAndPort(rest);
  return isSocketPath(rest) ? { protocol: protocol as 'unix' | 'unixgram' | 'unixstream', path: rest } : undefined;
}

/** Parses digits. Returns undefined unless they are a port from 1 to 65535. */
export function parsePort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}

/** Parses `host`, `host:port` or `[::1]:port`. */
function parseHostAndPort(text: string): ServerAddress | undefined {
  const [, literal, name, portText] = /^(?:\[([0-9a-f:.%]+)\]|([^\s/:[\]]+))(?::(\d+))?\/?$/i.exec(text) ?? [];
  const host = literal ?? name;
  const port = portText === undefined ? DEFAULT_PORT : parsePort(portText);
  return host === undefined || port === undefined ? undefined : { protocol: 'udp', host, port };
}
