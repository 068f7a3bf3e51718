export type { RedisCommands, RedisStoreClient } from './redis-client.js';
export { RedisStore } from './redis-store.js';
export type { RedisStoreOptions } from './redis-store-options.js';
