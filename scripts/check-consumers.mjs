// Releases a copy of the workspace into a private registry on this machine, exactly as a release would go, and then does what
// a new user does: installs by name, checks what came along, sends counters from an ES module and from CommonJS, and compiles
// against the published declarations with old and new compilers.
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startPrivateRegistry } from './private-registry.mjs';
import { pnpm, publishedPackages, readJson, root, run, succeeds } from './workspace.mjs';

const BUNDLER = 'esbuild@0.28.2';
const compilers = { ts54: '5.4.5', ts59: '5.9.3', ts60: '6.0.3', ts70: '7.0.2' };
/** The packages that `npm install @metrics/core @metrics/statsd` may install. */
const expectedPackages = ['@metrics/aggregation', '@metrics/core', '@metrics/statsd'];
/** The same for `npm install @metrics/core @metrics/datadog`, and the bytes that all of it may take. */
const expectedWithDatadog = ['@metrics/aggregation', '@metrics/core', '@metrics/datadog', 'undici'];
const DATADOG_LIMIT = 5_000_000;

const workplace = mkdtempSync(path.join(tmpdir(), 'consumers-'));
const copy = path.join(workplace, 'copy');
const consumer = path.join(workplace, 'consumer');
/** @type {string[]} */
const errors = [];

const { environment, stop } = await startPrivateRegistry(path.join(workplace, 'registry'));
process.once('exit', () => {
  stop();
  rmSync(workplace, { recursive: true, force: true });
});

const version = release();
install();
checkInstalled();
installDatadog();
await send('import', 'mjs');
await send('require', 'cjs');
await sendBundled();
compile();

for (const error of errors) console.error(error);
process.exit(errors.length > 0 ? 1 : 0);

/** Returns the released version. */
function release() {
  const skipped = new Set(['node_modules', 'dist', 'coverage', '.git', '.turbo', '.docs-check']);
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
  if (versions.size !== 1) errors.push(`the packages do not share one version: ${[...versions].join(', ')}`);
  const [only = ''] = versions;
  console.log(`released ${publishedPackages.map(({ manifest }) => manifest.name).join(', ')} ${only}`);
  return only;
}

function install() {
  mkdirSync(consumer);
  writeFileSync(path.join(consumer, 'package.json'), JSON.stringify({ name: 'consumer', private: true }));
  run(['npm', 'install', '@metrics/core', '@metrics/statsd'], { cwd: consumer, env: environment, quiet: true });
}

/** Installs in its own folder: no dependency of datadog-metrics' heavy client may come along. */
function installDatadog() {
  const folder = path.join(workplace, 'datadog');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true }));
  run(['npm', 'install', '@metrics/core', '@metrics/datadog'], { cwd: folder, env: environment, quiet: true });
  expectInstalled(folder, expectedWithDatadog);
  const size = sizeOf(path.join(folder, 'node_modules'));
  if (size > DATADOG_LIMIT)
    errors.push(`@metrics/core and @metrics/datadog take ${size} bytes, ${DATADOG_LIMIT} are allowed`);
  console.log(`installed @metrics/core and @metrics/datadog: ${Math.ceil(size / 1000)} kB`);
  const load = `import('@metrics/datadog').then(({ DatadogMetricsBackend }) => new DatadogMetricsBackend({ apiKey: '0123456789' }))`;
  if (!succeeds([process.execPath, '-e', load], { cwd: folder, quiet: true }))
    errors.push('@metrics/datadog does not load from what was installed');
}

/**
 * @param {string} folder
 * @param {readonly string[]} expected
 */
function expectInstalled(folder, expected) {
  /** @type {Record<string, { version?: string, optional?: boolean, peer?: boolean, resolved?: string }>} */
  const installed = readJson(path.join(folder, 'package-lock.json')).packages;
  const entries = Object.entries(installed).filter(([place]) => place !== '');
  const required = entries
    .filter(([, entry]) => !entry.optional)
    .map(([place]) => place.replace('node_modules/', ''))
    .toSorted();
  if (required.join() !== expected.join())
    errors.push(`expected ${expected.join(', ')} to be installed and found ${required.join(', ')}`);
  return entries;
}

function checkInstalled() {
  const entries = expectInstalled(consumer, expectedPackages);
  for (const [place, entry] of entries) {
    if (!place.includes('@metrics/')) continue;
    if (entry.version !== version) errors.push(`${place} is ${entry.version} instead of ${version}`);
    for (const file of ['README.md', 'LICENSE', 'package.json', 'dist'])
      if (!existsSync(path.join(consumer, place, file))) errors.push(`${place} was published without ${file}`);
    const text = readFileSync(path.join(consumer, place, 'package.json'), 'utf8');
    if (text.includes('workspace:')) errors.push(`${place} refers to the workspace`);
  }
  console.log('installed, in kB on disk:');
  for (const [place, entry] of entries) {
    const size = existsSync(path.join(consumer, place)) ? Math.ceil(sizeOf(path.join(consumer, place)) / 1024) : 0;
    console.log(
      `${String(size).padStart(6)} ${place.replace('node_modules/', '')}${entry.optional ? ' (optional)' : ''}`,
    );
  }
}

/**
 * @param {'import' | 'require'} kind
 * @param {'mjs' | 'cjs'} extension
 */
async function send(kind, extension) {
  const load =
    kind === 'import'
      ? `import { metrics } from '@metrics/core';\nimport { StatsdMetricsBackend } from '@metrics/statsd';`
      : `const { metrics } = require('@metrics/core');\nconst { StatsdMetricsBackend } = require('@metrics/statsd');`;
  const file = path.join(consumer, `send.${extension}`);
  writeFileSync(
    file,
    `${load}
metrics.register(new StatsdMetricsBackend({ host: '127.0.0.1', port: Number(process.argv[2]) }), { prefix: 'shop.' });
metrics.incr('jobs.started', 3);
metrics.close();
`,
  );
  await expectReceived(kind, file);
}

/** Bundles the program that imports, as applications for AWS Lambda are, and runs it in a folder without packages. */
async function sendBundled() {
  const folder = path.join(workplace, 'bundler');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true }));
  run(['npm', 'install', '--no-audit', '--no-fund', BUNDLER], { cwd: folder, quiet: true });
  for (const [format, extension] of Object.entries({ esm: 'mjs', cjs: 'cjs' })) {
    const bundle = path.join(workplace, `bundled.${extension}`);
    const options = {
      entryPoints: [path.join(consumer, 'send.mjs')],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format,
    };
    run([process.execPath, '-e', `require('esbuild').buildSync(${JSON.stringify(options)})`], { cwd: folder });
    await expectReceived(`bundled by ${BUNDLER} to ${format}`, bundle);
  }
}

/**
 * Runs a program with the port of a receiver.
 *
 * @param {string} name
 * @param {string} file
 */
async function expectReceived(name, file) {
  const receiver = createSocket('udp4');
  receiver.bind(0, '127.0.0.1');
  await once(receiver, 'listening');
  let received = '';
  receiver.on('message', (datagram) => (received += datagram));
  // Not with spawnSync, which would keep this process from receiving.
  const [code] = await once(
    spawn(process.execPath, [file, String(receiver.address().port)], {
      cwd: path.dirname(file),
      stdio: 'inherit',
      timeout: 20_000,
    }),
    'close',
  );
  const arrived = await eventually(() => received.startsWith('shop.jobs.started:3|c'), 5000);
  receiver.close();
  if (code === 0 && arrived) console.log(`${name}: received ${received.trim()}`);
  else errors.push(`${name}: exit code ${code}, received ${JSON.stringify(received)}`);
}

function compile() {
  const folder = path.join(workplace, 'compilers');
  mkdirSync(folder);
  const devDependencies = Object.fromEntries(
    Object.entries(compilers).map(([name, number]) => [name, `npm:typescript@${number}`]),
  );
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true, devDependencies }));
  run(['npm', 'install', '--no-audit', '--no-fund'], { cwd: folder, quiet: true });
  const { '@types/node': nodeTypes } = readJson(path.join(root, 'package.json')).devDependencies;
  run(['npm', 'install', '--save-dev', `@types/node@${nodeTypes}`, '@metrics/testing'], {
    cwd: consumer,
    env: environment,
    quiet: true,
  });

  const program = `import { anyValue, DummyMetricsBackend, metrics, type MetricsBackend, type Tags } from '@metrics/core';
import { Interner } from '@metrics/core/backend';
import { routeTemplate, statusClass } from '@metrics/core/normalizers';
import { StatsdMetricsBackend } from '@metrics/statsd';
import { RecordingBackend } from '@metrics/testing';

export const backends: MetricsBackend[] = [new DummyMetricsBackend(), new RecordingBackend(), new StatsdMetricsBackend({ host: '127.0.0.1', port: 8125 })];
export const id: number = new Interner().acquire('text');
metrics.register(new StatsdMetricsBackend({ host: '127.0.0.1', port: 8125 }), { prefix: 'shop.' });
metrics.incr('jobs.started', { tags: { task_name: 'send_email' } });
metrics.incr('bytes.sent', 512, { tags: { status: 200 } });
// @ts-expect-error -- tags belong into \`tags\`
metrics.incr('x', 1, { status: '200' });
// @ts-expect-error -- one value per request
metrics.incr('x', { tags: { request_id: 'x' } });
// @ts-expect-error -- an identifier
metrics.timer('x', { tags: { userId: 5 } }, () => 1);

declare module '@metrics/core' {
  interface AllowedTags {
    broker_id: true;
  }
}
interface Shape {
  readonly status: string;
  readonly code?: number;
}
export function wrapper<Given extends Tags>(tags: Given, shape: Shape, record: Record<string, string>): void {
  for (const options of [{ tags: record }, {}]) metrics.incr('x', options);
  metrics.incr('x', { tags });
  metrics.incr('x', { tags: { ...tags, more: 1 } });
  metrics.incr('x', { tags: shape });
  metrics.incr('x', { tags: { broker_id: 5, route: routeTemplate('/users/42'), status: statusClass(503) } as const });
}
const done = metrics.defineCounter('jobs.done', { tags: { result: ['success', 'failure'], task_id: anyValue } });
done.incr({ result: 'success', task_id: 5 });
// @ts-expect-error -- not a listed value
done.incr({ result: 'other' });
// @ts-expect-error -- not a declared key
done.incr(2, { queue: 'mail' });
`;
  for (const extension of ['mts', 'cts']) writeFileSync(path.join(consumer, `consumer.${extension}`), program);
  for (const compiler of Object.keys(compilers)) {
    for (const module of ['node16', 'nodenext']) {
      const compilerOptions = {
        module,
        target: 'es2022',
        strict: true,
        skipLibCheck: false,
        noEmit: true,
        types: ['node'],
      };
      writeFileSync(path.join(consumer, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['consumer.*'] }));
      const tsc = path.join(folder, 'node_modules', compiler, 'bin', 'tsc');
      const name = `TypeScript ${compilers[/** @type {keyof typeof compilers} */ (compiler)]}, ${module}`;
      if (succeeds([process.execPath, tsc, '-p', consumer], { quiet: true })) console.log(`${name}: compiles`);
      else errors.push(`${name}: does not compile, see above`);
    }
  }
}

/**
 * @param {string} place
 * @returns {number} bytes
 */
function sizeOf(place) {
  if (!statSync(place).isDirectory()) return statSync(place).size;
  return readdirSync(place).reduce((sum, name) => sum + sizeOf(path.join(place, name)), 0);
}

/**
 * @param {() => boolean | Promise<boolean>} condition
 * @param {number} limit milliseconds
 */
async function eventually(condition, limit) {
  const deadline = Date.now() + limit;
  while (!(await condition()) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  return condition();
}
