// Options of the Redis store.
import { checkInteger, checkKnownOptions, checkOptionsObject, describeValue } from '@metrics/core/backend';
import type { RedisClientOptions } from 'redis';
import { checkTimerDelay } from '../timer-delay.js';
import type { RedisStoreClient } from './redis-client.js';

/** Options of {@link RedisStore}. Without any, it connects to `redis://localhost:6379`. */
export interface RedisStoreOptions {
  /**
   * A client of the package `redis` that the application makes by `createClient` or `createCluster`, connects and closes.
   * Without it the store makes its own client from {@link url} and {@link clientOptions}.
   */
  readonly client?: RedisStoreClient | undefined;
  /** `redis[s]://[[username][:password]@][host][:port][/database]` @default 'redis://localhost:6379' */
  readonly url?: string | undefined;
  /**
   * Options of `createClient` in addition to the URL. The store connects when it first needs to, and after the connection
   * was lost at its next flush or read; a `reconnectStrategy` has no effect.
   */
  readonly clientOptions?: RedisClientOptions | undefined;
  /** Start of the names of all keys. No braces: they determine the node of a cluster that has a key. @default 'ts:' */
  readonly prefix?: string | undefined;
  /**
   * Milliseconds to wait for the connection and a reply. After that a read rejects, and the next flush tries again.
   *
   * @default 5000
   */
  readonly commandTimeout?: number | undefined;
  /**
   * Bytes, by estimate, that may wait in memory while Redis is unavailable. Beyond it the oldest samples are dropped as
   * `pending_full`.
   *
   * @default 67_108_864, 64 MiB
   */
  readonly maxPendingBytes?: number | undefined;
}

const OPTIONS: readonly (keyof RedisStoreOptions)[] = [
  'client',
  'url',
  'clientOptions',
  'prefix',
  'commandTimeout',
  'maxPendingBytes',
];

export interface ResolvedRedisStoreOptions extends RedisStoreOptions {
  readonly prefix: string;
  readonly commandTimeout: number;
  readonly maxPendingBytes: number;
}

/**
 * Returns the options with defaults filled in. Errors show neither the URL nor the client's options, which contain
 * passwords.
 *
 * @throws {TypeError | RangeError}, naming the option.
 */
export function resolveRedisStoreOptions(options: RedisStoreOptions): ResolvedRedisStoreOptions {
  checkOptionsObject(options);
  checkKnownOptions('RedisStore', options, OPTIONS);
  const { client, url, clientOptions, prefix = 'ts:', commandTimeout = 5000, maxPendingBytes = 64 * 2 ** 20 } = options;
  if (client !== undefined && typeof client?.withCommandOptions !== 'function')
    throw new TypeError('client must be a client made by createClient or createCluster of the package redis.');
  if (client !== undefined && (url !== undefined || clientOptions !== undefined))
    throw new TypeError('url and clientOptions have no effect with client: remove them, or client.');
  if (url !== undefined && typeof url !== 'string')
    throw new TypeError('url must be a string such as redis://localhost:6379.');
  if (clientOptions !== undefined && (typeof clientOptions !== 'object' || clientOptions === null))
    throw new TypeError(`clientOptions must be options of createClient, not ${describeValue(clientOptions)}.`);
  if (typeof prefix !== 'string' || /[{}]/.test(prefix))
    throw new TypeError(`prefix must be a string without braces, not ${describeValue(prefix)}.`);
  checkTimerDelay('commandTimeout', commandTimeout, 1);
  checkInteger('maxPendingBytes', maxPendingBytes, 65_536, Number.MAX_SAFE_INTEGER);
  return { client, url, clientOptions, prefix, commandTimeout, maxPendingBytes };
}
