import { StatsdMetricsBackend } from '../src/index.js';
import { expectLosslessLargeFlush } from './large-flush.js';

test('a flush of 100,000 series reaches another process without loss, and leaves the event loop free', async () => {
  await expectLosslessLargeFlush(
    (port) => new StatsdMetricsBackend({ port, tagFormat: 'datadog', flushInterval: 10_000 }),
  );
});
