// Frameworks with a bundler, their own module loader or reload. The programs are those in examples/.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../private-registry.mjs';
import { root } from '../workspace.mjs';
import { EXPECTED } from './programs.mjs';
import { eventually, expectDelivery, receiveUdp } from './receivers.mjs';
import { backends, checkEach, columns, onlyIn } from './row.mjs';
import { writeFiles } from './workplace.mjs';

const example = (/** @type {string} */ name) => readFileSync(path.join(root, 'examples', name), 'utf8');

const others = Object.fromEntries(columns.map((column) => [column, 'not a backend']));
const onlyStatsd = (/** @type {import('./row.mjs').Check} */ check) =>
  onlyIn('statsd', check, 'the same for each backend');

const nextPackages = [
  'next@16.4.6',
  'react@19.2.9',
  'react-dom@19.2.9',
  'typescript@5.9.3',
  '@types/react@19.3.3',
  '@types/node@24',
];
const nestPackages = [
  '@nestjs/core@11.2.10',
  '@nestjs/common@11.2.10',
  '@nestjs/platform-express@11.2.10',
  'reflect-metadata@0.2',
  'rxjs@7',
  'typescript@5.9.3',
  '@types/node@24',
];

/** The options of a backend whose receiver has the port in the variable PORT_OF_SERVER. */
const optionsOf = {
  statsd: "{ host: '127.0.0.1', port: Number(process.env.PORT_OF_SERVER) }",
  dogstatsd: "{ host: '127.0.0.1', port: Number(process.env.PORT_OF_SERVER) }",
  datadog: "{ apiKey: 'a-key-for-tests', baseUrl: `http://127.0.0.1:${process.env.PORT_OF_SERVER}` }",
  logging: '{}',
  timeseries: "{ include: ['*'] }",
};

/** @type {import('./row.mjs').Row[]} */
export const frameworks = [
  {
    group: 'Frameworks',
    name: 'Next.js 16, next build and next start',
    ci: 'statsd',
    cells: { ...others, ...checkEach(backends, (column) => (workplace) => runNext(workplace, column)) },
  },
  {
    group: 'Frameworks',
    name: 'Next.js 16, next dev',
    ci: 'statsd',
    cells: onlyStatsd(reloadNext),
  },
  { group: 'Frameworks', name: 'NestJS 11', ci: 'statsd', cells: onlyStatsd(runNest) },
];

/**
 * @param {import('./workplace.mjs').Workplace} workplace
 * @param {string} column
 */
async function nextApplication(workplace, column) {
  const options = /** @type {Record<string, string>} */ (optionsOf)[column] ?? '';
  return workplace.folderIn(await workplace.everything(...nextPackages), `next ${column}`, {
    'package.json': { private: true },
    // The packages are in the parent folder.
    'next.config.mjs': `import { dirname } from 'node:path';
const root = dirname(import.meta.dirname);
export default { outputFileTracingRoot: root, turbopack: { root } };
`,
    'instrumentation.ts': example('next/instrumentation.ts')
      .replace('@metrics/statsd', `@metrics/${column}`)
      .replace(/\{ host: [^}]* \}/, options),
    'middleware.ts': example('next/middleware.ts'),
    'app/layout.tsx': example('next/app/layout.tsx'),
    'app/page.tsx': example('next/app/page.tsx'),
    'app/edge/route.ts': example('next/app/edge/route.ts'),
    'app/node/route.ts': example('next/app/node/route.ts'),
  });
}

/**
 * Builds and serves an application with a component, an edge route, middleware and a route of Node.js.
 *
 * @param {import('./workplace.mjs').Workplace} workplace
 * @param {string} column
 */
async function runNext(workplace, column) {
  const folder = await nextApplication(workplace, column);
  const env = { NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' };
  await workplace.execute(['npx', 'next', 'build'], { cwd: folder, env });
  await expectDelivery(column, async (serverPort) => {
    const port = String(await freePort());
    const server = workplace.start([process.execPath, nextProgram(folder), 'start', '-p', port], {
      cwd: folder,
      env: { ...env, PORT_OF_SERVER: serverPort },
    });
    try {
      await server.untilPrinted('Ready');
      for (const route of ['', 'edge']) await expectOk(`http://127.0.0.1:${port}/${route}`);
      const { backend } = JSON.parse(await expectOk(`http://127.0.0.1:${port}/node`));
      // Nothing else shows what an internal history has received.
      if (column === 'timeseries' && backend.sent === 1) return EXPECTED;
    } finally {
      await server.stop('SIGTERM');
    }
    if (/MetricsWarning|Error/.test(server.printed)) throw new Error(server.printed);
    return server.printed;
  });
}

/**
 * An edit of a module that registers when it is loaded registers again. Next.js runs an edited `instrumentation.ts` only at its
 * next start.
 *
 * @param {import('./workplace.mjs').Workplace} workplace
 */
async function reloadNext(workplace) {
  const folder = await nextApplication(workplace, 'statsd');
  const module = (/** @type {string} */ prefix) => `import { configure } from '@metrics/core';
import { createBackend } from '@metrics/statsd';
configure({ backend: createBackend, options: ${optionsOf.statsd}, prefix: '${prefix}.' });
export {};
`;
  writeFiles(folder, {
    'instrumentation.ts': 'export {};\n',
    'app/node/backend.ts': module('consumer'),
    'app/node/route.ts': `import './backend';\n${example('next/app/node/route.ts')}`,
  });
  const port = String(await freePort());
  const receiver = await receiveUdp();
  const server = workplace.start([process.execPath, nextProgram(folder), 'dev', '-p', port], {
    cwd: folder,
    env: { NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'development', PORT_OF_SERVER: String(receiver.port) },
  });
  try {
    await server.untilPrinted('Ready');
    await expectOk(`http://127.0.0.1:${port}/node`);
    await expectArrival(receiver, 'consumer.jobs.started', server);
    writeFiles(folder, { 'app/node/backend.ts': `// Moves all lines.\n${module('edited')}` });
    const deadline = Date.now() + 60_000;
    while (!receiver.received().includes('edited.jobs.started') && Date.now() < deadline) {
      await expectOk(`http://127.0.0.1:${port}/node`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    await expectArrival(receiver, 'edited.jobs.started', server);
    await expectOk(`http://127.0.0.1:${port}/`);
    await expectOk(`http://127.0.0.1:${port}/edge`);
  } finally {
    await server.stop('SIGTERM');
    receiver.stop();
  }
}

/** @param {import('./workplace.mjs').Workplace} workplace */
async function runNest(workplace) {
  const folder = workplace.folderIn(await workplace.everything(...nestPackages), 'nest', {
    'package.json': { private: true },
    'main.ts': example('nest/main.ts'),
    'tsconfig.json': {
      compilerOptions: {
        module: 'node16',
        target: 'es2023',
        strict: true,
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        types: ['node'],
      },
      files: ['main.ts'],
    },
  });
  await workplace.execute(['npx', 'tsc'], { cwd: folder });
  await expectDelivery('statsd', async (serverPort) => {
    const port = String(await freePort());
    const server = workplace.start([process.execPath, 'main.js'], {
      cwd: folder,
      env: { PORT: port, PORT_OF_SERVER: serverPort },
    });
    try {
      await server.untilPrinted('listening on');
      await expectOk(`http://127.0.0.1:${port}/jobs`);
    } finally {
      await server.stop('SIGTERM');
    }
    if (!server.printed.includes('1 sent')) throw new Error(`the shutdown hook did not close:\n${server.printed}`);
    return server.printed;
  });
}

/** @param {string} folder */
function nextProgram(folder) {
  return path.join(path.dirname(folder), 'node_modules', 'next', 'dist', 'bin', 'next');
}

/** @param {string} url */
async function expectOk(url) {
  const response = await fetch(url);
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} responds with ${response.status}: ${text.slice(0, 2000)}`);
  return text;
}

/**
 * @param {{ received: () => string }} receiver
 * @param {string} text
 * @param {{ printed: string }} program
 */
async function expectArrival(receiver, text, program) {
  if (await eventually(() => receiver.received().includes(text))) return;
  throw new Error(`${text} did not arrive. Received: ${receiver.received()}\nPrinted: ${program.printed}`);
}
