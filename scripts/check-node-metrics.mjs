// Runs the tests of @metrics/node under the oldest and the newest Node.js of each line: which channels exist, and when they
// are published, differs. Arguments select versions: `node scripts/check-node-metrics.mjs 24`.
import { nodeVersions, succeeds } from './workspace.mjs';

const versions = process.argv.length > 2 ? process.argv.slice(2) : nodeVersions;
const jest = [
  'node_modules/jest/bin/jest.js',
  '--config',
  'jest.config.cjs',
  '--maxWorkers',
  '2',
  'packages/node/test',
];

const failed = versions.filter((version) => {
  const passed = succeeds(['npx', '--yes', '-p', `node@${version}`, 'node', ...jest], { quiet: true });
  console.log(`node@${version}: ${passed ? 'ok' : 'failed'}`);
  return !passed;
});
process.exitCode = failed.length > 0 ? 1 : 0;
