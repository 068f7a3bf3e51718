// The place in the code that registered a backend.

/**
 * Returns true if two registrations are one that ran twice, as under hot reload or in a test runner: both calls are at the
 * same place. With `NODE_ENV=development` both are in one file, whose lines move when it is edited.
 *
 * @param registrations errors that were created in `Lifecycle.register`.
 */
export function isSameCaller(mode: string | undefined, ...registrations: (Error | undefined)[]): boolean {
  if (mode === 'production') return false;
  const [first, second] = registrations.map((error) => callerOf(error, mode === 'development'));
  return first !== undefined && first === second;
}

function callerOf(error: Error | undefined, isFileEnough: boolean): string | undefined {
  // Development servers add a version to the address of a file, and the module whose code they run again.
  // An application may replace stacks by lists.
  // oxlint-disable-next-line typescript/no-unnecessary-type-conversion -- see above
  const frames = String(error?.stack ?? '').matchAll(/^.*?([^\s()@?]+)(?:\?\S*)?(:\d+:\d+)\)?$/gm);
  const [own, , ...callers] = Array.from(frames, ([, file = '', position = '']) => ({
    file: plainName(file),
    position,
  }));
  // In a bundle, the caller is in the file of this package.
  const caller = callers.find(({ file }) => file !== own?.file && !file.startsWith('node:')) ?? callers[0];
  return caller && caller.file + (isFileEnough ? '' : caller.position);
}

/** Returns what a path and a URL of the same file have in common. */
function plainName(file: string): string {
  return file.replaceAll(/^file:|%\w\w|[^\w.:-]/g, '');
}
