// Two versions of core in one process.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expectDelivery } from './receivers.mjs';

/**
 * Publishes an older version without one method, under another name in `node_modules`. Whichever is loaded first holds the
 * facade; a caller of the method through the other gets no TypeError, and the sample is counted.
 *
 * @param {import('./workplace.mjs').Workplace} workplace
 */
export async function runTwoVersions(workplace) {
  const everything = await workplace.everything();
  const version = `0.0.1-older.${Date.now()}`;
  const older = workplace.folder('older core');
  copyFolder(path.join(everything, 'node_modules', '@metrics', 'core'), older, (name, text) => {
    if (name === 'package.json') {
      const { scripts: _, ...manifest } = JSON.parse(text);
      return JSON.stringify({ ...manifest, version });
    }
    return /\.c?js$/.test(name) ? text.replaceAll(/^\tdistribution\(key/gm, '\tremoved_distribution(key') : text;
  });
  await workplace.execute(['npm', 'publish', '--tag', 'older'], { cwd: older });
  const installed = await workplace.everything(`older-core@npm:@metrics/core@${version}`);
  const orders = [
    ['older-core', '@metrics/core', 'the newer calls the older'],
    ['@metrics/core', 'older-core', 'the older calls the newer'],
  ];
  for (const [first, second] of orders)
    for (const kinds of ['esm esm', 'esm cjs', 'cjs esm', 'cjs cjs']) {
      const [firstKind, secondKind] = kinds.split(' ');
      const load = (/** @type {string | undefined} */ kind, /** @type {string | undefined} */ name) =>
        kind === 'esm' ? `await import('${name}')` : `require('${name}')`;
      const folder = workplace.folderIn(installed, `versions ${first} ${kinds}`, {
        'package.json': { private: true },
        'app.mjs': `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const { metrics: first, DummyMetricsBackend } = ${load(firstKind, first)};
const problems = [];
const { createBackend } = await import('@metrics/statsd');
first.register(createBackend({ host: '127.0.0.1', port: Number(process.argv[2]) }), { onError: ({ code }) => problems.push(code) });
const { metrics } = ${load(secondKind, second)};
metrics.incr('consumer.jobs.started', 3);
metrics.distribution('sizes', 5);
metrics.child({ prefix: 'a.' }).distribution('sizes', 5);
await metrics.close();
const { dropped } = metrics.stats();
console.log('outcome', JSON.stringify({ problems, dropped }));
`,
      });
      await expectDelivery('statsd', async (port) => {
        const printed = await workplace.execute([process.execPath, 'app.mjs', port], { cwd: folder });
        const isMissing = first === 'older-core';
        const expected = isMissing
          ? { problems: ['missing_method'], dropped: { missing_method: 2 } }
          : { problems: [], dropped: {} };
        if (!printed.includes(`outcome ${JSON.stringify(expected)}`)) throw new Error(`${first} ${kinds}: ${printed}`);
        return printed;
      });
    }
}

/**
 * @param {string} from
 * @param {string} to
 * @param {(name: string, text: string) => string} edit
 */
function copyFolder(from, to, edit) {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    const source = path.join(entry.parentPath, entry.name);
    const target = path.join(to, path.relative(from, source));
    if (entry.isDirectory()) continue;
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, edit(entry.name, readFileSync(source, 'utf8')));
  }
}
