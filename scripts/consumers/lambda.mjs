// AWS Lambda: the main file belongs to the runtime, and the handler is in a folder with packages or a bundle.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { eventually, receiveUdp } from './receivers.mjs';

/**
 * The runtime's bootstrap is in its own folder and imports the handler. It invokes the handler twice, and is then frozen:
 * nothing may be left to send.
 *
 * @param {import('./workplace.mjs').Workplace} workplace
 */
export async function runLambda(workplace) {
  const runtime = workplace.folder('lambda runtime', {
    'bootstrap.mjs': `import { pathToFileURL } from 'node:url';
const { handler } = await import(pathToFileURL(process.env.HANDLER).href);
for (let invocation = 0; invocation < 2; invocation += 1) await handler({});
process.kill(process.pid, 'SIGSTOP');
`,
  });
  const task = workplace.folderIn(await workplace.everything('esbuild@0.28.2'), 'lambda task', {
    'package.json': { private: true },
    'handler.mjs': handlerText(''),
    'bundled.mjs': handlerText(
      `import { createBackend as statsd } from '@metrics/statsd';`,
      `{ factories: { '@metrics/statsd': statsd } }`,
    ),
    'factory.mjs': handlerText(
      `import { createBackend as statsd } from '@metrics/statsd';`,
      `{ backend: statsd, options: JSON.parse(process.env.METRICS_OPTIONS) }`,
    ),
  });
  const bundles = workplace.folder('lambda bundles');
  for (const name of ['bundled', 'factory'])
    for (const format of ['esm', 'cjs']) {
      const output = path.join(bundles, `${name}.${format === 'esm' ? 'mjs' : 'cjs'}`);
      await workplace.execute(
        ['npx', 'esbuild', `${name}.mjs`, '--bundle', '--platform=node', `--format=${format}`, `--outfile=${output}`],
        { cwd: task },
      );
    }
  const handlers = [path.join(task, 'handler.mjs'), ...readdirSync(bundles).map((name) => path.join(bundles, name))];
  for (const handler of handlers) {
    const receiver = await receiveUdp();
    const program = workplace.start([process.execPath, path.join(runtime, 'bootstrap.mjs')], {
      cwd: path.dirname(handler),
      env: {
        HANDLER: handler,
        METRICS_BACKEND: '@metrics/statsd',
        METRICS_OPTIONS: JSON.stringify({ host: '127.0.0.1', port: receiver.port }),
      },
    });
    const arrived = await eventually(() => receiver.received().match(/consumer\.jobs\.started:1\|c/g)?.length === 2);
    await program.stop('SIGKILL');
    receiver.stop();
    if (!arrived) throw new Error(`${handler}: received ${receiver.received()}\n${program.printed}`);
  }
}

function handlerText(load = '', configuration = '') {
  return `import { configure, metrics } from '@metrics/core';
${load}
configure(${configuration});
export const handler = async () => {
  metrics.incr('consumer.jobs.started');
  await metrics.flush();
};
`;
}
