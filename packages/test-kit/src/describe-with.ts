import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

/**
 * Returns `describe` if what its tests need is available, otherwise a `describe` that skips them visibly. With the
 * environment variable METRICS_REQUIRE_SERVERS=1 nothing is skipped: the tests run, and fail.
 */
export function describeIf(isAvailable: boolean): typeof describe.only {
  return isAvailable || process.env['METRICS_REQUIRE_SERVERS'] === '1' ? describe : describe.skip;
}

/** {@link describeIf} a program is installed, such as the server of a Debian package. */
export function describeWith(program: string): typeof describe.only {
  return describeIf(isInstalled(program));
}

/**
 * {@link describeIf} Unix datagrams work: their native package needs a compiler to be built, and their receiver needs
 * Python.
 */
export const describeWithUnixDatagrams: typeof describe.only = describeIf(
  isInstalled('python3') && canLoad('unix-dgram'),
);

function isInstalled(program: string): boolean {
  return spawnSync(program, ['-h'], { stdio: 'ignore' }).error === undefined;
}

function canLoad(nativePackage: string): boolean {
  try {
    createRequire(__filename)(nativePackage);
    return true;
  } catch {
    return false;
  }
}
