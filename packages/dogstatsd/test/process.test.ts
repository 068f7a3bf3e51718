import { join } from 'node:path';
import { RecordingServer, type ServerTransport } from '@metrics/testing/servers';
import { describeWithUnixDatagrams } from 'test-kit/describe-with';
import { type ProgramResult, runProgram } from 'test-kit/run-program';
import { DogStatsdMetricsBackend, type DogStatsdOptions } from '../src/index.js';
import { optionsFor } from './dogstatsd-subject.js';

const cwd = join(__dirname, '..');
const built = join(cwd, 'dist/index.js');
let server: RecordingServer;

afterEach(() => server.stop());

/** A program with a backend for a server and a counter that has one sample when `end` runs. */
async function run(transport: ServerTransport, end: string, options: DogStatsdOptions = {}): Promise<ProgramResult> {
  server = await RecordingServer.start({ transport });
  const source = `
    import { DogStatsdMetricsBackend } from '${built}';
    const backend = new DogStatsdMetricsBackend(${JSON.stringify({ ...optionsFor(server), ...options })});
    process.on('exit', () => backend.flushSync());
    backend.open(0, { kind: 'counter', key: 'hits', name: 'hits', tags: [], internal: false });
    backend.incr(0, 1, 1);
    ${end}
  `;
  return runProgram(source, { cwd });
}

function describeExit(transport: ServerTransport): void {
  test('a program that closes its backend ends by itself, and all samples arrive', async () => {
    const { code } = await run(transport, 'await backend.close({ timeout: 1000 });', { telemetry: true });
    expect(code).toBe(0);
    await server.waitFor(1);
    expect(server.recorded.counter('hits')).toBe(1);
  });

  test('a program whose server is gone ends by itself after close', async () => {
    const end = `
      backend.event({ title: 'a', text: 'b' });
      await backend.close({ timeout: 200 });
      console.log(JSON.stringify(backend.stats().dropped));
    `;
    const options = transport === 'udp' ? { statsdPort: 9 } : { statsdSocketPath: `${transport}:///tmp/no-such.sock` };
    expect(await run(transport, end, options)).toEqual({ code: 0, output: '{"timeout":2}\n' });
  });

  test('flushSync in the exit event delivers at process.exit', async () => {
    await run(transport, 'setTimeout(() => process.exit(0), 50);');
    await server.waitFor(1);
    expect(server.recorded.counter('hits')).toBe(1);
  });
}

describe('over UDP', () => {
  describeExit('udp');
});

describe('over a Unix stream', () => {
  describeExit('unixstream');

  test('a backend that is not closed does not keep the process alive', async () => {
    expect((await run('unixstream', '')).code).toBe(0);
  });
});

describeWithUnixDatagrams('over Unix datagrams', () => {
  describeExit('unixgram');
});

test('variables of the environment set the address, and an invalid one is reported at the start', async () => {
  server = await RecordingServer.start();
  const before = { ...process.env };
  Object.assign(process.env, { DD_DOGSTATSD_URL: 'nonsense', DD_DOGSTATSD_PORT: `${server.port}`, DD_ENV: 'test' });
  const backend = new DogStatsdMetricsBackend({ containerId: false });
  process.env = before;
  const problems: string[] = [];
  backend.start({ report: ({ code, message }) => problems.push(`${code}: ${message}`), collect: () => {} });
  backend.serviceCheck!({ name: 'db', status: 'ok' });
  await backend.close({ timeout: 1000 });
  await server.waitFor(1);
  expect(server.serviceChecks).toMatchObject([{ name: 'db', tags: { env: 'test' } }]);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/^invalid_environment: DD_DOGSTATSD_URL/);
  expect(backend.stats()).toMatchObject({ addressFrom: 'DD_DOGSTATSD_PORT', address: `127.0.0.1:${server.port}` });
});

describe('without the native package for Unix datagrams', () => {
  beforeEach(async () => {
    server = await RecordingServer.start({ transport: 'unixstream' });
  });

  /** Resolves with the output of the program. */
  async function runWithout(program: string): Promise<string> {
    const source = `
      import Module from 'node:module';
      const { _load } = Module;
      Module._load = (request, ...rest) => {
        if (request === 'unix-dgram')
          throw Object.assign(new Error("Cannot find module 'unix-dgram'"), { code: 'MODULE_NOT_FOUND' });
        return _load(request, ...rest);
      };
      const { DogStatsdMetricsBackend } = await import('${built}');
      ${program}
    `;
    const { output } = await runProgram(source, { cwd });
    return output;
  }

  test('the constructor throws an error that names it and an alternative', async () => {
    const program = `
      try {
        new DogStatsdMetricsBackend({ statsdSocketPath: 'unixgram:///tmp/agent.sock' });
      } catch (error) {
        console.log(error.message);
      }
    `;
    expect(await runWithout(program)).toMatch(/unix-dgram.*npm install unix-dgram.*unixstream:/);
  });

  test('a socket of unknown kind is used as a stream', async () => {
    const output = await runWithout(`
      const backend = new DogStatsdMetricsBackend({ statsdSocketPath: 'unix://${server.path}', telemetry: false });
      backend.event({ title: 'a', text: 'b' });
      await backend.close({ timeout: 1000 });
      console.log(backend.stats().transport, backend.stats().sent);
    `);
    expect(output).toBe('unixstream 1\n');
  });
});
