// The workspace for scripts: its root, its published packages, and how to run a program of the toolchain.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {boolean} [private]
 * @property {Record<string, unknown>} exports
 */

export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * The published packages.
 * @type {{ folder: string, directory: string, manifest: Manifest }[]}
 */
export const publishedPackages = readdirSync(path.join(root, 'packages'))
  .filter((folder) => existsSync(path.join(root, 'packages', folder, 'package.json')))
  .map((folder) => {
    const directory = path.join(root, 'packages', folder);
    return { folder, directory, manifest: readJson(path.join(directory, 'package.json')) };
  })
  .filter(({ manifest }) => !manifest.private);

/** @returns {string[]} the pages of docs, relative to it, without those that are generated from the sources */
export function documentPages() {
  return readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.md') && !/^(?:api|\.vitepress)\//.test(name));
}

/** @param {string} file */
export function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/**
 * The command line that runs the pinned pnpm. It is not a dependency of the workspace: a local copy would delete itself
 * when it recreates node_modules.
 */
export const pnpm = ['npx', '--yes', '--prefer-offline', readJson(path.join(root, 'package.json')).packageManager];

/**
 * Runs a program, one of the workspace's tools for example, to its end.
 *
 * @param {readonly string[]} commandLine
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean }} [options] `quiet` shows the output only on failure
 * @returns {boolean} whether it succeeded
 */
export function succeeds([command = '', ...parameters], { cwd = root, env = process.env, quiet = false } = {}) {
  const { error, status, stdout, stderr } = spawnSync(command, parameters, {
    cwd,
    env: {
      // turbo has no setting in turbo.json that keeps it from phoning home.
      TURBO_TELEMETRY_DISABLED: '1',
      ...env,
      PATH: path.join(root, 'node_modules', '.bin') + path.delimiter + (env['PATH'] ?? ''),
    },
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    // npx and the tools are batch files there.
    shell: process.platform === 'win32',
  });
  if (error) throw error;
  if (status !== 0 && quiet) process.stderr.write(stdout + stderr);
  return status === 0;
}

/**
 * Like {@link succeeds}, for steps that all others need: ends this process when the program fails.
 * @type {(...parameters: Parameters<typeof succeeds>) => void}
 */
export function run(commandLine, options) {
  if (succeeds(commandLine, options)) return;
  console.error(`failed: ${commandLine.join(' ')}`);
  process.exit(1);
}

/** The oldest supported version of Node.js, and the newest of each line. */
export const nodeVersions = ['20.19.0', '22', '24', '26'];
