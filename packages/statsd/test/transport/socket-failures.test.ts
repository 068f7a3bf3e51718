import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describeIf } from 'test-kit/describe-with';
import { UdpReceiver } from 'test-kit/udp-receiver';

const cwd = join(__dirname, '..', '..');

/** Runs a program that prints one value as JSON, in a shell after a command. */
async function run(source: string, setUp: string, wrapper: readonly string[] = []): Promise<never> {
  const script = `${setUp} && exec "$0" --input-type=module --eval "$1"`;
  const [program, ...parameters] = [...wrapper, 'sh', '-c', script, process.execPath, source];
  const child = spawn(program, parameters, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  await new Promise((resolve) => child.on('close', resolve));
  clearTimeout(timer);
  try {
    return JSON.parse(output) as never;
  } catch {
    throw new Error(`Not JSON: ${output}`);
  }
}

/** The begin of a program with a backend whose problems are listed. */
const backendSource = (options: string): string => `
  import { StatsdMetricsBackend } from '@metrics/statsd';
  const problems = [];
  const backend = new StatsdMetricsBackend({ flushInterval: 50, ...${options} });
  backend.start({ report: ({ code, message }) => problems.push(code + ': ' + message), collect: () => {} });
  backend.open(0, { kind: 'counter', key: 'hits', name: 'hits', tags: [], internal: false });
  const record = async () => {
    for (let round = 0; round < 10; round += 1) {
      backend.incr(0, 1, 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const recover = async () => {
    const started = performance.now();
    while (backend.stats().pending > 0 && performance.now() - started < 8000)
      await new Promise((resolve) => setTimeout(resolve, 5));
    return performance.now() - started;
  };
`;

interface Outcome {
  readonly flushed: number;
  readonly during: object;
  readonly after: object;
  readonly recovery: number;
  readonly problems: string[];
}

const outcomeSource = (end: string): string => `
  await record();
  let started = performance.now();
  await backend.flush();
  const flushed = performance.now() - started;
  const during = backend.stats();
  ${end}
  const recovery = await recover();
  const after = backend.stats();
  await backend.close({ timeout: 1000 });
  console.log(JSON.stringify({ flushed, during, after, recovery, problems }));
`;

function expectRecovered({ flushed, during, after, recovery, problems }: Outcome, code: string): void {
  expect(during).toEqual(expect.objectContaining({ accepted: 10, sent: 0, pending: 10, dropped: {}, ready: false }));
  expect(flushed).toBeLessThan(6000);
  expect(after).toEqual(expect.objectContaining({ accepted: 10, sent: 10, pending: 0, dropped: {}, ready: true }));
  expect(recovery).toBeLessThan(6000);
  expect(problems).toEqual([expect.stringMatching(new RegExp(`^transport_down: .*${code}`))]);
}

const filesSource = `
  import { closeSync, openSync } from 'node:fs';
  const files = [];
  const takeAll = () => { try { for (;;) files.push(openSync('/dev/null')); } catch {} };
  const release = () => { for (const file of files.splice(0)) closeSync(file); };
`;

test.each(['127.0.0.1', '192.0.2.77'])(
  'without file descriptors samples to %s are kept and merged, one problem is reported, and they leave when there are some',
  async (host) => {
    await using receiver = await UdpReceiver.start();
    const source = `${filesSource}
      takeAll();
      ${backendSource(JSON.stringify({ host, port: receiver.port }))}
      ${outcomeSource('release();')}
    `;
    expectRecovered(await run(source, 'ulimit -n 40'), 'EMFILE');
    if (host === '127.0.0.1') expect(receiver.sum('hits')).toBe(10);
  },
);

test('descriptors that are missing for a while after packets were sent stop nothing', async () => {
  await using receiver = await UdpReceiver.start();
  const source = `${filesSource}
    ${backendSource(JSON.stringify({ port: receiver.port }))}
    await record();
    await backend.flush();
    takeAll();
    await record();
    await backend.flush();
    release();
    await recover();
    console.log(JSON.stringify(backend.stats()));
    await backend.close({ timeout: 1000 });
  `;
  expect(await run(source, 'ulimit -n 40')).toEqual(
    expect.objectContaining({ accepted: 20, sent: 20, pending: 0, dropped: {} }),
  );
  await receiver.waitForLines(1);
  expect(receiver.sum('hits')).toBe(20);
});

test.each([
  [
    'with EADDRINUSE',
    "setImmediate(() => this.emit('error', Object.assign(new Error('bind EADDRINUSE'), { code: 'EADDRINUSE' })))",
  ],
  ['by an exception', "throw Object.assign(new Error('ERR_ACCESS_DENIED'), { code: 'ERR_ACCESS_DENIED' })"],
  ['without any event', ''],
])(
  'if the bind of a UDP socket fails %s, flush resolves, samples are kept, and they leave when it works',
  async (_name, failure) => {
    await using receiver = await UdpReceiver.start();
    const source = `
    import { Socket } from 'node:dgram';
    const { bind } = Socket.prototype;
    Socket.prototype.bind = function () { ${failure}; return this; };
    ${backendSource(JSON.stringify({ port: receiver.port }))}
    ${outcomeSource('Socket.prototype.bind = bind;')}
  `;
    expectRecovered(await run(source, 'true'), '');
    expect(receiver.sum('hits')).toBe(10);
  },
);

const hasNamespaces = spawnSync('unshare', ['-n', 'ip', 'link', 'set', 'lo', 'up']).status === 0;

describeIf(hasNamespaces)('in its own network', () => {
  test('packets that no route leads to are kept, and leave when there is one', async () => {
    const source = `
      import { execSync } from 'node:child_process';
      import { createSocket } from 'node:dgram';
      import { once } from 'node:events';
      execSync('ip link set lo up');
      ${backendSource("{ host: '10.1.2.3', port: 8125 }")}
      ${outcomeSource(`
        execSync('ip addr add 10.1.2.3/32 dev lo');
        const server = createSocket('udp4').bind(8125, '10.1.2.3');
        await once(server, 'listening');
        server.unref();
      `)}
    `;
    expectRecovered(await runInNetwork(source), 'ENETUNREACH');
  });

  test('with IPv6 only, a name that has an IPv4 address first is reached', async () => {
    const source = `
      import { execSync } from 'node:child_process';
      import { createSocket } from 'node:dgram';
      import dns from 'node:dns';
      import { once } from 'node:events';
      import { syncBuiltinESMExports } from 'node:module';
      execSync('ip link set lo up');
      const { lookup } = dns;
      dns.lookup = (host, ...rest) =>
        host !== 'statsd.test' ? lookup(host, ...rest) : rest.at(-1)(null, [{ address: '10.1.2.3', family: 4 }, { address: '::1', family: 6 }]);
      syncBuiltinESMExports();
      const server = createSocket('udp6').bind(8125, '::1');
      await once(server, 'listening');
      const lines = [];
      server.on('message', (packet) => lines.push(String(packet)));
      ${backendSource("{ host: 'statsd.test', port: 8125 }")}
      backend.incr(0, 1, 1);
      await recover();
      console.log(JSON.stringify({ lines, stats: backend.stats(), problems }));
      await backend.close({ timeout: 1000 });
      server.close();
    `;
    expect(await runInNetwork(source)).toMatchObject({
      lines: ['hits:1|c\n'],
      stats: expect.objectContaining({ accepted: 1, sent: 1, dropped: {}, address: '[::1]:8125' }),
      problems: [],
    });
  });

  function runInNetwork(source: string): Promise<never> {
    return run(source, 'true', ['unshare', '-n']);
  }
});

test('a system that does not list its network interfaces harms neither the constructor nor the process', async () => {
  const source = `
    import { createSocket } from 'node:dgram';
    import { once } from 'node:events';
    import { syncBuiltinESMExports } from 'node:module';
    import os from 'node:os';
    os.networkInterfaces = () => { throw new Error('uv_interface_addresses returned Unknown system error 13'); };
    syncBuiltinESMExports();
    ${backendSource("{ host: '192.0.2.99', port: 8125 }")}
    await record();
    await backend.flush();
    await backend.close({ timeout: 500 });
    await backend.flush();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const { accepted, pending } = backend.stats();
    console.log(JSON.stringify({ accepted, pending }));
  `;
  expect(await run(source, 'true')).toEqual({ accepted: 10, pending: 0 });
});

test('a socket that throws in its constructor or when it connects harms no one, and samples are kept', async () => {
  await using receiver = await UdpReceiver.start();
  for (const [protocol, object, method] of [
    ['udp', 'dgram', 'createSocket'],
    ['tcp', 'net', 'connect'],
  ] as const) {
    const source = `
      import dgram from 'node:dgram';
      import { syncBuiltinESMExports } from 'node:module';
      import net from 'node:net';
      const original = ${object}.${method};
      ${object}.${method} = () => { throw Object.assign(new Error('Access to this API has been restricted'), { code: 'ERR_ACCESS_DENIED' }); };
      syncBuiltinESMExports();
      const { StatsdMetricsBackend } = await import('@metrics/statsd');
      const problems = [];
      const backend = new StatsdMetricsBackend({ protocol: '${protocol}', port: ${receiver.port}, flushInterval: 50 });
      backend.start({ report: ({ code, message }) => problems.push(code + ': ' + message), collect: () => {} });
      backend.open(0, { kind: 'counter', key: 'hits', name: 'hits', tags: [], internal: false });
      for (let round = 0; round < 3; round += 1) {
        backend.incr(0, 1, 1);
        await backend.flush();
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
      const { accepted, pending, dropped } = backend.stats();
      await backend.close({ timeout: 200 });
      console.log(JSON.stringify({ accepted, pending, dropped, problem: problems[0] }));
    `;
    expect([protocol, await run(source, 'true')]).toEqual([
      protocol,
      { accepted: 3, pending: 3, dropped: {}, problem: expect.stringMatching(/^transport_down: .*restricted/) },
    ]);
  }
});
