// Loads the built packages under other Node.js versions (those that the registry has), Deno and Bun as an ES module and as
// CommonJS, and has each send a counter that must arrive. The process must end by itself, in Deno with the permissions that
// docs/frameworks.md names and no others. Needs a build. Arguments select versions: `node scripts/check-runtimes.mjs 22 deno`.
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { nodeVersions, root } from './workspace.mjs';

const RUN_LIMIT_MILLISECONDS = 120_000;
const versions = process.argv.length > 2 ? process.argv.slice(2) : [...nodeVersions, 'deno@2.9.6', 'bun@1.4.5'];

/** @type {Readonly<Record<string, string>>} */
const loads = {
  import: `import { metrics } from '@metrics/core'; import { StatsdMetricsBackend } from '@metrics/statsd';`,
  require: `const { metrics } = require('@metrics/core'); const { StatsdMetricsBackend } = require('@metrics/statsd');`,
};

const receiver = createSocket('udp4');
receiver.bind(0, '127.0.0.1');
await once(receiver, 'listening');
/** @type {Set<string>} */
const received = new Set();
receiver.on('message', (datagram) => {
  for (const line of datagram.toString().split('\n')) received.add(line.split(':')[0] ?? '');
});

let failed = false;
for (const version of versions) {
  for (const [kind, load] of Object.entries(loads)) {
    const name = `runtime_${version.replaceAll(/\W/g, '_')}.${kind}`;
    const program = `${load}
      metrics.register(new StatsdMetricsBackend({ host: '127.0.0.1', port: ${receiver.address().port} }));
      metrics.incr('${name}');
      console.log(process.version);`;
    const outcome = await runUnder(version, kind, program);
    const arrived = outcome.code === 0 && (await eventually(() => received.has(name)));
    console.log(`${version} ${kind}: ${arrived ? `ok, ${outcome.printed.trim()}` : `failed\n${outcome.printed}`}`);
    failed ||= !arrived;
  }
}
receiver.close();
process.exitCode = failed ? 1 : 0;

/**
 * @param {string} version
 * @param {string} kind
 * @param {string} program
 * @returns {Promise<{ code: number | null, printed: string }>}
 */
async function runUnder(version, kind, program) {
  // Here every package can be found by its name.
  const folder = path.join(root, 'examples');
  const file = path.join(folder, `.runtime-check-${process.pid}.${kind === 'import' ? 'mjs' : 'cjs'}`);
  writeFileSync(file, program);
  const [runtime = ''] = version.split('@');
  const command = {
    deno: ['-p', version, 'deno', 'run', '--no-prompt', '--allow-net=127.0.0.1,0.0.0.0', '--allow-read'],
    bun: ['-p', version, 'bun', 'run'],
  }[runtime] ?? ['-p', `node@${version}`, 'node'];
  const child = spawn('npx', ['--yes', ...command, file], {
    cwd: folder,
    env: { ...process.env, npm_config_loglevel: 'error' },
    timeout: RUN_LIMIT_MILLISECONDS,
    shell: process.platform === 'win32',
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += chunk));
  child.stdin.end();
  const [code] = await once(child, 'close');
  rmSync(file);
  return { code, printed };
}

/** @param {() => boolean} condition */
async function eventually(condition) {
  const deadline = Date.now() + 5000;
  while (!condition() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
  return condition();
}
