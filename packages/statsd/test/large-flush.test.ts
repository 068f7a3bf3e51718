import { expectLosslessLargeFlush } from 'test-kit/expect-lossless-large-flush';
import { StatsdMetricsBackend } from '../src/index.js';

test('a flush of 100,000 series reaches another process without loss, and leaves the event loop free', async () => {
  await expectLosslessLargeFlush(
    (port) => new StatsdMetricsBackend({ port, tagFormat: 'datadog', flushInterval: 10_000 }),
  );
});
