/**
 * The history on Redis.
 *
 * @module @metrics/timeseries/redis
 */
export type { RedisCommands, RedisStoreClient, ScriptInput } from './redis/redis-client.js';
export { RedisStore } from './redis/redis-store.js';
export type { RedisStoreOptions } from './redis/redis-store-options.js';
