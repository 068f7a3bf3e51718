import { BlockList, isIP } from 'node:net';

/** The proxy that the environment sets for an address. */
export interface ProxyChoice {
  /** Undefined for a direct connection. */
  readonly proxy: URL | undefined;
  /** The name of the variable, if its value is not the address of a proxy. It is then ignored. */
  readonly invalidVariable?: string | undefined;
}

/** Addresses of this machine. */
export const LOOPBACK: RegExp = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/**
 * Returns the proxy for an address from HTTPS_PROXY (for https), HTTP_PROXY (for http) and NO_PROXY, read as by curl: names
 * in lower case come first, an address may lack `http://`, and an empty value does not count. This machine is never reached through
 * a proxy, which would see the API key.
 *
 * @see https://curl.se/docs/manpage.html#ENVIRONMENT
 */
export function chooseProxy(target: URL, env: NodeJS.ProcessEnv): ProxyChoice {
  const name = target.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const variable = [name, name.toUpperCase()].find((each) => env[each]?.trim());
  if (variable === undefined || isExempt(target, env['no_proxy'] || env['NO_PROXY'] || '')) return { proxy: undefined };
  const proxy = parseProxy(env[variable]!.trim());
  return proxy === undefined ? { proxy, invalidVariable: variable } : { proxy };
}

/** Returns the header that a proxy with a user and a password expects. */
export function proxyAuthorization({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const credentials = `${decode(username)}:${decode(password)}`;
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

function parseProxy(value: string): URL | undefined {
  const address = value.includes('://') ? value : `http://${value}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined;
}

/** Returns a part of a URL without percent-encoding. A password may contain a bare `%`. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isExempt(target: URL, noProxy: string): boolean {
  if (LOOPBACK.test(target.hostname)) return true;
  const host = withoutBrackets(target.hostname);
  const port = target.port || DEFAULT_PORTS[target.protocol];
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => matches(entry, host, port));
}

/** Returns true if the host is, or is below, the one of an entry: a name, an address, a network in CIDR form, or `*`. */
function matches(entry: string, host: string, port: string | undefined): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return isInNetwork(entry, host);
  const [, name = '', entryPort] = /^(.*?)(?::(\d+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry)!;
  if (entryPort !== undefined && entryPort !== port) return false;
  const domain = withoutBrackets(name.replace(/^\*?\./, ''));
  return host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`));
}

function isInNetwork(entry: string, host: string): boolean {
  const [address = '', prefix = ''] = entry.split('/');
  const [family, hostFamily] = [isIP(address), isIP(host)];
  if (family === 0 || family !== hostFamily || !/^\d{1,3}$/.test(prefix)) return false;
  if (Number(prefix) > (family === 4 ? 32 : 128)) return false;
  const network = new BlockList();
  const type = family === 4 ? 'ipv4' : 'ipv6';
  network.addSubnet(address, Number(prefix), type);
  return network.check(host, type);
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
