import { constants } from 'node:os';
import { join } from 'node:path';
import { type ProgramOptions, type ProgramResult, runProgram } from 'test-kit/run-program';

/** A backend that prints what happens to it; its flush takes `flushTakes` milliseconds. */
const start = (options = '{}', flushTakes = 5): string => `
  import { writeSync } from 'node:fs';
  import { metrics } from '@metrics/core';
  const say = (line) => writeSync(1, line + '\\n');
  let accepted = 0;
  const before = process.listenerCount('exit');
  metrics.register({
    open() {}, release() {}, incr() { accepted += 1; }, gauge() { accepted += 1; }, timing() {}, distribution() {}, set() {},
    flush: () => { say('flush ' + accepted); return new Promise((resolve) => setTimeout(resolve, ${flushTakes}).unref()); },
    flushSync: () => say('flushSync ' + accepted),
    close: async ({ timeout }) => say('close ' + timeout),
    stats: () => ({ accepted, sent: 0, dropped: {}, pending: accepted, sampledOut: 0 }),
  }, ${options});
  process.on('exit', () => say('exit'));
`;

function run(source: string, onOutput?: ProgramOptions['onOutput']): Promise<ProgramResult> {
  return runProgram(source, { cwd: join(__dirname, '..', '..'), onOutput });
}

const lines = (output: string): string[] => output.trim().split('\n');

it('a process that ends naturally flushes, once per change', async () => {
  const { output, code } = await run(`${start()} metrics.incr('x');`);
  expect(lines(output)).toEqual(['flush 1', 'flushSync 1', 'exit']);
  expect(code).toBe(0);
});

it('samples recorded during that flush are flushed as well', async () => {
  const { output } = await run(
    `${start()} metrics.incr('x'); process.once('beforeExit', () => setTimeout(() => metrics.incr('x'), 20));`,
  );
  expect(lines(output)).toEqual(['flush 1', 'flush 2', 'flushSync 2', 'exit']);
});

it('an observed gauge does not keep the process alive', async () => {
  const { output } = await run(`${start()} metrics.defineGauge('g', { observe: () => 1 }); metrics.incr('x');`);
  expect(lines(output)).toEqual(['flush 2', 'flushSync 3', 'exit']);
});

it('a flush that hangs keeps the process alive for a second at most', async () => {
  const began = Date.now();
  const { output } = await run(`${start('{}', 600_000)} metrics.incr('x');`);
  expect(lines(output)).toEqual(['flush 1', 'flushSync 1', 'exit']);
  expect(Date.now() - began).toBeLessThan(10_000);
});

it('process.exit and an uncaught exception flush without waiting', async () => {
  const exited = await run(`${start()} metrics.incr('x'); process.exit(3);`);
  expect([exited.code, lines(exited.output)]).toEqual([3, ['flushSync 1', 'exit']]);
  const thrown = await run(`${start()} metrics.incr('x'); setImmediate(() => { throw new Error('mine'); });`);
  expect(thrown.code).toBe(1);
  expect(lines(thrown.output)).toEqual(expect.arrayContaining(['flushSync 1', 'exit', 'Error: mine']));
});

it('a registered signal closes and then ends the process as that signal does', async () => {
  const { signal, output } = await run(
    `${start("{ signals: ['SIGTERM'] }")} metrics.incr('x'); setInterval(() => {}, 1000); say('ready');`,
    (printed, pid) => {
      if (printed.endsWith('ready\n')) process.kill(pid, 'SIGTERM');
    },
  );
  expect([signal, lines(output)]).toEqual(['SIGTERM', ['ready', 'close 2000']]);
});

it('process 1 of a container, to which the kernel passes no signal without a handler, ends with the code of the signal', async () => {
  const { code, output } = await run(
    `${start("{ signals: ['SIGTERM'] }")} metrics.incr('x'); setInterval(() => {}, 1000);
     const { kill, pid } = process;
     Object.defineProperty(process, 'pid', { value: 1 });
     process.kill = (to, signal) => to === 1 ? say('ignored ' + signal) : kill.call(process, to, signal);
     process.kill(pid, 'SIGTERM');`,
  );
  expect([code, lines(output)]).toEqual([128 + constants.signals.SIGTERM, ['close 2000', 'exit']]);
});

it('an application that listens to the signal decides about the process', async () => {
  const { code, output } = await run(
    `${start("{ signals: ['SIGTERM'] }")} const wait = setInterval(() => {}, 1000);
     process.on('SIGTERM', () => { say('mine'); clearInterval(wait); process.exitCode = 4; }); say('ready');`,
    (printed, pid) => {
      if (printed.endsWith('ready\n')) process.kill(pid, 'SIGTERM');
    },
  );
  expect([code, lines(output).slice(0, 3).toSorted()]).toEqual([4, ['close 2000', 'mine', 'ready']]);
});

it('signals stay untouched unless registered, and close removes all listeners', async () => {
  const { output } = await run(`
    ${start()}
    const count = () => [process.listenerCount('beforeExit'), process.listenerCount('exit') - before - 1, process.listenerCount('SIGTERM')].join();
    say(count()); await metrics.close(); say(count());
  `);
  expect(lines(output)).toEqual(['1,1,0', 'close 2000', '0,0,0', 'exit']);
});

it('a register during a close keeps the exit hooks', async () => {
  const { output } = await run(`
    ${start()}
    const closed = metrics.close();
    let accepted2 = 0;
    metrics.register({
      open() {}, release() {}, incr() { accepted2 += 1; }, flush: async () => say('second flush'),
      close: async () => {}, stats: () => ({ accepted: accepted2, pending: accepted2, dropped: {} }),
    });
    await closed;
    metrics.incr('x');
  `);
  expect(lines(output)).toEqual(['close 2000', 'second flush', 'exit']);
});

it('many instances share one set of listeners', async () => {
  const { output } = await run(`
    import { createMetrics } from '@metrics/core';
    ${start()}
    const backend = () => ({ open() {}, release() {}, incr() {}, flush: async () => {}, close: async () => {}, stats: () => ({ accepted: 0, pending: 0, dropped: {} }) });
    const all = Array.from({ length: 50 }, () => createMetrics({ backend: backend() }));
    say(String(process.listenerCount('exit') - before - 1));
    await Promise.all(all.map((one) => one.close()));
    await metrics.close();
    say(String(process.listenerCount('exit') - before - 1));
  `);
  expect(lines(output)).toEqual(['1', 'close 2000', '0', 'exit']);
});

it('samples that are lost at the exit are one problem with their count, also without onError', async () => {
  const source = (options: string): string => `
    import { metrics } from '@metrics/core';
    let accepted = 0, lost = 0;
    metrics.register({
      open() {}, release() {}, incr() { accepted += 1; },
      flush: async () => {}, flushSync() { lost = accepted; }, close: async () => {},
      stats: () => ({ accepted, sent: 0, dropped: { exit: lost }, pending: accepted - lost, sampledOut: 0 }),
    }, ${options});
    for (let index = 0; index < 5; index += 1) metrics.incr('x');
    process.exit();
  `;
  const told = await run(source('{ onError: ({ code, count }) => console.log(code, count) }'));
  expect(lines(told.output)).toEqual(['lost_at_exit 5']);
  const warned = await run(source('{}'));
  expect(warned.output).toContain('MetricsWarning: lost_at_exit');
  expect(warned.output).toContain('[5 times]');
  expect(warned.code).toBe(0);
});

it('an observer that is asynchronous is reported, and its rejection does not end the process', async () => {
  const { code, output } = await run(
    `
    import { createMetrics } from '@metrics/core';
    const metrics = createMetrics({
      backend: { open() {}, release() {}, gauge() {}, flush: async () => {}, close: async () => {}, stats: () => ({}) },
      onError: async ({ code, cause }) => { console.log(code, cause?.message ?? ''); throw new Error('handler'); },
    });
    metrics.defineGauge('a', { observe: async () => { throw new Error('later'); } });
    metrics.defineGauge('b', { observe: () => ({ then(_, reject) { reject(new Error('thenable')); } }) });
    await metrics.flush();
    await new Promise((resolve) => setTimeout(resolve, 50));
    console.log(JSON.stringify(metrics.stats().dropped));
    `,
  );
  expect(lines(output).toSorted()).toEqual(['observe_async ', 'observe_async ', '{}']);
  expect(code).toBe(0);
});
