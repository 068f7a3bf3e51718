import { spawnSync } from 'node:child_process';

const isRequired = process.env['METRICS_REQUIRE_SERVERS'] === '1';

/**
 * `describe`, or a visible skip where a Debian server is not installed; with METRICS_REQUIRE_SERVERS=1 its tests run, and
 * fail, all the same.
 */
export function describeWith(program: string): typeof describe.only {
  const isInstalled = spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
  return isRequired || isInstalled ? describe : describe.skip;
}
