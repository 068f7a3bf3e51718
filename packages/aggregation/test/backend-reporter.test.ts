import type { BackendHost, Problem } from '@metrics/core';
import { BackendReporter } from '../src/index.js';

function recordingHost(): BackendHost & { readonly problems: Problem[]; collected: number } {
  const host = {
    problems: [] as Problem[],
    collected: 0,
    report: (problem: Problem) => void host.problems.push(problem),
    collect: () => void (host.collected += 1),
  };
  return host;
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('problems found before the start are reported at the start, in order and once', () => {
  const reporter = new BackendReporter();
  const host = recordingHost();
  reporter.report('send_failed', 'first');
  reporter.report('send_failed', 'second', { count: 3 });
  reporter.start(host);
  reporter.start(host);
  expect(host.problems.map(({ message, count }) => [message, count])).toEqual([
    ['first', 1],
    ['second', 3],
  ]);
  reporter.report('send_failed', 'third');
  expect(host.problems).toHaveLength(3);
});

test('of the problems found before the start, a hundred are kept', () => {
  const reporter = new BackendReporter();
  const host = recordingHost();
  for (let index = 0; index < 1000; index += 1) reporter.report('send_failed', `${index}`);
  reporter.start(host);
  expect(host.problems.map(({ message }) => message)).toEqual(Array.from({ length: 100 }, (_, index) => `${index}`));
});

test('gauges are collected by the host, and before the start not at all', () => {
  const reporter = new BackendReporter();
  const host = recordingHost();
  reporter.collect();
  reporter.start(host);
  expect(host.collected).toBe(0);
  reporter.collect();
  expect(host.collected).toBe(1);
});

test('a problem has the parts that are known, and its cause is the last error', () => {
  const reporter = new BackendReporter();
  const host = recordingHost();
  reporter.start(host);
  reporter.report('tags_dropped', 'a', { metric: 'hits' });
  expect(reporter.lastError).toBeUndefined();
  const cause = new Error('refused');
  reporter.report('send_failed', 'b', { cause });
  reporter.report('send_failed', 'c');
  expect(reporter.lastError).toBe('refused');
  reporter.report('send_failed', 'd', { cause: 'a string' });
  expect(reporter.lastError).toBe('a thrown value that is not an Error');
  expect(host.problems).toStrictEqual([
    { code: 'tags_dropped', count: 1, message: 'a', metric: 'hits' },
    { code: 'send_failed', count: 1, message: 'b', cause },
    { code: 'send_failed', count: 1, message: 'c' },
    { code: 'send_failed', count: 1, message: 'd', cause: 'a string' },
  ]);
});

test('what is reported once is reported at its first call, for each code', () => {
  const reporter = new BackendReporter();
  const host = recordingHost();
  reporter.start(host);
  reporter.reportOnce('tags_dropped', 'a', { metric: 'hits' });
  reporter.reportOnce('tags_dropped', 'b');
  reporter.reportOnce('send_failed', 'c');
  expect(host.problems).toStrictEqual([
    { code: 'tags_dropped', count: 1, message: 'a', metric: 'hits' },
    { code: 'send_failed', count: 1, message: 'c' },
  ]);
});

test('losses of one reason are reported immediately, then once a minute with all since', () => {
  const reporter = new BackendReporter();
  const host = recordingHost();
  reporter.start(host);
  const told = () => host.problems.splice(0).map(({ code, count }) => [code, count]);
  reporter.reportDropped('queue_full', 2);
  reporter.reportDropped('queue_full', 3);
  reporter.reportDropped('empty_name', 1);
  reporter.reportDropped('a reason that its place reports', 1);
  expect(told()).toEqual([
    ['queue_full', 2],
    ['empty_name', 1],
  ]);
  jest.advanceTimersByTime(59_999);
  reporter.reportDropped('queue_full', 4);
  expect(told()).toEqual([]);
  jest.advanceTimersByTime(1);
  reporter.reportDropped('queue_full', 5);
  expect(told()).toEqual([['queue_full', 3 + 4 + 5]]);
  jest.advanceTimersByTime(60_000);
  reporter.reportDropped('queue_full', 6);
  expect(told()).toEqual([['queue_full', 6]]);
});

test('a host that throws breaks nothing', () => {
  const reporter = new BackendReporter();
  const report = (): never => {
    throw new Error('broken handler');
  };
  reporter.report('send_failed', 'early');
  reporter.start({ report, collect: () => {} });
  reporter.report('send_failed', 'late');
});
