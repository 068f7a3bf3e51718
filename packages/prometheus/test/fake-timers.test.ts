import { closeUnderFakeTimers } from 'test-kit/close-under-fake-timers';
import { PrometheusBackend } from '../src/index.js';

it('under fake timers, flush and close resolve, and a scrape ends', async () => {
  const backend = new PrometheusBackend();
  const stats = await closeUnderFakeTimers(() => backend);
  expect(stats).toMatchObject({ accepted: 20_001, pending: 0 });
  jest.useFakeTimers();
  try {
    expect(await backend.expose()).toMatch(/^jobs_7_total 1$/m);
  } finally {
    jest.useRealTimers();
  }
});
