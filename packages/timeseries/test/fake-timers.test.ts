import { closeUnderFakeTimers } from 'test-kit/close-under-fake-timers';
import { TimeSeriesBackend } from '../src/index.js';

it('under fake timers, flush and close resolve', async () => {
  const stats = await closeUnderFakeTimers(() => new TimeSeriesBackend({ include: ['*'] }));
  expect(stats).toMatchObject({ accepted: 20_001, pending: 0 });
});
