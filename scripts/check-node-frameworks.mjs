// Counts the requests of frameworks that are too large for the workspace, on real servers with the built packages: NestJS on
// Express and on Fastify, and Next.js. Counts must be exact and routes templates, for nested routers, errors, 404 and aborts.
// Those that are small are in packages/node/test/frameworks. Needs a build and the npm registry. Arguments select frameworks:
// `node scripts/check-node-frameworks.mjs nest`.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { NEST_FILES, NEXT_FILES } from './node-frameworks/programs.mjs';
import { freePort } from './private-registry.mjs';
import { root, run } from './workspace.mjs';

const TIMEOUT_MS = 120_000;

/**
 * @typedef {object} Framework
 * @property {string[]} packages
 * @property {Record<string, string>} files
 * @property {string[][]} builds commands that are run before the server
 * @property {(port: string) => string[]} server the program that serves, which reports its samples at the port after its own
 * @property {string[]} requests sent three times each
 * @property {string} hanging a request whose client leaves
 * @property {Record<string, number>} expected
 */

const nest = {
  packages: ['core', 'common', 'platform-express', 'platform-fastify']
    .map((name) => `@nestjs/${name}@12.5.0`)
    .map((name) => name.replace('core@12.5.0', 'core@12.5.1'))
    .concat('reflect-metadata@0.2', 'rxjs@7'),
  files: NEST_FILES,
  builds: [],
  requests: [
    'GET /api/v1/users/1',
    'HEAD /api/v1/users/1',
    'GET /api/v1/users/2?full=1',
    'GET /api/v1/users/1/missing',
    'GET /api/v1/users/1/boom',
    'GET /api/v1/users/1/denied',
    'POST /api/v1/users',
    'GET /api/v1/admin/reports/7',
    'GET /api/v1/nowhere/5',
    'GET /nowhere',
  ],
  hanging: '/api/v1/users/1/hang',
  expected: {
    'GET 200 /api/v1/users/:id': 6,
    'HEAD 200 /api/v1/users/:id': 3,
    'GET 404 /api/v1/users/:id/missing': 3,
    'GET 500 /api/v1/users/:id/boom': 3,
    'GET 403 /api/v1/users/:id/denied': 3,
    'POST 201 /api/v1/users': 3,
    'GET 200 /api/v1/admin/reports/:id': 3,
    'GET 404 -': 6,
    'GET aborted /api/v1/users/:id/hang': 1,
  },
};

/** @type {Record<string, Framework>} */
const frameworks = {
  'nest on express': { ...nest, server: (port) => ['node', 'main.mjs', 'express', port] },
  'nest on fastify': { ...nest, server: (port) => ['node', 'main.mjs', 'fastify', port] },
  next: {
    packages: ['next@16.4.6', 'react@19.3.1', 'react-dom@19.3.1'],
    files: NEXT_FILES,
    builds: [['npx', 'next', 'build']],
    server: (port) => ['node', 'node_modules/next/dist/bin/next', 'start', '-p', port],
    requests: [
      'GET /',
      'GET /users/1',
      'HEAD /users/2',
      'GET /users/1?tab=2',
      'GET /docs/a/b',
      'GET /about',
      'GET /api/users/1',
      'POST /api/users/1',
      'GET /api/users/missing',
      'GET /api/users/boom',
      'GET /old/page',
      'GET /api/old/7',
      'GET /nowhere/5',
    ],
    hanging: '/api/hang/1',
    expected: {
      'GET 200 /': 3,
      'GET 200 /users/[id]': 6,
      'HEAD 200 /users/[id]': 3,
      'GET 200 /docs/[...path]': 3,
      'GET 200 /about': 3,
      'GET 200 /api/users/[id]': 3,
      'POST 201 /api/users/[id]': 3,
      'GET 404 /api/users/[id]': 3,
      'GET 500 /api/users/[id]': 3,
      'GET 200 /old/[slug]': 3,
      'GET 200 /api/old/[id]': 3,
      'GET 404 -': 3,
      'GET aborted /api/hang/[id]': 1,
    },
  },
};

const words = process.argv.slice(2);
const selected = Object.entries(frameworks).filter(([name]) => words.every((word) => name.split(' ').includes(word)));
for (const [name, framework] of selected) {
  const folder = mkdtempSync(path.join(tmpdir(), 'node-frameworks-'));
  try {
    const { counts, inFlight, printed } = await count(framework, folder);
    const isRight = isDeepStrictEqual(counts, framework.expected) && inFlight === 0;
    console.log(`${name}: ${isRight ? 'ok' : 'failed'}`);
    if (isRight) continue;
    console.log({ counts, expected: framework.expected, inFlight }, printed);
    process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Resolves with the number of samples by `GET 200 /users/:id`.
 *
 * @param {Framework} framework
 * @param {string} folder
 */
async function count({ packages, files, builds, server, requests, hanging, expected }, folder) {
  for (const [name, text] of Object.entries({ 'package.json': '{ "private": true }', ...files })) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  run(['npm', 'install', '--no-audit', '--no-fund', '--loglevel', 'error', ...packages], { cwd: folder, quiet: true });
  for (const name of ['core', 'node', 'testing'])
    for (const part of ['package.json', 'dist'])
      cpSync(path.join(root, 'packages', name, part), path.join(folder, 'node_modules/@metrics', name, part), {
        recursive: true,
      });
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' };
  for (const build of builds) run(build, { cwd: folder, env, quiet: true });

  const port = await freePort();
  const samplesPort = await freePort();
  const [command = '', ...parameters] = server(String(port));
  const child = spawn(command === 'node' ? process.execPath : command, parameters, {
    cwd: folder,
    env: { ...env, SAMPLES_PORT: String(samplesPort) },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (printed += text));
  /** @returns {Promise<{ samples: Record<string, string>[], inFlight: number }>} */
  const readSamples = async () =>
    /** @type {any} */ (await (await fetch(`http://127.0.0.1:${samplesPort}/samples`)).json());
  try {
    await eventually(
      () => readSamples().then(() => true),
      () => printed,
    );
    await eventually(
      () => isListening(port),
      () => printed,
    );
    for (const request of requests) {
      const [method = '', target = ''] = request.split(' ');
      for (let each = 0; each < 3; each += 1)
        await (await fetch(`http://127.0.0.1:${port}${target}`, { method, redirect: 'manual' })).text();
    }
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.write(`GET ${hanging} HTTP/1.1\r\nHost: test\r\n\r\n`);
    await eventually(
      async () => (await readSamples()).inFlight === 1,
      () => printed,
    );
    // The framework has found the route a moment later, which no one outside can see.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    socket.destroy();
    const total = Object.values(expected).reduce((sum, each) => sum + each, 0);
    await eventually(async () => {
      const { samples, inFlight } = await readSamples();
      return inFlight === 0 && samples.length >= total;
    }).catch(() => {});
    const { samples, inFlight } = await readSamples();
    /** @type {Record<string, number>} */
    const counts = {};
    for (const { method, status, error, route = '-' } of samples) {
      const name = `${method} ${error ?? status} ${route}`;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return { counts, inFlight, printed };
  } finally {
    child.kill('SIGKILL');
  }
}

/** @param {number} port */
function isListening(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });
}

/**
 * @param {() => Promise<unknown>} condition
 * @param {() => string} [describe]
 */
async function eventually(condition, describe = () => '') {
  const deadline = Date.now() + TIMEOUT_MS;
  while (!(await condition().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`Timed out. ${describe()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
