import { spawnSync } from 'node:child_process';

/**
 * `describe`, or a visible skip where a Debian server is not installed; with METRICS_REQUIRE_SERVERS=1 its tests run, and
 * fail, all the same.
 */
export function describeWith(program: string): typeof describe.only {
  const installed = spawnSync(program, ['-h'], { stdio: 'ignore' }).error === undefined;
  return installed || process.env['METRICS_REQUIRE_SERVERS'] === '1' ? describe : describe.skip;
}
