// Runs the tests of @metrics/node under the oldest and the newest Node.js of each line: which channels exist, and when they
// are published, differs. Compares the metrics that the build records under each with the table in its README; `--update`
// writes the table, without the tests. Needs a build. Arguments select versions: `node scripts/check-node-metrics.mjs 24`.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { checkTable } from './node-metrics-table.mjs';
import { nodeVersions, root, succeeds } from './workspace.mjs';

const isUpdate = process.argv.includes('--update');
const selected = process.argv.slice(2).filter((each) => each !== '--update');
const versions = selected.length > 0 ? selected : nodeVersions;
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
  const probe = spawnSync('npx', [...node, path.join(root, 'packages/node/test/metrics-probe.mjs')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  });
  recorded.set(version, JSON.parse(probe.stdout));
  if (isUpdate) continue;
  const passed = succeeds(['npx', ...node, ...jest], { quiet: true });
  console.log(`node@${version}: ${passed ? 'ok' : 'failed'}`);
  if (!passed) process.exitCode = 1;
}
// The table says what all versions have.
if (versions.length === nodeVersions.length) checkTable(recorded);
