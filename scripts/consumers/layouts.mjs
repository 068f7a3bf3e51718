// How applications are started and laid out: without code for the backend, from another folder, as several processes, with two
// versions of core, and in a bundle for browsers.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { eventually, expectDelivery, receiveUdp } from './receivers.mjs';
import { backends, checkEach, columns } from './row.mjs';

const onlyStatsd = (/** @type {import('./row.mjs').Check} */ check) => ({
  ...Object.fromEntries(columns.map((column) => [column, 'shown with statsd'])),
  statsd: check,
});

const appText = {
  mjs: `import { metrics } from '@metrics/core';
metrics.incr('jobs.started', 3);
`,
  cjs: `const { metrics } = require('@metrics/core');
metrics.incr('jobs.started', 3);
`,
};

/** @type {import('./row.mjs').Row[]} */
export const layouts = [
  {
    group: 'Layouts',
    name: 'node --import and --require of @metrics/core/auto',
    ci: 'statsd',
    cells: onlyStatsd(runAuto),
  },
  { group: 'Layouts', name: 'AWS Lambda: packages, and a bundle', ci: 'statsd', cells: onlyStatsd(runLambda) },
  { group: 'Layouts', name: 'cluster of four', ci: 'statsd', cells: onlyStatsd(runCluster) },
  { group: 'Layouts', name: 'PM2 7, cluster of four', ci: 'statsd', cells: onlyStatsd(runPm2) },
  { group: 'Layouts', name: 'node --watch', ci: 'statsd', cells: onlyStatsd(runWatch) },
  {
    group: 'Layouts',
    name: 'two versions of core',
    ci: 'core',
    cells: { ...onlyStatsd(runTwoVersions), statsd: 'shown with core', core: runTwoVersions },
  },
  {
    group: 'Layouts',
    name: 'esbuild, for browsers',
    ci: 'core',
    cells: {
      'eslint-plugin': 'runs in ESLint',
      ...checkEach(
        ['core', 'aggregation', 'testing', ...backends],
        (column) => (workplace) => runInBrowser(workplace, column),
      ),
    },
  },
];

/**
 * The environment alone names two backends. The history is read from its snapshot.
 *
 * @param {import('./workplace.mjs').Workplace} workplace
 */
async function runAuto(workplace) {
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

/**
 * The runtime's bootstrap is in its own folder and imports the handler. It invokes the handler twice, and is then frozen:
 * nothing may be left to send.
 *
 * @param {import('./workplace.mjs').Workplace} workplace
 */
async function runLambda(workplace) {
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
async function runCluster(workplace) {
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
async function runPm2(workplace) {
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
async function runWatch(workplace) {
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

/**
 * Publishes an older version without one method, under another name in `node_modules`. Whichever is loaded first holds the
 * facade; a caller of the method through the other gets no TypeError, and the sample is counted.
 *
 * @param {import('./workplace.mjs').Workplace} workplace
 */
async function runTwoVersions(workplace) {
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

/** By package: what runs in a browser, or the class that says that it does not. */
const browserPrograms = {
  core: `import { metrics } from '@metrics/core';
import '@metrics/core/auto';
${importAll('core/backend', 'core/normalizers', 'core/cost')}
metrics.incr('x');
metrics.withTags({ a: 'b' }, () => metrics.child({ prefix: 'y.' }).timing('x', 5));
done(metrics.stats().discarded === 2);`,
  aggregation: `import { SampleAccounting } from '@metrics/aggregation';
const accounting = new SampleAccounting();
accounting.handOver(1);
accounting.confirmSent(1);
done(accounting.stats(0).sent === 1);`,
  testing: `import { metrics } from '@metrics/core';
import { capture } from '@metrics/testing';
${importAll('testing/conformance', 'testing/servers')}
capture(() => metrics.incr('x', 3)).then((seen) => done(seen.counter('x') === 3), (error) => done(String(error)));`,
  statsd: stubProgram('StatsdMetricsBackend', 'statsd', 'statsd/wire'),
  dogstatsd: stubProgram('DogStatsdMetricsBackend', 'dogstatsd'),
  datadog: stubProgram('DatadogMetricsBackend', 'datadog'),
  logging: stubProgram('LoggingBackend', 'logging'),
  timeseries: stubProgram('TimeSeriesBackend', 'timeseries', 'timeseries/redis', 'timeseries/handler'),
};

/** Statements that import entries so that no bundler leaves them out. @param {string[]} entries */
function importAll(...entries) {
  const imports = entries.map((entry, index) => `import * as entry${index} from '@metrics/${entry}';`);
  return `${imports.join('\n')}\nglobalThis.entries = [${entries.map((_, index) => `entry${index}`).join()}];`;
}

/** @param {string[]} entries @param {string} name */
function stubProgram(name, ...entries) {
  return `${importAll(...entries)}
import { metrics } from '@metrics/core';
import { ${name}, createBackend } from '@metrics/${entries[0]}';
metrics.incr('x');
let message = '';
for (const create of [() => new ${name}({}), () => createBackend({})])
  try {
    create();
  } catch (error) {
    message += error.message;
  }
done(message.includes('${name} needs Node.js') && message.includes('@metrics/${entries[0]} needs Node.js') || message);`;
}

/**
 * Bundles without any option for Node.js, and runs the bundle without `process` and any other global except
 * those of the language.
 *
 * @param {import('./workplace.mjs').Workplace} workplace
 * @param {string} column
 */
async function runInBrowser(workplace, column) {
  const folder = workplace.folderIn(await workplace.everything('esbuild@0.28.2'), `browser ${column}`, {
    'package.json': { private: true, type: 'module' },
    'app.js': /** @type {Record<string, string>} */ (browserPrograms)[column] ?? '',
  });
  const output = path.join(folder, 'bundle.js');
  const printed = await workplace.execute(['npx', 'esbuild', 'app.js', '--bundle', `--outfile=${output}`], {
    cwd: folder,
  });
  if (/warning/i.test(printed)) throw new Error(printed);
  /** @type {unknown} */
  let outcome;
  vm.runInNewContext(readFileSync(output, 'utf8'), {
    done: (/** @type {unknown} */ result) => {
      outcome = result;
    },
  });
  if (!(await eventually(() => outcome !== undefined)) || outcome !== true)
    throw new Error(`the bundle ends with ${String(outcome)}`);
}
