// Packages that the application has installed, and this package has not.
import type * as Module from 'node:module';
import { builtinModule } from './runtime.js';

/** Returns files from whose place packages of the application are found. */
export function applicationFiles(): string[] {
  // The main file belongs to the runtime on AWS Lambda, and to the tool under a test runner or a development server.
  return [process.argv[1], `${process.cwd()}/main.js`].filter((file) => file !== undefined);
}

/**
 * Loads a package as the first of these files that finds it. Returns undefined if none does. Only where Node.js, Deno or Bun has
 * the module `node:module`.
 *
 * @throws what the package throws while it is loaded.
 */
export function loadInstalled(name: string, files: readonly string[]): unknown {
  const { createRequire } = builtinModule<typeof Module>('node:module')!;
  for (const file of files) {
    const require = createRequire(file);
    try {
      require.resolve(name);
    } catch (error) {
      if ((error as { code?: unknown }).code === 'MODULE_NOT_FOUND') continue;
      throw error;
    }
    return require(name);
  }
  return undefined;
}
