import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { type BackendStats, createMetrics } from '@metrics/core';
import type { BackendProgram } from './backend-under-test.js';
import { type ConformanceCheck, conformanceCheck } from './conformance-check.js';

/** The rules of `close`, also when a transport, a host or a program misbehaves. */
export const lifecycleChecks: readonly ConformanceCheck[] = [
  conformanceCheck('close delivers what was recorded, and leaves nothing pending', async (run) => {
    run.recordEverything();
    await run.close();
  }),

  conformanceCheck('close can be called again, and at the same time as flush', async (run) => {
    run.recordEverything();
    const flushes = [run.startFlush(), run.startFlush()];
    await Promise.all([run.close(), run.close(), run.flush()]);
    for (const flush of flushes) await flush.resolved();
    const before = countsOf(run.checkStats());
    await run.close();
    await run.flush();
    assert.deepEqual(countsOf(run.checkStats()), before, 'stats after closing again');
  }),

  conformanceCheck(
    'after close nothing throws, nothing is sent, and samples are all dropped or all ignored',
    async (run) => {
      run.recordEverything();
      await run.close();
      const before = run.checkStats();
      run.recordEverything(5);
      run.recordOnAll(0);
      run.release(0);
      await run.flush();
      const after = run.checkStats();
      assert.equal(after.sent, before.sent, 'sent after close');
      const calls =
        2 * (5 + [run.backend.recordAt, run.backend.event, run.backend.serviceCheck].filter(Boolean).length);
      const counted = after.accepted - before.accepted;
      assert.ok(
        counted === 0 || counted === calls * (run.capabilities.copies ?? 1),
        `${counted} of ${calls} calls counted`,
      );
    },
  ),

  conformanceCheck('a closed backend says so, and cannot be registered again', async (run) => {
    const { backend, capabilities } = run;
    // A backend may leave it to the facade to remember which ones it has closed.
    if (backend.closed === undefined) return;
    const closed = capabilities.discards !== true;
    assert.equal(backend.closed, false, 'closed of a new backend');
    run.ignoreDelivered();
    run.recordEverything();
    const closing = run.close();
    assert.equal(backend.closed, closed, 'closed while close() runs');
    await closing;
    assert.equal(backend.closed, closed, 'closed after close()');
    if (closed) assert.throws(() => createMetrics({ backend }), /closed backend/);
  }),

  conformanceCheck('flushSync never throws, before or after close', async (run) => {
    // It is a best effort at the exit: nothing is promised about what arrives.
    run.ignoreDelivered();
    run.call('flushSync', () => run.backend.flushSync?.());
    run.recordEverything();
    run.call('flushSync', () => run.backend.flushSync?.());
    run.checkStats();
    await run.flush();
    run.recordOnAll();
    run.call('flushSync', () => run.backend.flushSync?.());
    await run.close();
    run.call('flushSync', () => run.backend.flushSync?.());
    run.checkStats();
  }),

  conformanceCheck('a close with a timeout of zero still leaves nothing pending', async (run) => {
    run.ignoreDelivered();
    run.recordEverything();
    await run.close(0);
  }),

  conformanceCheck(
    'samples that a broken transport drops are counted and reported, and close keeps its deadline',
    async (run) => {
      if (!(await run.breakTransport())) return;
      run.recordEverything();
      const flush = run.startFlush();
      run.checkStats();
      run.recordOnAll();
      await run.close(200);
      await flush.resolved();
      const lost = Object.values(run.checkStats().dropped).reduce((sum, count) => sum + count, 0);
      assert.ok(lost === 0 || run.problems.length > 0, `${lost} samples were dropped, and no problem was reported`);
    },
  ),

  conformanceCheck(
    'a host that throws in report breaks nothing',
    async (run) => {
      run.ignoreDelivered();
      run.recordEverything();
      run.incr(0, 1e308);
      run.incr(0, 1e308);
      await run.flush();
      await run.breakTransport();
      run.recordOnAll();
      await run.close(200);
      run.recordOnAll();
      await run.flush();
    },
    { hostThrows: true },
  ),

  {
    name: 'a program that forgets to close still ends',
    run: async ({ program }) => {
      if (program !== undefined) await assertProgramEnds(program);
    },
  },
];

/** The counts that every backend has. A backend may add others, of what reads it, which continue to change. */
function countsOf({ accepted, sent, dropped, pending, sampledOut }: BackendStats): BackendStats {
  return { accepted, sent, dropped: { ...dropped }, pending, sampledOut };
}

/** Rejects if the program does not end by itself: a backend that keeps its process alive makes deployments hang. */
function assertProgramEnds({ source, cwd, timeout = 10_000 }: BackendProgram): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
      ...(cwd !== undefined && { cwd }),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeout);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      if (late) reject(new assert.AssertionError({ message: `the process still ran after ${timeout} ms` }));
      else if (code !== 0)
        reject(new assert.AssertionError({ message: `the process ended with code ${code}: ${stderr}` }));
      else resolve();
    });
  });
}
