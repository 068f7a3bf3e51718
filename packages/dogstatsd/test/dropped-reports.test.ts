import type { MetricsBackend, Problem } from '@metrics/core';
import { StatsdMetricsBackend } from '@metrics/statsd';
import { RecordingServer } from '@metrics/testing/servers';
import { seriesOf } from 'test-kit/series-of';
import { DogStatsdMetricsBackend } from '../src/index.js';
import { optionsFor } from './dogstatsd-subject.js';

it.each<[string, (server: RecordingServer) => MetricsBackend, string[]]>([
  [
    'DogStatsD',
    (server) => new DogStatsdMetricsBackend(optionsFor(server)),
    [
      'closed',
      'empty_name',
      'invalid_timestamp',
      'invalid_value',
      'line_too_long',
      'member_too_long',
      'not_finite',
      'unknown_series',
      'wrong_kind',
    ],
  ],
  [
    'StatsD',
    (server) => new StatsdMetricsBackend({ host: '127.0.0.1', port: server.port }),
    ['closed', 'empty_name', 'line_too_long', 'member_too_long', 'not_finite', 'unknown_series'],
  ],
])('each reason for which %s drops a sample is reported once', async (_name, create, expected) => {
  await using server = await RecordingServer.start({ strict: false });
  const backend = create(server);
  const problems: Problem[] = [];
  backend.start?.({ report: (problem) => problems.push(problem), collect() {} });
  ['jobs', '', 'n'.repeat(9000)].forEach((key, id) => backend.open(id, seriesOf('counter', key)));
  backend.open(3, seriesOf('set', 'users'));
  backend.open(4, seriesOf('timing', 'took'));
  for (let call = 0; call < 3; call += 1) {
    for (const id of [1, 2, 99]) backend.incr(id, 1, 1);
    backend.set(3, 'm'.repeat(1025));
    backend.incr(0, 1e308, 1);
    backend.recordAt?.(4, 1, 1_800_000_000);
    backend.recordAt?.(0, 1, 1e12);
    backend.event?.({ title: 'deployed', text: '', alertType: 'loud' as never });
  }
  await backend.flush();
  await backend.close({ timeout: 1000 });
  backend.incr(0, 1, 1);
  expect(Object.keys(backend.stats().dropped).toSorted()).toEqual(expected);
  const codes = problems.map(({ code }) => code);
  expect([...new Set(codes)].filter((code) => code !== 'invalid_value').toSorted()).toEqual(
    expected.filter((code) => code !== 'invalid_value'),
  );
  for (const code of expected)
    if (code !== 'invalid_value') expect(codes.filter((one) => one === code)).toHaveLength(1);
});
