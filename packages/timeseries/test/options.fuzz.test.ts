import fc from 'fast-check';
import { fuzzRuns, fuzzTimeout } from 'test-kit/fuzz-runs';
import { anyOptions, expectClearError } from 'test-kit/hostile-options';
import { timeSeriesHandler } from '../src/handler.js';
import { createBackend, MemoryStore, TimeSeriesBackend } from '../src/index.js';
import { RedisStore } from '../src/redis.js';
import { createTestBackend } from './create-test-backend.js';

const BACKEND = ['store', 'rollups', 'include', 'flushInterval', 'clock'];
const MEMORY = ['maxSeries', 'maxBytes', 'snapshot'];
const REDIS = ['client', 'url', 'clientOptions', 'prefix', 'commandTimeout', 'maxPendingBytes'];
const { backend } = createTestBackend();

test(
  'options of any content work or are a clear error',
  () =>
    fc.assert(
      fc.asyncProperty(
        anyOptions(BACKEND),
        anyOptions(MEMORY),
        anyOptions(REDIS),
        anyOptions(['path', 'onError']),
        async (given, memory, redis, handler) => {
          await expectClearError(() => new TimeSeriesBackend(given));
          await expectClearError(() => createBackend({ ...given, ...memory, ...redis }));
          await expectClearError(() => void new MemoryStore(memory));
          await expectClearError(() => void new RedisStore(redis), /RedisStore|url|client/);
          await expectClearError(() => void timeSeriesHandler(backend, handler));
        },
      ),
      fuzzRuns(300),
    ),
  fuzzTimeout(),
);
