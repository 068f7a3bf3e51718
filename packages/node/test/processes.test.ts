import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runProgram } from 'test-kit/run-program';

const packages = path.join(__dirname, '../..');

let folder: string;

/** A folder of an application with the built packages. */
beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'metrics-node-')));
  mkdirSync(path.join(folder, 'node_modules', '@metrics'), { recursive: true });
  for (const name of ['core', 'node', 'testing'])
    symlinkSync(path.join(packages, name), path.join(folder, 'node_modules', '@metrics', name), 'junction');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('each worker of a cluster measures its own requests, and the primary none', async () => {
  const source = `
    import cluster from 'node:cluster';
    import http from 'node:http';
    import { createMetrics } from '@metrics/core';
    import { observeHttp } from '@metrics/node';
    import { RecordingBackend } from '@metrics/testing';

    const backend = new RecordingBackend();
    const metrics = createMetrics({ backend });
    observeHttp(metrics, { client: false });
    async function report() {
      await metrics.flush();
      const requests = backend.recorded.timings('http.server.request.duration').length;
      return { requests, active: backend.recorded.gauge('http.server.active_requests') };
    }
    if (cluster.isPrimary) {
      const file = process.argv[1];
      const workers = [cluster.fork(), cluster.fork()];
      const ports = await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('message', resolve))));
      for (let count = 0; count < 20; count += 1)
        await new Promise((resolve, reject) => {
          http.get({ port: ports[0], host: '127.0.0.1', agent: false }, (response) => response.resume().on('close', resolve)).on('error', reject);
        });
      const reports = await Promise.all(workers.map((worker) => new Promise((resolve) => {
        worker.once('message', resolve);
        worker.send('report');
      })));
      console.log(JSON.stringify([await report(), ...reports]));
      for (const worker of workers) worker.kill();
    } else {
      const server = http.createServer((_request, response) => response.end('ok'));
      // All workers share one port.
      server.listen(0, '127.0.0.1', () => process.send(server.address().port));
      process.on('message', async () => process.send(await report()));
    }`;
  const file = path.join(folder, 'cluster.mjs');
  writeFileSync(file, source);
  const { code, output } = await runProgram(
    `process.argv[1] = ${JSON.stringify(file)}; await import(process.argv[1]);`,
    {
      cwd: folder,
      timeout: 60_000,
    },
  );
  expect([code, output]).toEqual([0, expect.stringMatching(/^\[/)]);
  const [primary, ...workers] = JSON.parse(output) as { requests: number; active: number }[];
  expect(primary).toEqual({ requests: 0, active: 0 });
  expect(workers.map(({ active }) => active)).toEqual([0, 0]);
  expect(workers.reduce((sum, { requests }) => sum + requests, 0)).toBe(20);
}, 70_000);

test('under jest in one process, a file that disposes sees its own requests alone', async () => {
  const file = (name: string, requests: number): string => `
    const http = require('node:http');
    const { createMetrics } = require('@metrics/core');
    const { observeHttp, observeRuntime } = require('@metrics/node');
    const { RecordingBackend } = require('@metrics/testing');
    const backend = new RecordingBackend();
    const metrics = createMetrics({ backend });
    const installed = [observeHttp(metrics), observeRuntime(metrics)];
    afterAll(() => { for (const each of installed) each.dispose(); });
    afterAll(() => metrics.close());
    test('${name}', async () => {
      expect(require('node:diagnostics_channel').channel('http.server.request.start').hasSubscribers).toBe(true);
      const server = http.createServer((_request, response) => response.end('ok'));
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      for (let count = 0; count < ${requests}; count += 1)
        await (await fetch('http://127.0.0.1:' + server.address().port)).text();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      expect(backend.recorded.timings('http.server.request.duration')).toHaveLength(${requests});
      expect(backend.recorded.timings('http.client.request.duration')).toHaveLength(${requests});
      await metrics.flush();
      expect(backend.recorded.gauge('http.server.active_requests')).toBe(0);
    });`;
  for (const [name, requests] of [
    ['first', 2],
    ['second', 3],
    ['third', 5],
  ] as const)
    writeFileSync(path.join(folder, `${name}.test.js`), file(name, requests));
  const jest = require.resolve('jest/bin/jest');
  const options = [
    '-i',
    '--detectOpenHandles',
    '--rootDir',
    folder,

    '--watchman=false',
  ];
  const run = `process.argv.splice(1, 0, ${JSON.stringify(jest)}, ...${JSON.stringify(options)}); (await import('node:module')).createRequire(${JSON.stringify(jest)})(${JSON.stringify(jest)});`;
  writeFileSync(path.join(folder, 'package.json'), '{ "jest": { "testEnvironment": "node", "transform": {} } }');
  const { code, output } = await runProgram(run, { cwd: folder, timeout: 60_000 });
  expect([code, code === 0 ? '' : output]).toEqual([0, '']);
  expect(output).toContain('Tests:       3 passed, 3 total');
  expect(output).not.toMatch(/open handle|did not exit/);
}, 70_000);
