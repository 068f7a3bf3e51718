import { closeUnderFakeTimers } from 'test-kit/close-under-fake-timers';
import { LoggingBackend } from '../src/index.js';

it.each([{}, { summary: {} }])('under fake timers, flush and close resolve with %j', async (options) => {
  let lines = 0;
  const log = (): void => void (lines += 1);
  const logger = { debug: log, info: log, warn: log, error: log };
  const stats = await closeUnderFakeTimers(() => new LoggingBackend({ logger, ...options }));
  expect(stats).toEqual(expect.objectContaining({ accepted: 20_001, sent: 20_001, dropped: {}, pending: 0 }));
  expect(lines).toBeGreaterThan(20_000);
});
