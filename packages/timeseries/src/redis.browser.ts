// @metrics/timeseries/redis in browsers and edge runtimes.
import { unavailable } from '@metrics/core/backend';
import type * as entry from './redis.js';

export const RedisStore: typeof entry.RedisStore = /* @__PURE__ */ unavailable('RedisStore');
