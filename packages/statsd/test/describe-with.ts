import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const isRequired = process.env['METRICS_REQUIRE_SERVERS'] === '1';

/**
 * `describe`, or a visible skip where a Debian server is not installed; with METRICS_REQUIRE_SERVERS=1 its tests run, and
 * fail, all the same.
 */
export function describeWith(program: string): typeof describe.only {
  return isRequired || isInstalled(program) ? describe : describe.skip;
}

/** The same for Unix datagrams: their native package is built only where there is a compiler, and their receiver is Python. */
export const describeWithUnixDatagrams: typeof describe.only =
  isRequired || (isInstalled('python3') && isBuilt('unix-dgram')) ? describe : describe.skip;

function isInstalled(program: string): boolean {
  return spawnSync(program, ['-h'], { stdio: 'ignore' }).error === undefined;
}

/** Whether hot-shots, whose optional dependency it is, can load a native package. */
function isBuilt(name: string): boolean {
  try {
    createRequire(require.resolve('hot-shots'))(name);
    return true;
  } catch {
    return false;
  }
}
