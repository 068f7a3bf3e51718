import { join } from 'node:path';
import { runProgram } from 'test-kit/run-program';

it.each([
  ['without context tags', ''],
  ['after context tags were used', 'metrics.withTags({ a: 1 }, () => {});'],
  ['under a tracer', 'new AsyncLocalStorage().enterWith({});'],
])(
  'a rejection of a timed function that is not handled is reported as without the timer, %s',
  async (_name, before) => {
    const source = `
    import { AsyncLocalStorage } from 'node:async_hooks';
    import { metrics } from '@metrics/core';
    ${before}
    process.on('unhandledRejection', ({ message }) => console.log(message));
    const fail = async (name) => { throw new Error(name); };
    metrics.timer('t', () => fail('unhandled'));
    metrics.timer('t', () => fail('handled')).catch(() => {});
    console.log(await metrics.timer('t', async () => 'value'));
  `;
    const { output } = await runProgram(source, { cwd: join(__dirname, '..', '..') });
    expect(output.trim().split('\n').toSorted()).toEqual(['unhandled', 'value']);
  },
);
