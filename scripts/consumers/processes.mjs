// Applications of several processes at a time, or one after the other.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { eventually, receiveUdp } from './receivers.mjs';

/** Text of a worker: a counter that adds up, and a gauge with the number of the process. */
const workerText = (/** @type {string} */ instance) => `const { metrics } = require('@metrics/core');
const { StatsdMetricsBackend } = require('@metrics/statsd');
metrics.register(new StatsdMetricsBackend({ host: '127.0.0.1', port: Number(process.env.PORT_OF_SERVER) }), {
  prefix: 'consumer.', signals: ['SIGINT', 'SIGTERM'],
});
metrics.incr('jobs.started');
metrics.gauge('memory', 5, { instance: ${instance} });
`;

/** @param {import('./workplace.mjs').Workplace} workplace */
export async function runCluster(workplace) {
  const folder = workplace.folderIn(await workplace.everything(), 'cluster', {
    'package.json': { private: true },
    'app.js': `const cluster = require('node:cluster');
if (cluster.isPrimary) for (let number = 0; number < 4; number += 1) cluster.fork({ WORKER: number });
else {
${workerText('process.env.WORKER')}
  metrics.close().then(() => cluster.worker.disconnect());
}
`,
  });
  await expectFourProcesses(async (port) => {
    await workplace.execute([process.execPath, 'app.js'], { cwd: folder, env: { PORT_OF_SERVER: port } });
  });
}

/** @param {import('./workplace.mjs').Workplace} workplace */
export async function runPm2(workplace) {
  const folder = workplace.folderIn(await workplace.everything('pm2@7.0.4'), 'pm2', {
    'package.json': { private: true },
    'app.js': `${workerText('process.env.NODE_APP_INSTANCE')}
setInterval(() => {}, 1000);
console.log('recorded');
`,
  });
  const runtime = path.join(path.dirname(folder), 'node_modules', 'pm2', 'bin', 'pm2-runtime');
  await expectFourProcesses(async (port) => {
    const server = workplace.start([process.execPath, runtime, 'start', 'app.js', '-i', '4'], {
      cwd: folder,
      env: { PM2_HOME: path.join(folder, '.pm2'), PORT_OF_SERVER: port },
    });
    await server.untilPrinted(/(recorded[^]*){4}/);
    // The samples of the last second are sent by the end alone.
    await server.stop('SIGINT');
  });
}

/** @param {(port: string) => Promise<void>} run */
async function expectFourProcesses(run) {
  const receiver = await receiveUdp();
  try {
    await run(String(receiver.port));
    const isComplete = () =>
      receiver.received().match(/consumer\.jobs\.started/g)?.length === 4 &&
      [0, 1, 2, 3].every((number) => receiver.received().includes(`consumer.memory.${number}:5|g`));
    if (!(await eventually(isComplete))) throw new Error(`received ${receiver.received()}`);
  } finally {
    receiver.stop();
  }
}

/** Each change starts a new process, and none of them has a warning. @param {import('./workplace.mjs').Workplace} workplace */
export async function runWatch(workplace) {
  const receiver = await receiveUdp();
  const text = (/** @type {number} */ edit) => `${workerText(`'w'`)}
metrics.incr('edit_${edit}');
setInterval(() => {}, 1000);
console.log('edit ${edit}', process.listenerCount('exit'));
`;
  const folder = workplace.folderIn(await workplace.everything(), 'watch', {
    'package.json': { private: true },
    'app.js': text(0),
  });
  const program = workplace.start([process.execPath, '--watch', 'app.js'], {
    cwd: folder,
    env: { PORT_OF_SERVER: String(receiver.port) },
  });
  try {
    for (const edit of [0, 1, 2]) {
      if (edit > 0) writeFileSync(path.join(folder, 'app.js'), text(edit));
      await program.untilPrinted(`edit ${edit}`);
    }
    // The first two were sent when their process was stopped, the last by its timer.
    const all = await eventually(() =>
      [0, 1, 2].every((edit) => receiver.received().includes(`consumer.edit_${edit}`)),
    );
    if (!all || program.printed.includes('MetricsWarning'))
      throw new Error(`received ${receiver.received()}\n${program.printed}`);
  } finally {
    await program.stop('SIGTERM');
    receiver.stop();
  }
}
