import { lookup } from 'node:dns';
import { isIP } from 'node:net';

const REFRESH = 60_000;
const FIRST_RETRY = 1000;

type Addresses = readonly { readonly address: string; readonly family: number }[];

export type Lookup = (
  host: string,
  options: { readonly all: true },
  callback: (error: Error | null, addresses?: Addresses) => void,
) => void;

export interface ResolvedHostOptions {
  /** A name or a literal address. */
  readonly host: string;
  /** Called with the first address and with each that replaces it. */
  readonly onAddress: (address: string) => void;
  /** Called with the first failure in a row. */
  readonly onFailure: (error: Error) => void;
  /** @default dns.lookup */
  readonly lookup?: Lookup | undefined;
}

/** A host name resolved once, then every minute in the background. A stale address beats none. */
export class ResolvedHost {
  readonly #options: ResolvedHostOptions;
  readonly #lookup: Lookup;
  #address: string | undefined;
  #attempt: Promise<boolean> | undefined;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: ResolvedHostOptions) {
    this.#options = options;
    this.#lookup = options.lookup ?? lookup;
    if (isIP(options.host) !== 0) this.#take(options.host);
    else void this.resolve();
  }

  get address(): string | undefined {
    return this.#address;
  }

  /** Resolves the name now, or waits for the attempt under way. Answers whether there is an address. Never rejects. */
  resolve(): Promise<boolean> {
    this.#attempt ??= this.#try();
    return this.#attempt;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #try(): Promise<boolean> {
    clearTimeout(this.#timer);
    try {
      this.#choose(await this.#addresses());
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      if (this.#failures === 1 && !this.#closed) this.#options.onFailure(error as Error);
    }
    this.#attempt = undefined;
    const wait = this.#failures === 0 ? REFRESH : Math.min(FIRST_RETRY * 2 ** (this.#failures - 1), REFRESH);
    if (!this.#closed) this.#timer = setTimeout(() => void this.resolve(), wait).unref();
    return this.#address !== undefined;
  }

  #addresses(): Promise<Addresses> {
    return new Promise((resolve, reject) => {
      this.#lookup(this.#options.host, { all: true }, (error, addresses = []) => {
        if (error === null) resolve(addresses);
        else reject(error);
      });
    });
  }

  #choose(addresses: Addresses): void {
    // Round robin is no reason to change.
    if (this.#closed || addresses.some(({ address }) => address === this.#address)) return;
    // StatsD servers listen on IPv4 more often, and a datagram to the wrong family is lost in silence.
    const preferred = addresses.find(({ family }) => family === 4) ?? addresses[0];
    if (preferred === undefined) throw new Error(`${this.#options.host} has no address.`);
    this.#take(preferred.address);
  }

  #take(address: string): void {
    this.#address = address;
    this.#options.onAddress(address);
  }
}
