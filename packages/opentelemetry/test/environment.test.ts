// Created by name, with the exporter that the application has and the variables that users of OpenTelemetry know.
import { join } from 'node:path';
import { runProgram } from 'test-kit/run-program';
import { OtlpReceiver } from './otlp-receiver.js';

const cwd = join(__dirname, '..');
const PROGRAM = `
  import { configure, metrics } from '@metrics/core';
  configure({ onError: ({ code, message }) => console.log(code, message) });
  metrics.incr('jobs', 3);
  await metrics.close();
`;

test('by name it exports to the endpoint of the environment', async () => {
  await using receiver = await OtlpReceiver.start();
  const { output, code } = await runProgram(PROGRAM, {
    cwd,
    env: {
      METRICS_BACKEND: '@metrics/opentelemetry',
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
      OTEL_SERVICE_NAME: 'shop',
      OTEL_RESOURCE_ATTRIBUTES: 'team=a%20b,service.name=other',
      OTEL_METRIC_EXPORT_INTERVAL: 'soon',
    },
  });
  expect([output.trim(), code]).toEqual([
    'invalid_environment OTEL_METRIC_EXPORT_INTERVAL must be a number of milliseconds, not "soon", and is ignored.',
    0,
  ]);
  expect(receiver.requests[0]!.resource).toMatchObject({ 'service.name': 'shop', team: 'a b' });
  expect(receiver.points).toMatchObject([{ name: 'jobs', value: 3, temporality: 'delta' }]);
});

test('OTEL_SDK_DISABLED=true exports nothing', async () => {
  await using receiver = await OtlpReceiver.start();
  const { output, code } = await runProgram(PROGRAM, {
    cwd,
    env: {
      METRICS_BACKEND: '@metrics/opentelemetry',
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: receiver.url,
      OTEL_SDK_DISABLED: 'TRUE',
    },
  });
  expect([output, code, receiver.attempts]).toEqual(['', 0, 0]);
});

test.each([
  [
    'a protocol that none has',
    cwd,
    'kafka',
    /OTEL_EXPORTER_OTLP_PROTOCOL must be one of http\/protobuf, http\/json, grpc, not "kafka"/,
  ],
  [
    'an exporter that is not installed',
    join(cwd, '..', '..', 'examples'),
    'grpc',
    /npm install @opentelemetry\/exporter-metrics-otlp-grpc/,
  ],
])('%s is an error that says what to do', async (_, from, protocol, message) => {
  const { output, code } = await runProgram(PROGRAM, {
    cwd: from,
    // Tools of the workspace set NODE_PATH to all packages.
    env: { METRICS_BACKEND: '@metrics/opentelemetry', OTEL_EXPORTER_OTLP_PROTOCOL: protocol, NODE_PATH: '' },
  });
  expect([code, output]).toEqual([1, expect.stringMatching(message)]);
});

test('tracing is suppressed around an export', async () => {
  const { output } = await runProgram(
    `
    import { context, createContextKey } from '@opentelemetry/api';
    import { AsyncLocalStorage } from 'node:async_hooks';
    import { createMetrics } from '@metrics/core';
    import { OpenTelemetryBackend } from '@metrics/opentelemetry';
    const storage = new AsyncLocalStorage();
    const root = context.active();
    context.setGlobalContextManager({
      active: () => storage.getStore() ?? root,
      with: (to, run, self, ...rest) => storage.run(to, () => run.apply(self, rest)),
      bind: (_, target) => target, enable() { return this; }, disable() { return this; },
    });
    const key = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');
    const exporter = {
      export(data, callback) { console.log(context.active().getValue(key)); callback({ code: 0 }); },
      async forceFlush() {}, async shutdown() {},
    };
    const metrics = createMetrics({ backend: new OpenTelemetryBackend({ exporter }) });
    metrics.incr('jobs');
    await metrics.close();
    console.log(context.active().getValue(key));
    `,
    { cwd },
  );
  expect(output).toBe('true\nundefined\n');
});
