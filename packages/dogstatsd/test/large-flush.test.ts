import { expectLosslessLargeFlush } from 'test-kit/expect-lossless-large-flush';
import { DogStatsdMetricsBackend } from '../src/index.js';

test('a flush of 100,000 series reaches another process without loss, and leaves the event loop free', async () => {
  await expectLosslessLargeFlush(
    (statsdPort) =>
      new DogStatsdMetricsBackend({
        statsdPort,
        flushInterval: 10_000,
        telemetry: false,
        tags: { env: 'prod', service: 'shop' },
        containerId: 'ci-3726184226f5d3147c25fdeab5b60097e378e8a720503a5e19ecfdf29f869860',
        cardinality: 'low',
      }),
  );
});
