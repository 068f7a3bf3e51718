import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithUnixDatagrams } from 'test-kit/describe-with';
import { freePort } from 'test-kit/free-port';
import { runProgram } from 'test-kit/run-program';
import { TcpReceiver } from 'test-kit/tcp-receiver';
import { UdpReceiver } from 'test-kit/udp-receiver';

const cwd = join(__dirname, '..');
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'statsd-loss-'));
});

afterEach(() => rm(directory, { recursive: true }));

/** A program that records five samples, runs `end`, and prints its stats and problems at exit. */
function program(options: object, end: string): string {
  return `
    import { StatsdMetricsBackend } from '@metrics/statsd';
    const backend = new StatsdMetricsBackend(${JSON.stringify(options)});
    const problems = [];
    backend.start({ report: ({ code, count, message }) => problems.push({ code, count, message }), collect: () => {} });
    process.on('exit', () => {
      backend.flushSync();
      console.log(JSON.stringify({ stats: backend.stats(), problems }));
    });
    backend.open(0, { kind: 'counter', key: 'hits', name: 'hits', tags: [], internal: false });
    backend.open(1, { kind: 'timing', key: 'db', name: 'db', tags: [], internal: false });
    backend.incr(0, 1, 1);
    backend.incr(0, 1, 1);
    for (let value = 0; value < 3; value += 1) backend.timing(1, value, 1);
    ${end}
  `;
}

async function outcome(options: object, end: string): Promise<{ stats: Record<string, object>; problems: object[] }> {
  const { output } = await runProgram(program(options, end), { cwd });
  return JSON.parse(output) as never;
}

const ends = {
  'at the deadline of close': ['await backend.close({ timeout: 100 });', 'lost_at_close', 'timeout'],
  'at process.exit() right away': ['process.exit(0);', 'lost_at_exit', 'exit'],
  'at process.exit() after an outage': ['await backend.flush(); process.exit(0);', 'lost_at_exit', 'exit'],
} as const;

function describeLoss(optionsOf: () => Promise<object>): void {
  test.each(Object.entries(ends))('%s every sample is counted, and one problem names their number', async (_n, end) => {
    const [source, code, reason] = end;
    const { stats, problems } = await outcome(await optionsOf(), source);
    expect(stats).toMatchObject({ accepted: 5, sent: 0, pending: 0 });
    expect(Object.values(stats['dropped']!).reduce((sum, count) => sum + count, 0)).toBe(5);
    expect(['send_failed', reason]).toContain(Object.keys(stats['dropped']!)[0]);
    expect(
      problems.filter((problem) => !['transport_down', 'resolve_failed'].includes((problem as { code: string }).code)),
    ).toEqual([{ code, count: 5, message: expect.stringContaining('Check that the server runs') }]);
  });
}

describe('without a server on UDP', () => {
  describeLoss(async () => ({ port: await freePort() }));
});

describe('without a server on TCP', () => {
  describeLoss(async () => ({ protocol: 'tcp', port: await freePort() }));
});

describe('with a name that does not resolve', () => {
  describeLoss(() => Promise.resolve({ host: 'statsd.invalid' }));
});

describeWithUnixDatagrams('without a server on a Unix socket', () => {
  describeLoss(() => Promise.resolve({ protocol: 'uds', path: join(directory, 'none.sock') }));
});

test('what a server took at process.exit() is counted as sent, and nothing is reported', async () => {
  await using receiver = await UdpReceiver.start();
  const { stats, problems } = await outcome({ port: receiver.port }, 'process.exit(0);');
  expect(stats).toEqual(expect.objectContaining({ accepted: 5, sent: 5, pending: 0, dropped: {} }));
  expect(problems).toEqual([]);
  await receiver.waitForLines(4);
});

test('a TCP server that reads nothing: what it did not take by the deadline is counted and reported', async () => {
  await using receiver = await TcpReceiver.start({ reads: false });
  const end = `
    for (let value = 0; value < 100_000; value += 1) backend.timing(1, value, 1);
    for (let series = 2; series < 1000; series += 1) {
      backend.open(series, { kind: 'set', key: 's', name: 'x'.repeat(4000) + series, tags: [], internal: false });
      for (let member = 0; member < 10; member += 1) backend.set(series, 'member' + member);
    }
    await backend.close({ timeout: 300 });
  `;
  const { stats, problems } = await outcome({ protocol: 'tcp', port: receiver.port }, end);
  const { accepted, sent, dropped } = stats as unknown as { accepted: number; sent: number; dropped: object };
  expect(dropped).toEqual({ timeout: accepted - sent });
  expect(problems).toEqual([{ code: 'lost_at_close', count: accepted - sent, message: expect.any(String) }]);
});
