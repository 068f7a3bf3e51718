import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const CALLS = 50_000;

test('a standard output that no one reads holds no more than 10,000 lines, and those that arrive count as sent', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program()], {
    cwd: join(__dirname, '..', '..'),
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  // There is no listener yet, so nothing is read.
  const [recorded] = (await once(child, 'message')) as [Counts];
  expect(recorded.dropped).toEqual({ logger_busy: CALLS - recorded.sent - recorded.pending });
  expect(recorded.pending).toBeLessThanOrEqual(10_000);
  expect(recorded.pending).toBeGreaterThan(5000);
  let lines = 0;
  createInterface({ input: child.stdout! }).on('line', () => (lines += 1));
  const closed = once(child, 'message') as Promise<[Counts]>;
  child.send('close');
  const [{ sent, pending, dropped }] = await closed;
  await once(child, 'close');
  expect({ lines, pending, dropped }).toEqual({ lines: sent, pending: 0, dropped: recorded.dropped });
});

interface Counts {
  readonly sent: number;
  readonly pending: number;
  readonly dropped: Readonly<Record<string, number>>;
}

function program(): string {
  return `
    import { once } from 'node:events';
    import { LoggingBackend, metricsFormat } from '@metrics/logging';
    import winston from 'winston';
    const transports = [new winston.transports.Console()];
    const backend = new LoggingBackend({ logger: winston.createLogger({ level: 'debug', format: metricsFormat(), transports }) });
    backend.open(0, { kind: 'counter', key: 'jobs', name: 'jobs', tags: [], internal: false });
    for (let call = 0; call < ${CALLS}; call += 1) {
      backend.incr(0, 1, 1);
      if (call % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    process.send(backend.stats());
    await once(process, 'message');
    await backend.close({ timeout: 20_000 });
    process.send(backend.stats());
    process.disconnect();
  `;
}
