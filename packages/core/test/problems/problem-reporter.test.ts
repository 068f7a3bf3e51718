import { MetricsError, type Problem } from '../../src/index.js';
import {
  emitWarningNow,
  formatProblem,
  isLossAtEnd,
  onRejection,
  ProblemReporter,
} from '../../src/problems/problem-reporter.js';

function setUp(listeners: Iterable<{ readonly onProblem?: ((problem: Problem) => void) | undefined }> = []) {
  const reporter = new ProblemReporter(listeners);
  const told: [string | undefined, number][] = [];
  reporter.handler = ({ code, metric, count }) => void told.push([metric ?? code, count]);
  const report = (metric?: string, code = 'invalid_value', count = 1): void =>
    reporter.report({ code, message: 'It is invalid.', count, ...(metric !== undefined && { metric }) });
  return { report, reporter, told: () => told.splice(0) };
}

beforeEach(() => jest.useFakeTimers({ now: 1_000_000 }));
afterEach(() => jest.useRealTimers());

test('an equal problem is reported again after a minute, with the number of all since', () => {
  const { report, told } = setUp();
  report('a');
  report('a', 'invalid_value', 4);
  jest.advanceTimersByTime(59_999);
  report('a');
  expect(told()).toEqual([['a', 1]]);
  jest.advanceTimersByTime(1);
  report('a', 'invalid_value', 2);
  expect(told()).toEqual([['a', 4 + 1 + 2]]);
  jest.advanceTimersByTime(59_999);
  report('a');
  expect(told()).toEqual([]);
});

test('a problem of another code, metric or tag is another one', () => {
  const { reporter, told } = setUp();
  const problem = { code: 'invalid_value', metric: 'a', tag: 'b', message: '', count: 1 };
  for (const each of [problem, { ...problem, code: 'c' }, { ...problem, metric: 'd' }, { ...problem, tag: 'e' }])
    reporter.report(each);
  reporter.report(problem);
  expect(told()).toHaveLength(4);
});

test('beyond fifty in a minute, problems are merged by their code; beyond a hundred, they are not reported', () => {
  const { report, told } = setUp();
  jest.advanceTimersByTime(100_000);
  for (let index = 0; index < 50; index += 1) report(`${index}`);
  expect(told()).toHaveLength(50);
  for (let index = 0; index < 50; index += 1) report(`other ${index}`);
  expect(told()).toEqual([['other 0', 1]]);
  report('7');
  expect(told()).toEqual([]);
  for (let index = 0; index < 100; index += 1) report('a', `code ${index}`);
  expect(told()).toHaveLength(49);
  jest.advanceTimersByTime(60_000);
  // Those of the minute before are forgotten, with one exception: a problem that is known has its count.
  report('new');
  report('7');
  expect(told()).toEqual([
    ['new', 1],
    ['7', 1],
  ]);
});

test('one that was reported is merged with itself, however many others there are', () => {
  const { report, told } = setUp();
  for (let metric = 0; metric < 50; metric += 1) report(`${metric}`);
  expect(told()).toHaveLength(50);
  for (const metric of ['0', '3', '49']) report(metric);
  expect(told()).toEqual([]);
});

test('the oldest reports are forgotten one by one, when there is no room', () => {
  const { report, told } = setUp();
  for (let index = 0; index < 50; index += 1) {
    report(`${index}`);
    jest.advanceTimersByTime(1000);
  }
  told();
  // 50 seconds after the first: none is a minute old.
  report('a');
  report('b');
  expect(told()).toEqual([['a', 1]]);
  jest.advanceTimersByTime(20_000);
  report('c');
  expect(told()).toEqual([['c', 1]]);
});

test('as long as there is room, an old problem keeps its count', () => {
  const { report, told } = setUp();
  report('a');
  report('a');
  jest.advanceTimersByTime(3_600_000);
  report('b');
  report('a');
  expect(told()).toEqual([
    ['a', 1],
    ['b', 1],
    ['a', 2],
  ]);
});

test('losses at the end are never merged', () => {
  const { report, told } = setUp();
  for (let time = 0; time < 2; time += 1) report(undefined, 'lost_at_close', 5);
  expect(told()).toEqual([
    ['lost_at_close', 5],
    ['lost_at_close', 5],
  ]);
  expect(isLossAtEnd({ code: 'lost', message: '', count: 1 })).toBe(false);
});

test('listeners hear of every single problem, and those without a handler of none', () => {
  const heard: (string | undefined)[] = [];
  const listeners = [
    {},
    { onProblem: undefined },
    { onProblem: ({ metric }: Problem) => void heard.push(metric) },
  ] as const;
  const { report, told } = setUp(listeners);
  for (let time = 0; time < 3; time += 1) report('a');
  expect([heard, told()]).toEqual([['a', 'a', 'a'], [['a', 1]]]);
});

test('a handler that causes a problem is called for it afterwards, and one that throws breaks nothing', () => {
  const { report, reporter } = setUp();
  const order: string[] = [];
  reporter.handler = ({ metric }) => {
    order.push(`begin ${metric}`);
    if (metric === 'a') report('b');
    order.push(`end ${metric}`);
    throw new Error('broken handler');
  };
  report('a');
  report('c');
  expect(order).toEqual(['begin a', 'end a', 'begin b', 'end b', 'begin c', 'end c']);
});

test('without a handler a warning of the process is emitted, if it has warnings', () => {
  const { report, reporter } = setUp();
  reporter.handler = undefined;
  const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
  report('a');
  expect(emitWarning.mock.calls).toEqual([
    [
      expect.stringMatching(/^invalid_value \(metric "a"\): It is invalid\. See the README/),
      {
        type: 'MetricsWarning',
        code: 'invalid_value',
      },
    ],
  ]);
  emitWarning.mockRestore();
});

test('a warning at the exit is emitted before the process ends, with the name and the code of the others', () => {
  const emit = jest.spyOn(process, 'emit').mockReturnValue(process);
  emitWarningNow({ code: 'lost_at_exit', count: 5, message: '5 samples are lost.' });
  expect(emit.mock.calls).toEqual([['warning', expect.any(Error)]]);
  expect(emit.mock.calls[0]![1]).toMatchObject({
    name: 'MetricsWarning',
    code: 'lost_at_exit',
    message: expect.stringMatching(/^lost_at_exit: 5 samples are lost\. \[5 times\] See /) as string,
  });
  emit.mockRestore();
});

test.each([
  [{ code: 'c', message: 'M.', count: 1 }, 'c: M. See '],
  [{ code: 'c', message: 'M.', count: 2, metric: 'm' }, 'c (metric "m"): M. [2 times] See '],
  [{ code: 'c', message: 'M.', count: 1, metric: 'm', tag: 't', value: '5' }, 'c (metric "m", tag "t", 5): M. See '],
])('the problem %j is the line %j', (problem, line) => {
  expect(formatProblem(problem)).toMatch(line);
  expect(formatProblem(problem)).toMatch(/See the README of @metrics\/core\.$/);
});

test('an error of a problem has its cause', () => {
  const cause = new Error('refused');
  expect(new MetricsError({ code: 'c', message: 'M.', count: 1, cause }).cause).toBe(cause);
});

test('a rejection is handled, and other values are ignored', async () => {
  const causes: unknown[] = [];
  const handle = (cause: unknown): void => void causes.push(cause);
  for (const value of [undefined, null, 5, 'text', {}]) onRejection(value, handle);
  onRejection(Promise.resolve(1), handle);
  onRejection(Promise.reject(new Error('late')), handle);
  await Promise.resolve().then(() => {});
  await Promise.resolve();
  expect(causes).toEqual([new Error('late')]);
});
