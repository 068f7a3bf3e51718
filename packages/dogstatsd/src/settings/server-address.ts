/** Where the server listens. `unix` is a Unix socket of which it is not known whether it takes datagrams or streams. */
export type ServerAddress =
  | { readonly protocol: 'udp'; readonly host: string; readonly port: number }
  | { readonly protocol: 'unix' | 'unixgram' | 'unixstream'; readonly path: string };

export const defaultPort = 8125;

/** `sockaddr_un` holds 108 bytes with the final NUL; a longer path would be cut off. */
const LONGEST_PATH = 107;

/** Reads `udp://host:port`, `unix://path`, `unixgram://path` or `unixstream://path`; undefined for anything else. */
export function parseServerUrl(text: string): ServerAddress | undefined {
  const [, protocol, rest] = /^(udp|unix|unixgram|unixstream):\/\/(.+)$/s.exec(text) ?? [];
  if (protocol === undefined || rest === undefined) return undefined;
  if (protocol === 'udp') return parseHostAndPort(rest);
  const path = rest;
  return isSocketPath(path) ? { protocol: protocol as 'unix' | 'unixgram' | 'unixstream', path } : undefined;
}

export function isSocketPath(path: string): boolean {
  return path !== '' && !path.includes('\0') && Buffer.byteLength(path) <= LONGEST_PATH;
}

/** @param text digits. Answers undefined for what is no port. */
export function parsePort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}

/** `host`, `host:port`, `[::1]:port`. */
function parseHostAndPort(text: string): ServerAddress | undefined {
  const [, literal, name, portText] = /^(?:\[([0-9a-f:.%]+)\]|([^\s/:[\]]+))(?::(\d+))?\/?$/i.exec(text) ?? [];
  const host = literal ?? name;
  const port = portText === undefined ? defaultPort : parsePort(portText);
  return host === undefined || port === undefined ? undefined : { protocol: 'udp', host, port };
}
