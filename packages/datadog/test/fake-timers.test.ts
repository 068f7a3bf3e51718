import { RecordingIntake } from '@metrics/testing/servers';
import { closeUnderFakeTimers } from 'test-kit/close-under-fake-timers';
import { DatadogMetricsBackend } from '../src/index.js';

it('under fake timers, flush and close resolve', async () => {
  await using intake = await RecordingIntake.start();
  const { url: baseUrl, apiKey } = intake;
  const stats = await closeUnderFakeTimers(() => new DatadogMetricsBackend({ apiKey, baseUrl }));
  expect(stats).toMatchObject({ accepted: 20_001, sent: 20_001, dropped: {}, pending: 0 });
});

it('under fake timers, flush and close resolve without a server', async () => {
  const stats = await closeUnderFakeTimers(
    () => new DatadogMetricsBackend({ apiKey: 'key', baseUrl: 'http://127.0.0.1:1' }),
  );
  expect(stats).toMatchObject({ accepted: 20_001, pending: 0 });
});
