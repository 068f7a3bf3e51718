import { cpSync } from 'node:fs';
import path from 'node:path';
import { pnpm, publishedPackages, readJson, root, run } from '../workspace.mjs';

const skipped = new Set(['node_modules', 'dist', 'coverage', '.git', '.turbo', '.docs-check']);

/**
 * Releases a copy of the workspace, exactly as a release would go.
 *
 * @param {string} copy the folder for the copy
 * @param {NodeJS.ProcessEnv} environment of the private registry
 */
export function release(copy, environment) {
  cpSync(root, copy, { recursive: true, filter: (source) => !skipped.has(path.basename(source)) });
  const git = ['git', '-c', 'user.name=release', '-c', 'user.email=release@localhost'];
  run([...git, 'init', '--quiet'], { cwd: copy, quiet: true });
  run([...git, 'add', '--all'], { cwd: copy, quiet: true });
  run([...git, 'commit', '--quiet', '--no-verify', '--message', 'Everything'], { cwd: copy, quiet: true });
  run([process.execPath, 'scripts/bootstrap.mjs'], { cwd: copy, quiet: true });
  run([...pnpm, 'exec', 'changeset', 'version'], { cwd: copy, quiet: true });
  // Installs once more: the lockfile must still fit.
  run([process.execPath, 'scripts/bootstrap.mjs', 'build'], { cwd: copy, quiet: true });
  run([...pnpm, 'exec', 'changeset', 'publish', '--no-git-tag'], { cwd: copy, env: environment, quiet: true });
  const versions = new Set(
    publishedPackages.map(({ folder }) => readJson(path.join(copy, 'packages', folder, 'package.json')).version),
  );
  const [version = ''] = versions;
  if (versions.size !== 1) throw new Error(`the packages do not share one version: ${[...versions].join(', ')}`);
  console.log(`released ${publishedPackages.map(({ manifest }) => manifest.name).join(', ')} ${version}`);
}
