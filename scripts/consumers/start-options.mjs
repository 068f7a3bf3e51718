// Applications without code for the backend.
import path from 'node:path';
import { expectDelivery } from './receivers.mjs';

const appText = {
  mjs: `import { metrics } from '@metrics/core';
metrics.incr('jobs.started', 3);
`,
  cjs: `const { metrics } = require('@metrics/core');
metrics.incr('jobs.started', 3);
`,
};

/**
 * The environment alone names two backends. The history is read from its snapshot.
 *
 * @param {import('./workplace.mjs').Workplace} workplace
 */
export async function runAuto(workplace) {
  const installed = await workplace.everything();
  for (const kind of /** @type {const} */ (['mjs', 'cjs']))
    for (const flag of ['--import', '--require']) {
      const folder = workplace.folderIn(installed, `auto ${flag} ${kind}`, {
        'package.json': { private: true },
        [`app.${kind}`]: appText[kind],
        'history.mjs': `import { createBackend } from '@metrics/timeseries';
const history = createBackend({ include: ['*'], snapshot: { path: './history' } });
console.log(await history.sum('jobs.started'));
`,
      });
      await expectDelivery('statsd', (port) =>
        workplace.execute([process.execPath, flag, '@metrics/core/auto', `app.${kind}`], {
          cwd: folder,
          env: {
            METRICS_BACKEND: '@metrics/statsd, @metrics/timeseries',
            METRICS_PREFIX: 'consumer.',
            METRICS_OPTIONS: JSON.stringify({
              '@metrics/statsd': { host: '127.0.0.1', port: Number(port) },
              '@metrics/timeseries': { include: ['*'], snapshot: { path: path.join(folder, 'history') } },
            }),
          },
        }),
      );
      const sum = await workplace.execute([process.execPath, 'history.mjs'], { cwd: folder });
      if (sum.trim() !== '3') throw new Error(`the history has ${sum}`);
    }
}
