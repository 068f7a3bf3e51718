// The shop of the demo through the real exporter into a strict OTLP receiver: every sum that it recorded is there.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runProgram } from 'test-kit/run-program';
import { OtlpReceiver } from './otlp-receiver.js';

const JOBS = 500;
const shop = pathToFileURL(join(__dirname, '..', '..', '..', 'examples', 'shop.mjs')).href;

test('sums of the shop in the receiver are those that were recorded', async () => {
  await using receiver = await OtlpReceiver.start();
  const { output, code } = await runProgram(
    `
    import { combine, metrics } from '@metrics/core';
    import { createBackend } from '@metrics/opentelemetry';
    import { RecordingBackend } from '@metrics/testing';
    import { workThrough } from '${shop}';
    const recorder = new RecordingBackend();
    metrics.register(combine(createBackend({ interval: 50 }), recorder), { prefix: 'shop.' });
    await workThrough(${JOBS});
    await metrics.close();
    console.log(JSON.stringify(recorder.recorded.samples().map(({ key, value }) => [key, value])));
    `,
    {
      cwd: join(__dirname, '..'),
      timeout: 30_000,
      env: {
        OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: receiver.url,
        OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
      },
    },
  );
  expect([code, receiver.violations]).toEqual([0, []]);
  const samples = JSON.parse(output) as [string, number][];
  for (const key of ['jobs.started', 'jobs.finished', 'bytes.sent', 'jobs.run', 'mail.size']) {
    const recorded = samples.filter(([of]) => of === key);
    const arrived = receiver.points.filter(({ name }) => name === `shop.${key}`);
    const factor = arrived[0]?.unit === 's' ? 1000 : 1;
    const sum = arrived.reduce((total, { kind, value, sum: of }) => total + (kind === 'sum' ? value : of * factor), 0);
    expect([key, sum]).toEqual([
      key,
      expect.closeTo(
        recorded.reduce((total, [, value]) => total + value, 0),
        6,
      ),
    ]);
    if (arrived[0]?.kind === 'histogram')
      expect(arrived.reduce((total, { count }) => total + count, 0)).toBe(recorded.length);
  }
});
