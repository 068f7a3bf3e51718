import type { Problem } from '@metrics/core';
import { createTestBackend, NOON } from './create-test-backend.js';

it('each reason for which a sample is not kept is reported once', async () => {
  const { backend, open } = createTestBackend();
  const problems: Problem[] = [];
  backend.start({ report: (problem) => problems.push(problem), collect() {} });
  const counter = open('counter', 'jobs');
  for (let call = 0; call < 3; call += 1) {
    backend.recordAt(counter, 1, NOON + 3600);
    backend.recordAt(counter, 1, 1);
    backend.incr(99, 1);
    backend.timing(counter, 1);
  }
  backend.incr(counter, 1e308);
  backend.incr(counter, 1e308);
  await backend.flush();
  await backend.close({ timeout: 1000 });
  backend.incr(counter, 1);
  const reasons = Object.keys(backend.stats().dropped).toSorted();
  expect(reasons).toEqual(['closed', 'in_future', 'not_finite', 'too_old', 'unknown_series', 'wrong_kind']);
  expect(problems.map(({ code }) => code).toSorted()).toEqual(reasons);
});
