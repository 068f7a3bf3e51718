import { RecordingIntake } from '@metrics/testing/servers';
import { closeUnderFakeTimers } from 'test-kit/close-under-fake-timers';
import { DatadogMetricsBackend } from '../src/index.js';

it('under fake timers, flush and close resolve', async () => {
  await using intake = await RecordingIntake.start({ tls: false });
  const { url: baseUrl } = intake;
  const stats = await closeUnderFakeTimers(() => new DatadogMetricsBackend({ apiKey: '0123456789', baseUrl }));
  expect(stats.sent).toBeGreaterThanOrEqual(20_000);
  expect(stats).toMatchObject({ accepted: 20_001, dropped: {} });
});
