// Hosts in options.
import { isIP } from 'node:net';
import { describeValue } from '@metrics/core/backend';

/**
 * Returns a host as a socket takes it: a name or an address, without the brackets of an IPv6 address. Returns undefined for
 * anything else, such as a URL or a host with a port.
 */
export function parseHost(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const host = value.trim().replace(/^\[(.+)\]$/, '$1');
  if (isIP(host) > 0) return host;
  // No name has such a character, and a name that does not exist would be looked up again and again.
  return /^[^\s\p{C}/\\:;,@?#[\]]{1,253}$/u.test(host) ? host : undefined;
}

/**
 * Checks an option.
 *
 * @throws {TypeError} if the value is neither a host nor undefined. The message shows no user and password of a URL.
 */
export function checkHost(name: string, value: unknown): void {
  if (value === undefined || parseHost(value) !== undefined) return;
  const shown = typeof value === 'string' && value.includes('@') ? 'a URL' : describeValue(value);
  throw new TypeError(`${name} must be a name or an address, without protocol and port, not ${shown}.`);
}
