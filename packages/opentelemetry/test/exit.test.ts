// The end of a process, with the exporter that applications use.
import { join } from 'node:path';
import { type ProgramResult, runProgram } from 'test-kit/run-program';
import { OtlpReceiver, type Reply } from './otlp-receiver.js';

/** Runs a program with a sample that is not exported when `end` runs, against the built package and a receiver. */
async function run(end: string, reply: Reply): Promise<ProgramResult & { readonly values: readonly number[] }> {
  await using receiver = await OtlpReceiver.start();
  receiver.reply = () => reply;
  const source = `
    import { metrics } from '@metrics/core';
    import { OpenTelemetryBackend } from '@metrics/opentelemetry';
    import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
    const exporter = new OTLPMetricExporter({ url: '${receiver.url}', timeoutMillis: 1500 });
    const backend = new OpenTelemetryBackend({ exporter });
    metrics.register(backend, { onError: ({ code, count }) => console.log(code, count) });
    metrics.incr('jobs');
    process.once('exit', () => console.log(JSON.stringify(backend.stats())));
    ${end}
  `;
  const ended = await runProgram(source, { cwd: join(__dirname, '..'), timeout: 20_000 });
  return { ...ended, values: receiver.points.map(({ value }) => value) };
}

const stats = (sent: number, dropped: object): string =>
  JSON.stringify({ accepted: 1, sent, dropped, pending: 0, sampledOut: 0 });

test.each([
  ['its natural end', ''],
  ['an awaited close before process.exit()', 'await metrics.close(); process.exit(0);'],
  ['an awaited flush', 'await metrics.flush(); process.exit(0);'],
])('%s delivers', async (_name, end) => {
  const { output, values, code } = await run(end, { status: 200 });
  expect([output.trim(), values, code]).toEqual([stats(1, {}), [1], 0]);
});

test('process.exit() drops the samples that were not exported, and reports their number', async () => {
  const { output, values, code } = await run('process.exit(0);', { status: 200 });
  expect([output.trim(), values, code]).toEqual([`lost_at_exit 1\n${stats(0, { exit: 1 })}`, [], 0]);
});

test('a part that is under way at process.exit() is dropped and reported', async () => {
  const { output, code } = await run(
    'void metrics.flush(); await new Promise((resolve) => setTimeout(resolve, 300)); process.exit(0);',
    'hang',
  );
  expect([output.trim(), code]).toEqual([`lost_at_exit 1\n${stats(0, { exit: 1 })}`, 0]);
});

test('samples that a receiver refused until the natural end are dropped and reported', async () => {
  const { output, code } = await run('', { status: 400 });
  expect([output.trim(), code]).toEqual([`export_failed 1\nlost_at_exit 1\n${stats(0, { exit: 1 })}`, 0]);
});

test('an exporter that never calls back does not keep a process that has nothing else to do', async () => {
  const { output, code } = await runProgram(
    `
    import { metrics } from '@metrics/core';
    import { OpenTelemetryBackend } from '@metrics/opentelemetry';
    const exporter = { export() {}, async forceFlush() {}, async shutdown() {} };
    metrics.register(new OpenTelemetryBackend({ exporter }), { onError: ({ code, count }) => console.log(code, count) });
    metrics.incr('jobs');
    `,
    { cwd: join(__dirname, '..'), timeout: 20_000 },
  );
  expect([output, code]).toEqual(['lost_at_exit 1\n', 0]);
});
