// Runs the tests of @metrics/node under the oldest and the newest Node.js of each line: which channels exist, and when they
// are published, differs. Compares the metrics that the build records under each with the tables in its guide; `--update`
// writes the tables, without the tests. Bun and Deno have
// what they can, and say once what they lack. Needs a build. Arguments select versions: `node scripts/check-node-metrics.mjs 24`.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { checkTable } from './node-metrics-table.mjs';
import { nodeVersions, root, succeeds } from './workspace.mjs';

/**
 * Runtimes that lack some of it, and metrics that are missing there. Each has the command that runs a program.
 * @type {Record<string, { command: string[], missing: string[] }>}
 */
const others = {
  'bun@1.4.5': {
    command: ['bun', 'run'],
    missing: [
      'http.server.active_requests',
      'http.server.request.duration',
      'nodejs.eventloop.utilization',
      'v8js.gc.duration',
    ],
  },
  'deno@2.9.6': { command: ['deno', 'run', '-A'], missing: ['nodejs.eventloop.utilization'] },
};

const isUpdate = process.argv.includes('--update');
const selected = process.argv.slice(2).filter((each) => each !== '--update');
const versions = selected.length > 0 ? selected.filter((each) => !(each in others)) : nodeVersions;
const jest = [
  'node_modules/jest/bin/jest.js',
  '--config',
  'jest.config.cjs',
  '--maxWorkers',
  '2',
  'packages/node/test',
];
/** @type {Map<string, import('./node-metrics-table.mjs').RecordedMetric[]>} */
const recorded = new Map();

for (const version of versions) {
  const node = ['--yes', '-p', `node@${version}`, 'node'];
  recorded.set(version, readMetrics(node).metrics);
  if (isUpdate) continue;
  const passed = succeeds(['npx', ...node, ...jest], { quiet: true });
  console.log(`node@${version}: ${passed ? 'ok' : 'failed'}`);
  if (!passed) process.exitCode = 1;
}
// The tables say what all versions have.
if (versions.length === nodeVersions.length) checkTable(recorded);

for (const [name, { command, missing }] of Object.entries(others)) {
  if (isUpdate || (selected.length > 0 && !selected.includes(name))) continue;
  const { metrics, warnings } = readMetrics(['--yes', '-p', name, ...command]);
  const keys = new Set(metrics.map(({ key }) => key));
  const wrong = missing.filter((key) => keys.has(key));
  const isRight = wrong.length === 0 && keys.has('process.memory.usage') && keys.has('metrics.sent');
  // Each part is said once.
  const isSaidOnce = warnings.length > 0 && new Set(warnings).size === warnings.length;
  console.log(`${name}: ${isRight && isSaidOnce ? 'ok' : 'failed'}, ${warnings.join(' ')}`);
  if (isRight && isSaidOnce) continue;
  console.error({ wrong, keys, warnings });
  process.exitCode = 1;
}

/**
 * Returns what the probe records.
 *
 * @param {string[]} runtime
 * @returns {{ metrics: import('./node-metrics-table.mjs').RecordedMetric[], warnings: string[] }}
 */
function readMetrics(runtime) {
  const { stdout } = spawnSync('npx', [...runtime, path.join(root, 'packages/node/test/metrics-probe.mjs')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  });
  return JSON.parse(stdout);
}
