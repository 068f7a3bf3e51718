// Reads which UDP ports of this machine are in use, for the exit of the process, which no event follows.
import { readFileSync } from 'node:fs';

/** Returns whether a socket of this machine uses a UDP port; undefined on other systems than Linux. */
export function mayListen(port: number): boolean | undefined {
  const pattern = new RegExp(`^ *\\d+: [0-9A-F]+:${port.toString(16).toUpperCase().padStart(4, '0')} `, 'm');
  let isKnown = false;
  for (const file of ['/proc/net/udp', '/proc/net/udp6']) {
    try {
      if (pattern.test(readFileSync(file, 'latin1'))) return true;
      isKnown = true;
    } catch {
      // Without IPv6 there is one file.
    }
  }
  return isKnown ? false : undefined;
}
