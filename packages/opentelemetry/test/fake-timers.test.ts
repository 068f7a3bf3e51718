import { closeUnderFakeTimers } from 'test-kit/close-under-fake-timers';
import { OpenTelemetryBackend } from '../src/index.js';

const others = { forceFlush: async () => {}, shutdown: async () => {} };

it('under fake timers, flush and close resolve', async () => {
  const exporter = {
    ...others,
    export: (_: never, callback: (result: { code: number }) => void) => callback({ code: 0 }),
  };
  const stats = await closeUnderFakeTimers(() => new OpenTelemetryBackend({ exporter }));
  expect(stats).toMatchObject({ accepted: 20_001, pending: 0 });
});

it('under fake timers, an exporter that never calls back delays a flush by its timeout', async () => {
  const exporter = { ...others, export: () => {} };
  const stats = await closeUnderFakeTimers(() => new OpenTelemetryBackend({ exporter, timeout: 50 }));
  expect(stats).toMatchObject({ accepted: 20_001, pending: 0, dropped: { timeout: 20_001 } });
});
