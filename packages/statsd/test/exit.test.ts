import { join } from 'node:path';
import { runProgram } from 'test-kit/run-program';
import { UdpReceiver } from 'test-kit/udp-receiver';

const cwd = join(__dirname, '..');
let receiver: UdpReceiver;

// A receiver that gets no processor for a while loses datagrams, whatever the pace.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

beforeEach(async () => {
  receiver = await UdpReceiver.start();
});

afterEach(async () => {
  await receiver[Symbol.asyncDispose]();
});

/** A program with a backend and a counter that has one sample when `end` runs. */
function program(end: string): string {
  return `
    import { StatsdMetricsBackend } from '@metrics/statsd';
    const backend = new StatsdMetricsBackend({ port: ${receiver.port} });
    process.on('exit', () => backend.flushSync());
    backend.open(0, { kind: 'counter', key: 'hits', name: 'hits', tags: [], internal: false });
    backend.incr(0, 1, 1);
    ${end}
  `;
}

test.each([
  ['process.exit()', 'process.exit(0);', 0],
  ['process.exit() on a later tick', 'setTimeout(() => process.exit(0), 10);', 0],
  ['its natural end', '', 0],
  ['an uncaught exception', "throw new Error('on purpose');", 1],
])('flushSync in the exit event delivers at %s', async (_name, end, code) => {
  expect((await runProgram(program(end), { cwd })).code).toBe(code);
  expect(await receiver.waitForLines(1)).toEqual(['hits:1|c']);
});

test('many packets are sent at exit, paced, without loss but of those that the time was too short for', async () => {
  const end = `
    for (let id = 1; id <= 10_000; id += 1) {
      backend.open(id, { kind: 'counter', key: 'x', name: 'a.series.among.many.' + id, tags: [], internal: false });
      backend.incr(id, 1, 1);
    }
    process.on('exit', () => console.log(JSON.stringify(backend.stats())));
    process.exit(0);
  `;
  const { output } = await runProgram(program(end), { cwd });
  const { sent, dropped, pending } = JSON.parse(output.slice(output.indexOf('{')));
  expect({ all: sent + (dropped.exit ?? 0), pending }).toEqual({ all: 10_001, pending: 0 });
  expect(sent).toBeGreaterThan(400);
  expect(new Set(await receiver.waitForLines(sent)).size).toBe(sent);
});

test('a backend that is neither flushed nor closed does not keep the process alive', async () => {
  const source = program('').replace(/process\.on.*\n/, '');
  expect((await runProgram(source, { cwd })).code).toBe(0);
});

test('an awaited flush keeps the process alive until everything is sent', async () => {
  const end = `
    for (let id = 1; id <= 10_000; id += 1) {
      backend.open(id, { kind: 'counter', key: 'x', name: 'a.series.among.many.' + id, tags: [], internal: false });
      backend.incr(id, 1, 1);
    }
    await backend.flush();
    console.log(backend.stats().sent);
  `;
  expect(await runProgram(program(end), { cwd })).toEqual({ code: 0, output: '10001\n' });
});
