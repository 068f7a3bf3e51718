import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { run } from './workspace.mjs';

const START_LIMIT_MILLISECONDS = 60_000;
// The override replaces a dependency on a tag that not every registry has.
const dependencies = { dependencies: { verdaccio: '6.8.0' }, overrides: { 'node-fetch': '2.7.0' } };

/**
 * Starts a registry on this machine that holds `@metrics/*` and takes all other packages from the configured registry.
 *
 * @param {string} folder for its installation and its files; what it holds already is used
 * @returns {Promise<{ environment: NodeJS.ProcessEnv, stop: () => void }>} the environment in which npm and pnpm use it
 */
export async function startPrivateRegistry(folder) {
  mkdirSync(folder, { recursive: true });
  const program = path.join(folder, 'node_modules', 'verdaccio', 'bin', 'verdaccio');
  if (!existsSync(program)) {
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true, ...dependencies }));
    run(['npm', 'install', '--no-audit', '--no-fund'], { cwd: folder, quiet: true });
  }
  const config = {
    storage: './storage',
    uplinks: { upstream: { url: configuredRegistry() } },
    packages: {
      '@metrics/*': { access: '$all', publish: '$all' },
      '**': { access: '$all', proxy: 'upstream' },
    },
    log: { type: 'stdout', format: 'pretty', level: 'error' },
  };
  // Verdaccio reads YAML, and JSON is YAML.
  writeFileSync(path.join(folder, 'config.yaml'), JSON.stringify(config));
  const port = await freePort();
  const server = spawn(
    process.execPath,
    ['--no-warnings', program, '--config', 'config.yaml', '--listen', `127.0.0.1:${port}`],
    { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const url = `http://127.0.0.1:${port}/`;
  const deadline = Date.now() + START_LIMIT_MILLISECONDS;
  while (!(await responds(`${url}-/ping`))) {
    if (server.exitCode !== null || Date.now() > deadline) throw new Error('the private registry does not respond');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }

  const userConfig = path.join(folder, 'npmrc');
  writeFileSync(userConfig, `registry=${url}\n//127.0.0.1:${port}/:_authToken=any\naudit=false\nfund=false\n`);
  const { npm_config_userconfig: _, ...inherited } = process.env;
  // With the file alone, pnpm would publish to the public registry.
  const environment = { ...inherited, NPM_CONFIG_USERCONFIG: userConfig, npm_config_registry: url };
  if (configuredRegistry(environment) !== url) throw new Error('npm would not use the private registry');
  return { environment, stop: () => void server.kill() };
}

/** @param {NodeJS.ProcessEnv} [env] */
function configuredRegistry(env = process.env) {
  const shell = process.platform === 'win32';
  return execFileSync('npm', ['config', 'get', 'registry'], { env, shell, stdio: 'pipe', encoding: 'utf8' }).trim();
}

/** @param {string} url */
async function responds(url) {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** Returns a TCP port that nothing listens on. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
