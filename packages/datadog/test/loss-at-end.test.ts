import { createMetrics, type Problem } from '@metrics/core';
import { RecordingIntake } from '@metrics/testing/servers';
import { waitUntil } from 'test-kit/wait-until';
import { DatadogMetricsBackend } from '../src/index.js';
import { KEY } from './started.js';

type Metrics = ReturnType<typeof createMetrics>;

test.each<[string, (metrics: Metrics) => unknown, (intake: RecordingIntake) => void, string]>([
  ['a close', (metrics) => metrics.close({ timeout: 200 }), (intake) => intake.outage(), 'lost_at_close'],
  [
    'a close whose requests are refused',
    (metrics) => metrics.close({ timeout: 4000 }),
    (intake) => intake.script([], { afterwards: 403 }),
    'lost_at_close',
  ],
  [
    'a close whose requests are rejected',
    (metrics) => metrics.close({ timeout: 4000 }),
    (intake) => intake.script([], { afterwards: 400 }),
    'lost_at_close',
  ],
  ['a backend that takes over', replace, (intake) => intake.outage('silent'), 'lost_at_close'],
  ['the exit of the process', exit, (intake) => intake.outage(), 'lost_at_exit'],
])('the loss at %s is one problem with the number of samples', async (_end, end, fail, code) => {
  await using intake = await RecordingIntake.start({ apiKey: KEY });
  fail(intake);
  const problems: Problem[] = [];
  const metrics = createMetrics();
  const backend = new DatadogMetricsBackend({ apiKey: KEY, baseUrl: intake.url, ca: intake.ca });
  metrics.register(backend, { onError: (problem) => problems.push(problem) });
  for (let sample = 0; sample < 20; sample += 1) metrics.incr('orders');
  metrics.timing('query', 5);
  for (const user of ['ann', 'bob']) metrics.set('users', user);
  metrics.event({ title: 'deployed', text: '' });
  await end(metrics);
  await waitUntil(() => backend.stats().pending === 0);
  await waitUntil(() => problems.some((problem) => problem.code.startsWith('lost_')));
  const losses = problems.filter((problem) => problem.code.startsWith('lost_'));
  expect(losses).toMatchObject([{ code, count: 24 }]);
  await metrics.close({ timeout: 0 });
});

function replace(metrics: Metrics): void {
  metrics.register(new DatadogMetricsBackend({ apiKey: KEY, host: false }), { replace: true });
}

/** Does what the facade does at the exit of the process. */
function exit(): void {
  // The listener of the facade is the last one that is a function: newer versions of Node.js have objects there as well.
  const listeners = process.listeners('exit').filter((listener) => typeof listener === 'function');
  (listeners.at(-1) as unknown as () => void)();
}
