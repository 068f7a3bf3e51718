import { waitUntil } from 'test-kit/wait-until';
import { started } from './started.js';

const SERIES = 100_000;
const VALUES = 500_000;
const DISTRIBUTIONS = 50;

test('one flush of 100,000 counters and 500,000 values is delivered completely, in requests within the limits', async () => {
  await using all = await started();
  const { backend, intake, open, problems } = all;
  const counters = Array.from({ length: SERIES }, (_, index) =>
    open('counter', 'http.requests', {
      tags: {
        method: `m${index % 10}`,
        route: `r${Math.floor(index / 10) % 100}`,
        status: `s${Math.floor(index / 1000)}`,
      },
    }),
  );
  const distributions = Array.from({ length: DISTRIBUTIONS }, (_, index) =>
    open('distribution', 'http.size', { tags: { route: `r${index}` } }),
  );
  counters.forEach((id, index) => backend.incr(id, (index % 7) + 1));
  // All values differ and compress badly, like measured durations.
  const value = (index: number): number => index + (Math.imul(index, 0x9e3779b1) >>> 0) / 2 ** 32;
  for (let index = 0; index < VALUES; index += 1)
    backend.distribution(distributions[index % DISTRIBUTIONS]!, value(index));
  expect(backend.stats().accepted).toBe(SERIES + VALUES);

  await backend.flush();
  await waitUntil(
    () => backend.stats().pending === 0,
    () => backend.stats(),
    60_000,
  );

  expect(backend.stats()).toEqual(
    expect.objectContaining({ sent: SERIES + VALUES, dropped: {}, retries: 0, splits: 0 }),
  );
  expect([intake.violations, intake.overwrites, problems]).toEqual([[], [], []]);
  // The intake checks the documented limits; this one is the limit of Datadog's Agent.
  for (const { path, points } of intake.requests)
    if (path === '/api/v2/series') expect(points).toBeLessThanOrEqual(10_000);

  const wrong = intake.series.filter(({ tags, points: [point, ...more] }) => {
    const [method, route, status] = tags.map((tag) => Number(/\d+$/.exec(tag)));
    return more.length > 0 || point?.value !== ((method! + route! * 10 + status! * 1000) % 7) + 1;
  });
  expect([intake.series.length, wrong]).toEqual([SERIES, []]);
  const missing = new Set(Array.from({ length: VALUES }, (_, index) => value(index)));
  for (let route = 0; route < DISTRIBUTIONS; route += 1) {
    const values = intake.values('http.size', { route: `r${route}` });
    expect(values).toHaveLength(VALUES / DISTRIBUTIONS);
    for (const each of values) missing.delete(each);
  }
  expect(missing.size).toBe(0);
});
