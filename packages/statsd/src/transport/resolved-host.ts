// Addresses of host names, for UDP and TCP.
import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Backoff } from '@metrics/aggregation';

const REFRESH_MS = 60_000;
const FIRST_RETRY_MS = 1000;
/** A server that refuses causes no more than one look-up in this time. */
const MIN_INTERVAL_MS = 1000;
/** A resolver asks each of its servers for up to ten seconds. A look-up that takes longer counts as failed. */
const LOOKUP_TIMEOUT_MS = 30_000;

type Addresses = readonly { readonly address: string; readonly family: number }[];

/** The part of `dns.lookup` that is used. */
export type Lookup = (
  host: string,
  options: { readonly all: true },
  callback: (error: Error | null, addresses?: readonly { readonly address: string; readonly family: number }[]) => void,
) => void;

export interface ResolvedHostOptions {
  /** A name or a literal address. */
  readonly host: string;
  /** Called with the first address and with each one that replaces it. Must not throw. */
  readonly onAddress: (address: string) => void;
  /** Called with the first of several failures in a row. */
  readonly onFailure: (error: Error) => void;
  /** @default dns.lookup */
  readonly lookup?: Lookup | undefined;
}

/**
 * A host name that is resolved once, then every minute in the background, and when its address refuses. If there are several addresses,
 * the first in the order of the system is used, until it refuses. An address stays in use until another replaces it.
 */
export class ResolvedHost {
  readonly #options: ResolvedHostOptions;
  readonly #backoff = new Backoff({ initial: FIRST_RETRY_MS, max: REFRESH_MS });
  /** Those of the last successful look-up. */
  #addresses: readonly string[] = [];
  #address: string | undefined;
  #attempt: Promise<boolean> | undefined;
  #failing = false;
  /** When the last look-up began and the next one is due, in milliseconds. */
  #lookedUpAt = Number.NEGATIVE_INFINITY;
  #nextLookupAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: ResolvedHostOptions) {
    this.#options = options;
    if (isIP(options.host) !== 0) this.#setAddress(options.host);
    else void this.resolve();
  }

  get address(): string | undefined {
    return this.#address;
  }

  /** Resolves the name now, or joins the running attempt. Resolves with whether there is an address. Never rejects. */
  resolve(): Promise<boolean> {
    this.#attempt ??= this.#lookUp();
    return this.#attempt;
  }

  /** The same, but resolves after `timeout` milliseconds at the latest. Keeps the process alive, because a caller waits. */
  async resolveWithin(timeout: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeout);
    });
    await Promise.race([this.resolve(), expired]);
    clearTimeout(timer);
  }

  /** Uses the next address, if there are several, and looks the name up now: the one in use refuses. */
  leaveAddress(): void {
    if (this.#closed || isIP(this.#options.host) !== 0) return;
    const next = (this.#addresses.indexOf(this.#address!) + 1) % this.#addresses.length;
    if (this.#addresses.length > 1) this.#setAddress(this.#addresses[next]!);
    const due = this.#lookedUpAt + MIN_INTERVAL_MS;
    if (this.#attempt === undefined && due < this.#nextLookupAt) this.#schedule(Math.max(0, due - performance.now()));
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #lookUp(): Promise<boolean> {
    clearTimeout(this.#timer);
    this.#lookedUpAt = performance.now();
    let wait: number;
    try {
      wait = this.#succeed(await this.#requestAddresses());
    } catch (error) {
      wait = this.#fail(error as Error);
    }
    this.#attempt = undefined;
    if (!this.#closed) this.#schedule(wait);
    return this.#address !== undefined;
  }

  #schedule(wait: number): void {
    clearTimeout(this.#timer);
    this.#nextLookupAt = performance.now() + wait;
    this.#timer = setTimeout(() => void this.resolve(), wait).unref();
  }

  #requestAddresses(): Promise<Addresses> {
    const { host, lookup } = this.#options;
    return new Promise((resolve, reject) => {
      const timeout = setTimeout(() => {
        reject(new Error(`The name ${host} was not resolved within ${LOOKUP_TIMEOUT_MS / 1000} seconds.`));
      }, LOOKUP_TIMEOUT_MS).unref();
      lookUpAddresses(host, lookup, (error, addresses) => {
        clearTimeout(timeout);
        if (error === undefined) resolve(addresses);
        else reject(error);
      });
    });
  }

  /** Returns the milliseconds until the next lookup. */
  #succeed(addresses: Addresses): number {
    this.#failing = false;
    this.#backoff.reset();
    this.#addresses = addresses.map(({ address }) => address);
    // The same addresses in another order are not a change.
    if (!this.#closed && !this.#addresses.includes(this.#address!)) this.#setAddress(this.#addresses[0]!);
    return REFRESH_MS;
  }

  /** Returns the milliseconds until the next lookup. */
  #fail(error: Error): number {
    const isFirst = !this.#failing;
    this.#failing = true;
    if (isFirst && !this.#closed) this.#options.onFailure(error);
    return this.#backoff.next();
  }

  #setAddress(address: string): void {
    this.#address = address;
    this.#options.onAddress(address);
  }
}

/** The error of a connection that was not attempted because its host name could not be resolved. */
export class ResolveError extends Error {}

/**
 * Returns a function with which `net.connect` resolves a name. If a lookup fails, it returns the addresses of the last
 * successful one; if there are none, it fails with a {@link ResolveError}.
 *
 * @param onFailure called with each failure.
 */
export function staleOnErrorLookup(lookup: Lookup | undefined, onFailure: (error: Error) => void): LookupFunction {
  let known: Addresses | undefined;
  return (host, _options, callback) => {
    lookUpAddresses(host, lookup, (error, addresses) => {
      if (error === undefined) known = addresses;
      else onFailure(error);
      if (known !== undefined) callback(null, [...known]);
      else callback(new ResolveError(error!.message, { cause: error }), []);
    });
  };
}

/** Adds the loopback address that the system does not list for `localhost`: a server may listen only there. */
function bothLoopbacks(addresses: Addresses): Addresses {
  const loopbacks = [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ];
  const known = new Set(addresses.map(({ address }) => address));
  return [...addresses, ...loopbacks.filter(({ address }) => !known.has(address))];
}

/** Passes at least one address, or the error of a lookup that failed, threw or found no address. */
function lookUpAddresses(
  host: string,
  lookup: Lookup = systemLookup,
  callback: (error: Error | undefined, addresses: Addresses) => void,
): void {
  try {
    lookup(host, { all: true }, (error, addresses = []) => {
      if (error !== null) callback(error, []);
      else if (addresses.length === 0) callback(new Error(`${host} has no address.`), []);
      else callback(undefined, host === 'localhost' ? bothLoopbacks(addresses) : addresses);
    });
  } catch (error) {
    callback(error as Error, []);
  }
}
