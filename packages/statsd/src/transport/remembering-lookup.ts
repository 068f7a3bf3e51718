import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { Lookup } from './resolved-host.js';

export interface RememberingLookupOptions {
  /** @default dns.lookup */
  readonly lookup: Lookup | undefined;
  /** Called with each failure. */
  readonly onFailure: (error: Error) => void;
}

/** Why a connection was not even attempted. */
export class ResolveError extends Error {}

/**
 * What `net.connect` resolves a name with: the addresses of the last time, where it cannot be resolved now.
 *
 * Fails with {@link ResolveError}.
 */
export function rememberingLookup({ lookup = systemLookup, onFailure }: RememberingLookupOptions): LookupFunction {
  let known: readonly { readonly address: string; readonly family: number }[] | undefined;
  return (host, _options, callback) => {
    const failed = (error: Error): void => {
      onFailure(error);
      if (known === undefined) callback(new ResolveError(error.message, { cause: error }), []);
      else callback(null, [...known]);
    };
    try {
      lookup(host, { all: true }, (error, addresses = []) => {
        if (error !== null) return failed(error);
        if (addresses.length === 0) return failed(new Error(`${host} has no address.`));
        known = addresses;
        callback(null, [...known]);
      });
    } catch (error) {
      failed(error as Error);
    }
  };
}
