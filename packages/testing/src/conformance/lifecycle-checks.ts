import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { BackendProgram } from './backend-under-test.js';
import { type ConformanceCheck, conformanceCheck } from './conformance-check.js';

/** What `close` promises, and what a transport, a host or a program that misbehaves must not change. */
export const lifeCycleChecks: readonly ConformanceCheck[] = [
  conformanceCheck('close delivers what was recorded, and leaves nothing pending', async (trial) => {
    trial.recordEverything();
    await trial.close();
  }),

  conformanceCheck('close can be called again, and at once with flush', async (trial) => {
    trial.recordEverything();
    const flushes = [trial.startFlush(), trial.startFlush()];
    await Promise.all([trial.close(), trial.close(), trial.flush()]);
    for (const flush of flushes) await flush.resolved();
    const before = JSON.stringify(trial.audit());
    await trial.close();
    await trial.flush();
    assert.equal(JSON.stringify(trial.audit()), before, 'stats after closing again');
  }),

  conformanceCheck(
    'after close nothing throws, nothing is sent, and samples are all dropped or all ignored',
    async (trial) => {
      trial.recordEverything();
      await trial.close();
      const before = trial.audit();
      trial.recordEverything(5);
      trial.recordOnAll(0);
      trial.release(0);
      await trial.flush();
      const after = trial.audit();
      assert.equal(after.sent, before.sent, 'sent after close');
      const calls =
        2 * (5 + [trial.backend.recordAt, trial.backend.event, trial.backend.serviceCheck].filter(Boolean).length);
      const counted = after.accepted - before.accepted;
      assert.ok(
        counted === 0 || counted === calls * (trial.capabilities.copies ?? 1),
        `${counted} of ${calls} calls counted`,
      );
    },
  ),

  conformanceCheck('flushSync never throws, before or after close', async (trial) => {
    // It is an effort at the exit, without a promise about what arrives.
    trial.ignoreGoods();
    trial.call('flushSync', () => trial.backend.flushSync?.());
    trial.recordEverything();
    trial.call('flushSync', () => trial.backend.flushSync?.());
    trial.audit();
    await trial.flush();
    trial.recordOnAll();
    trial.call('flushSync', () => trial.backend.flushSync?.());
    await trial.close();
    trial.call('flushSync', () => trial.backend.flushSync?.());
    trial.audit();
  }),

  conformanceCheck('a close that may take no time at all still leaves nothing pending', async (trial) => {
    trial.ignoreGoods();
    trial.recordEverything();
    await trial.close(0);
  }),

  conformanceCheck(
    'a broken transport costs samples, counted and reported, and close keeps its deadline',
    async (trial) => {
      if (!(await trial.breakTransport())) return;
      trial.recordEverything();
      const flush = trial.startFlush();
      trial.audit();
      trial.recordOnAll();
      await trial.close(200);
      await flush.resolved();
      const lost = Object.values(trial.audit().dropped).reduce((sum, count) => sum + count, 0);
      assert.ok(lost === 0 || trial.problems.length > 0, `${lost} samples were lost, and no problem reported`);
    },
  ),

  conformanceCheck(
    'a host that throws at a report breaks nothing',
    async (trial) => {
      trial.ignoreGoods();
      trial.recordEverything();
      trial.incr(0, 1e308);
      trial.incr(0, 1e308);
      await trial.flush();
      await trial.breakTransport();
      trial.recordOnAll();
      await trial.close(200);
      trial.recordOnAll();
      await trial.flush();
    },
    { hostThrows: true },
  ),

  {
    name: 'a program that forgets to close still ends',
    run: async ({ program }) => {
      if (program !== undefined) await assertEnds(program);
    },
  },
];

/** A backend that keeps its process alive makes deployments hang. */
function assertEnds({ source, cwd, timeout = 4000 }: BackendProgram): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
      ...(cwd !== undefined && { cwd }),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let complaint = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeout);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint += text;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      if (late) reject(new assert.AssertionError({ message: `the process still ran after ${timeout} ms` }));
      else if (code !== 0)
        reject(new assert.AssertionError({ message: `the process ended with code ${code}: ${complaint}` }));
      else resolve();
    });
  });
}
