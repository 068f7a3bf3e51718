import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { createMetrics, type Metrics } from '@metrics/core';
import { type Installation, observeMetrics, observeRuntime } from '@metrics/node';
import { RecordingBackend } from '@metrics/testing';
import { runProgram } from 'test-kit/run-program';
import { waitUntil } from 'test-kit/wait-until';

const packageFolder = path.join(__dirname, '..');

const installations: Installation[] = [];
let backend: RecordingBackend;
let metrics: Metrics;

beforeEach(() => {
  backend = new RecordingBackend();
  metrics = createMetrics({ backend });
});

afterEach(async () => {
  for (const each of installations.splice(0)) each.dispose();
  await metrics.close();
});

/** Flushes until the condition holds. */
async function flushUntil(condition: () => boolean): Promise<void> {
  await waitUntil(
    async () => {
      await metrics.flush();
      return condition();
    },
    () => String(backend.recorded),
    20_000,
  );
}

function block(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

const gauge = (key: string, tags?: Record<string, string>): number => backend.recorded.gauge(key, tags) ?? Number.NaN;

test('a flush reads memory, processor time, resources, descriptors and uptime', async () => {
  installations.push(observeRuntime(metrics));
  block(20);
  await metrics.flush();
  expect(gauge('process.memory.usage')).toBeGreaterThan(10e6);
  const [used, total, limit] = ['used', 'total', 'limit'].map((stat) => gauge('v8js.memory.heap', { stat }));
  expect(used).toBeLessThanOrEqual(total!);
  expect(total).toBeLessThanOrEqual(limit!);
  expect(gauge('v8js.memory.heap', { stat: 'external' })).toBeGreaterThan(0);
  expect(backend.recorded.counter('process.cpu.time', { mode: 'user' })).toBeGreaterThan(0);
  expect(gauge('process.uptime')).toBeCloseTo(process.uptime(), -1);
  expect(gauge('nodejs.workers')).toBe(0);
});

test('file descriptors are counted if the system shows them', async () => {
  if (process.platform !== 'linux') return;
  installations.push(observeRuntime(metrics));
  await metrics.flush();
  const before = gauge('process.unix.file_descriptor.count');
  const opened = Array.from({ length: 50 }, () => openSync('/dev/null', 'r'));
  await metrics.flush();
  for (const each of opened) closeSync(each);
  expect(gauge('process.unix.file_descriptor.count') - before).toBeGreaterThanOrEqual(45);
});

test('active resources are counted by their type', async () => {
  installations.push(observeRuntime(metrics));
  const timers = Array.from({ length: 7 }, () => setTimeout(() => {}, 60_000));
  await metrics.flush();
  for (const timer of timers) clearTimeout(timer);
  expect(gauge('v8js.resource.active', { type: 'Timeout' })).toBeGreaterThanOrEqual(7);
});

test('a block of the event loop is the maximum of its window, for each reader, and not of the windows after it', async () => {
  installations.push(observeRuntime(metrics, { window: 1000, resolution: 5 }));
  const isSeen = (value: number): boolean => value >= 250;
  await flushUntil(() => gauge('nodejs.eventloop.delay', { stat: 'max' }) >= 0);
  block(300);
  await flushUntil(() => isSeen(gauge('nodejs.eventloop.delay', { stat: 'max' })));
  await metrics.flush();
  await metrics.flush();
  expect(isSeen(gauge('nodejs.eventloop.delay', { stat: 'max' }))).toBe(true);
  for (const stat of ['mean', 'p50', 'p99'])
    expect(gauge('nodejs.eventloop.delay', { stat })).toBeGreaterThanOrEqual(0);
  await flushUntil(() => !isSeen(gauge('nodejs.eventloop.delay', { stat: 'max' })));
});

test('the time of the event loop is counted once, and its utilization is that of the last window', async () => {
  const start = performance.eventLoopUtilization();
  installations.push(observeRuntime(metrics, { window: 1000 }));
  block(100);
  await flushUntil(() => gauge('nodejs.eventloop.utilization') >= 0);
  const { active, idle } = performance.eventLoopUtilization(start);
  expect(gauge('nodejs.eventloop.utilization')).toBeLessThanOrEqual(1);
  const counted = (state: string): number => backend.recorded.counter('nodejs.eventloop.time', { state });
  expect(counted('active')).toBeGreaterThanOrEqual(100);
  expect(counted('active') + counted('idle')).toBeLessThanOrEqual(active + idle + 50);
});

test('garbage collections are timed by their type', async () => {
  installations.push(observeRuntime(metrics));
  const churn = (): unknown[] => Array.from({ length: 300_000 }, (_, index) => ({ index }));
  await flushUntil(() => churn().length > 0 && backend.recorded.timings('v8js.gc.duration').length > 0);
  for (const { tags } of backend.recorded.samples({ key: 'v8js.gc.duration' }))
    expect(['minor', 'major', 'incremental', 'weakcb']).toContain(tags['type']);
});

test('workers are counted while they run', async () => {
  installations.push(observeRuntime(metrics));
  const worker = new Worker('setInterval(() => {}, 1000)', { eval: true });
  await metrics.flush();
  expect(gauge('nodejs.workers')).toBe(1);
  await worker.terminate();
  await metrics.flush();
  expect(gauge('nodejs.workers')).toBe(0);
});

test('nothing is read after dispose, another installation may follow, and nothing is reported', async () => {
  observeRuntime(metrics).dispose();
  const again = observeRuntime(metrics);
  expect(observeRuntime(metrics)).toBe(again);
  await metrics.flush();
  expect(backend.recorded.samples({ key: 'process.uptime' })).toHaveLength(1);
  again.dispose();
  backend.recorded.clear();
  await metrics.flush();
  expect(backend.recorded.samples().filter(({ key }) => key !== 'v8js.gc.duration')).toEqual([]);
  expect(backend.recorded.problems).toEqual([]);
});

test.each<[object, RegExp]>([
  [{ interval: 5 }, /unknown option "interval"/],
  [{ window: 10 }, /window must be an integer from 1000 to 600000/],
  [{ resolution: 0 }, /resolution must be an integer from 1 to 100/],
])('observeRuntime refuses %j', (options, message) => {
  expect(() => observeRuntime(metrics, options)).toThrow(message);
});

test('observeMetrics counts what was accepted, sent and lost since the call, and open series', async () => {
  metrics.incr('before');
  const installation = observeMetrics(metrics);
  installations.push(installation);
  expect(observeMetrics(metrics)).toBe(installation);
  for (let count = 0; count < 5; count += 1) metrics.incr('after');
  metrics.incr('after', Number.NaN);
  metrics.gauge('after', 1);
  await metrics.flush();
  const { recorded } = backend;
  expect(recorded.counter('metrics.accepted')).toBe(5);
  expect(recorded.counter('metrics.sent')).toBe(5);
  expect(recorded.counter('metrics.dropped', { reason: 'invalid_value' })).toBe(1);
  expect(recorded.counter('metrics.dropped', { reason: 'kind_conflict' })).toBe(1);
  expect(gauge('metrics.pending')).toBe(0);
  expect(gauge('metrics.series')).toBeGreaterThanOrEqual(2);
});

test('observeMetrics ends', async () => {
  observeMetrics(metrics).dispose();
  metrics.incr('after');
  await metrics.flush();
  expect(backend.recorded.samples().map(({ key }) => key)).toEqual(['after']);
});

test('a process that is observed ends by itself', async () => {
  const source = `
    import { createMetrics, DummyMetricsBackend } from '@metrics/core';
    import { observeHttp, observeMetrics, observeRuntime } from '@metrics/node';
    const metrics = createMetrics({ backend: new DummyMetricsBackend() });
    for (const observe of [observeHttp, observeMetrics, observeRuntime]) observe(metrics);
    console.log('started');`;
  const { code, output } = await runProgram(source, { cwd: packageFolder });
  expect({ code, output }).toEqual({ code: 0, output: 'started\n' });
});

test('a worker observes itself, with the tag thread', async () => {
  const source = `
    const { parentPort } = require('node:worker_threads');
    const load = require('node:module').createRequire(${JSON.stringify(__filename)});
    const { createMetrics } = load('@metrics/core');
    const { observeRuntime } = load('@metrics/node');
    const { RecordingBackend } = load('@metrics/testing');
    const backend = new RecordingBackend();
    const metrics = createMetrics({ backend });
    observeRuntime(metrics);
    metrics.flush().then(() => {
      const samples = backend.recorded.samples().map(({ key, tags }) => [key, tags.thread]);
      parentPort.postMessage(samples);
    });`;
  const worker = new Worker(source, { eval: true, execArgv: ['--input-type=commonjs'] });
  const [samples] = (await once(worker, 'message')) as [[string, string][]];
  await worker.terminate();
  expect(new Set(samples.map(([, thread]) => thread))).toEqual(new Set(['worker']));
  const keys = samples.map(([key]) => key);
  expect(keys).toContain('v8js.memory.heap');
  expect(keys.filter((key) => key.startsWith('process.'))).toEqual([]);
});
