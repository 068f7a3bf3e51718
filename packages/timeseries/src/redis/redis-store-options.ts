import type { RedisClientOptions } from 'redis';
import type { RedisStoreClient } from './redis-client.js';

export interface RedisStoreOptions {
  /**
   * A client of the package `redis` that the application made, connects and closes: `createClient` or `createCluster`.
   * Without one the store makes its own, from {@link url} and {@link clientOptions}.
   */
  readonly client?: RedisStoreClient | undefined;
  /** `redis[s]://[[username][:password]@][host][:port][/database]` @default 'redis://localhost:6379' */
  readonly url?: string | undefined;
  /**
   * What `createClient` takes beside the URL. The store connects when it first needs to, and again at its next flush or
   * read after the connection was lost; a `reconnectStrategy` has no effect.
   */
  readonly clientOptions?: RedisClientOptions | undefined;
  /** What the names of all keys begin with. No braces: they choose where a cluster keeps a key. @default 'ts:' */
  readonly prefix?: string | undefined;
  /** Milliseconds to wait for the connection and a reply. A read rejects then, a flush tries again next time. @default 5000 */
  readonly commandTimeout?: number | undefined;
  /**
   * Bytes, by estimate, that may wait in memory while Redis is away. Beyond it the oldest are lost under `pending_full`.
   *
   * @default 67_108_864, 64 MiB
   */
  readonly maxPendingBytes?: number | undefined;
}

export interface CheckedRedisStoreOptions extends RedisStoreOptions {
  readonly prefix: string;
  readonly commandTimeout: number;
  readonly maxPendingBytes: number;
}

const LONGEST_TIMEOUT = 2 ** 31 - 1;

/**
 * Fills in the defaults. What it throws shows neither the URL nor the client's options: they hold passwords.
 *
 * @throws {TypeError} or {@link RangeError}, naming the option.
 */
export function checkedRedisStoreOptions(options: RedisStoreOptions): CheckedRedisStoreOptions {
  const { client, url, clientOptions, prefix = 'ts:', commandTimeout = 5000, maxPendingBytes = 64 * 2 ** 20 } = options;
  if (client !== undefined && typeof client.withCommandOptions !== 'function')
    throw new TypeError('client must be what createClient or createCluster of the package redis made.');
  if (client !== undefined && (url !== undefined || clientOptions !== undefined))
    throw new TypeError('client is given, so url and clientOptions have no effect: leave them out.');
  if (typeof prefix !== 'string' || /[{}]/.test(prefix))
    throw new TypeError(`prefix must be a string without braces, not ${prefix}.`);
  if (!(commandTimeout >= 1 && commandTimeout <= LONGEST_TIMEOUT))
    throw new RangeError(
      `commandTimeout must be from 1 to ${LONGEST_TIMEOUT} milliseconds, not ${String(commandTimeout)}.`,
    );
  if (!Number.isSafeInteger(maxPendingBytes) || maxPendingBytes < 2 ** 16)
    throw new RangeError(`maxPendingBytes must be a whole number of at least 65,536, not ${String(maxPendingBytes)}.`);
  return { client, url, clientOptions, prefix, commandTimeout, maxPendingBytes };
}
