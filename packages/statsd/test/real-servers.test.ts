import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { describeWith } from 'test-kit/describe-with';
import { type EtsyStatsd, startEtsyStatsd } from 'test-kit/etsy-statsd';
import { freePort } from 'test-kit/free-port';
import { seriesOf } from 'test-kit/series-of';
import { waitUntil } from 'test-kit/wait-until';
import { StatsdMetricsBackend } from '../src/index.js';

/** Records one of each kind, sampling and a negative gauge included. */
async function sendOneOfEach(backend: StatsdMetricsBackend): Promise<void> {
  const kinds = ['counter', 'gauge', 'timing', 'distribution', 'set', 'gauge'] as const;
  kinds.forEach((kind, id) => backend.open(id, seriesOf(kind, `shop.${kind}${id}`, { instance: 'eu' })));
  backend.incr(0, 3, 1);
  backend.incr(0, 4, 0.5);
  backend.gauge(1, 10);
  backend.gauge(1, 42);
  for (const value of [1, 2, 3.5]) backend.timing(2, value, 1);
  backend.distribution(3, 250, 1);
  for (const member of ['ann', 'bob', 'ann', 'a:b|c']) backend.set(4, member);
  backend.gauge(5, 7);
  await backend.flush();
  backend.gauge(5, -2.5);
  await backend.flush();
}

describe('the StatsD daemon by Etsy', () => {
  let server: EtsyStatsd;

  beforeEach(async () => {
    server = await startEtsyStatsd();
  });

  afterEach(() => server.stop());

  test('reads each kind, and finds no bad line', async () => {
    const backend = new StatsdMetricsBackend({ port: server.port });
    await sendOneOfEach(backend);
    await waitUntil(async () => (await server.counters())['statsd.metrics_received'] === 12, server.counters);
    const counters = await server.counters();
    expect(counters['shop.counter0.eu']).toBe(7);
    expect(counters['statsd.bad_lines_seen']).toBe(0);
    expect(counters['statsd.packets_received']).toBe(backend.stats().packets);
    expect(await server.gauges()).toMatchObject({ 'shop.gauge1.eu': 42, 'shop.gauge5.eu': -2.5 });
    expect(await server.timers()).toMatchObject({
      'shop.timing2.eu': { values: [1, 2, 3.5], count: 3 },
      'shop.distribution3.eu': { values: [250], count: 1 },
    });
    await backend.close({ timeout: 1000 });
  });

  test('reads each kind over TCP, too, and finds no bad line', async () => {
    const backend = new StatsdMetricsBackend({ protocol: 'tcp', port: server.port });
    await sendOneOfEach(backend);
    await waitUntil(async () => (await server.counters())['statsd.metrics_received'] === 12, server.counters);
    const counters = await server.counters();
    expect(counters['shop.counter0.eu']).toBe(7);
    expect(counters['statsd.bad_lines_seen']).toBe(0);
    expect(await server.gauges()).toMatchObject({ 'shop.gauge1.eu': 42, 'shop.gauge5.eu': -2.5 });
    expect(await server.timers()).toMatchObject({ 'shop.timing2.eu': { values: [1, 2, 3.5], count: 3 } });
    await backend.close({ timeout: 1000 });
  });

  test('gets 100,000 samples over TCP after it was stopped for a while', async () => {
    const backend = new StatsdMetricsBackend({ protocol: 'tcp', port: server.port, flushInterval: 20 });
    backend.open(0, seriesOf('counter', 'hits'));
    backend.open(1, seriesOf('timing', 'db'));
    backend.incr(0, 1, 1);
    await backend.flush();
    server.pause();
    for (let sample = 0; sample < 100_000; sample += 1) {
      if (sample % 2 === 0) backend.incr(0, 1, 1);
      else backend.timing(1, 3, 1);
      if (sample % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    server.resume();
    await waitUntil(async () => (await server.counters())['hits'] === 50_001, server.counters);
    await waitUntil(async () => (await server.timers())['db']?.count === 50_000, server.counters);
    expect((await server.counters())['statsd.bad_lines_seen']).toBe(0);
    expect(backend.stats()).toEqual(
      expect.objectContaining({ accepted: 100_001, sent: 100_001, pending: 0, dropped: {} }),
    );
    await backend.close({ timeout: 1000 });
  });

  test('gets over TCP the samples recorded while it was restarted', async () => {
    const backend = new StatsdMetricsBackend({ protocol: 'tcp', port: server.port, flushInterval: 20 });
    backend.open(0, seriesOf('counter', 'hits'));
    backend.incr(0, 1, 1);
    await waitUntil(async () => (await server.counters())['hits'] === 1, server.counters);
    await server.stop();
    await waitUntil(() => !backend.stats().ready);
    for (let round = 0; round < 30; round += 1) {
      backend.incr(0, 1, 1);
      await backend.flush();
    }
    expect(backend.stats()).toEqual(expect.objectContaining({ accepted: 31, sent: 1, pending: 30, dropped: {} }));
    server = await startEtsyStatsd({ port: server.port });
    await waitUntil(async () => (await server.counters())['hits'] === 30, server.counters, 20_000);
    await waitUntil(() => backend.stats().pending === 0);
    await backend.close({ timeout: 1000 });
  });

  test('scales a sampled timing and reads tags in the formats it knows', async () => {
    const tags = { status: '200', zone: 'a:b' };
    const backends = (['datadog', 'graphite'] as const).map((tagFormat) => {
      const backend = new StatsdMetricsBackend({ port: server.port, tagFormat });
      backend.open(0, seriesOf('counter', tagFormat, { tags }));
      backend.incr(0, 2, 1);
      return backend;
    });
    for (const backend of backends) await backend.close({ timeout: 1000 });
    await waitUntil(async () => (await server.counters())['statsd.metrics_received'] === 2, server.counters);
    const counters = await server.counters();
    expect(counters['statsd.bad_lines_seen']).toBe(0);
    expect(counters).toMatchObject({ 'graphite;status=200;zone=a_b': 2 });
    expect(Object.keys(counters).some((name) => name.startsWith('datadog;status=200'))).toBe(true);
  });

  describe('under load', () => {
    // A daemon without processor time for ten milliseconds loses packets, whatever the sender does.
    jest.retryTimes(2);

    test('gets 100,000 mixed samples over 1,000 series with every sum, last value and count exact', async () => {
      const backend = new StatsdMetricsBackend({ port: server.port });
      const kinds = ['counter', 'gauge', 'timing', 'distribution'] as const;
      const sums = new Map<string, number>();
      const gauges = new Map<string, number>();
      const timers = new Map<string, number[]>();
      const name = (id: number) => `load.${kinds[id % 4]}.${id}`;
      for (let id = 0; id < 1000; id += 1) backend.open(id, seriesOf(kinds[id % 4]!, name(id)));
      for (let sample = 0; sample < 100_000; sample += 1) {
        const id = (sample * 7) % 1000;
        const value = (sample % 800) / 4;
        if (id % 4 === 0) {
          backend.incr(id, value, 1);
          sums.set(name(id), (sums.get(name(id)) ?? 0) + value);
        } else if (id % 4 === 1) {
          backend.gauge(id, value);
          gauges.set(name(id), value);
        } else {
          if (id % 4 === 2) backend.timing(id, value, 1);
          else backend.distribution(id, value, 1);
          timers.set(name(id), [...(timers.get(name(id)) ?? []), value]);
        }
        // The application yields now and then.
        if (sample % 5000 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      await backend.flush();
      expect(backend.stats()).toEqual(
        expect.objectContaining({ accepted: 100_000, sent: 100_000, pending: 0, dropped: {} }),
      );
      await waitUntil(
        async () => (await server.counters())['statsd.packets_received'] === backend.stats().packets,
        server.counters,
      );
      const counters = await server.counters();
      expect(counters['statsd.bad_lines_seen']).toBe(0);
      const received = await server.timers();
      const known = await server.gauges();
      for (const [series, sum] of sums) expect([series, counters[series]]).toEqual([series, sum]);
      for (const [series, value] of gauges) expect([series, known[series]]).toEqual([series, value]);
      for (const [series, values] of timers) {
        expect([series, received[series]]).toEqual([series, { values: values.slice(0, 100), count: values.length }]);
      }
      await backend.close({ timeout: 1000 });
    });
  });
});

/** Runs a server in its own temporary directory. */
async function withServer(
  run: (directory: string, start: (program: string, ...options: string[]) => void) => Promise<void>,
) {
  const directory = await mkdtemp(join(tmpdir(), 'statsd-server-'));
  await chmod(directory, 0o755);
  let child: ChildProcess | undefined;
  try {
    await run(directory, (program, ...options) => {
      child = spawn(program, options, { stdio: 'ignore' });
      child.on('error', () => {});
    });
  } finally {
    if (child?.pid !== undefined && child.exitCode === null) {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    }
    await rm(directory, { recursive: true, force: true });
  }
}

async function ask(socket: string, command: string): Promise<string> {
  const connection = connect(socket);
  await once(connection, 'connect');
  connection.end(command);
  let answer = '';
  for await (const chunk of connection) answer += chunk;
  return answer;
}

describeWith('collectd')('collectd, the strictest parser', () => {
  /** Runs it in its own temporary directory. */
  function withCollectd(run: (directory: string, port: number, socket: string) => Promise<void>): Promise<void> {
    return withServer(async (directory, start) => {
      const port = await freePort();
      const socket = join(directory, 'collectd.sock');
      const configuration = `
      Hostname "h"
      FQDNLookup false
      BaseDir "${directory}"
      PIDFile "${directory}/collectd.pid"
      PluginDir "/usr/lib/collectd"
      TypesDB "/usr/share/collectd/types.db"
      Interval 1
      LoadPlugin logfile
      LoadPlugin statsd
      LoadPlugin csv
      LoadPlugin unixsock
      <Plugin logfile>
        LogLevel info
        File "${directory}/collectd.log"
      </Plugin>
      <Plugin statsd>
        Host "127.0.0.1"
        Port "${port}"
        CounterSum true
        TimerCount true
        TimerUpper true
      </Plugin>
      <Plugin csv>
        DataDir "${directory}/csv"
        StoreRates false
      </Plugin>
      <Plugin unixsock>
        SocketFile "${socket}"
      </Plugin>
    `;
      await writeFile(join(directory, 'collectd.conf'), configuration.replace(/^ +/gm, ''));
      start('collectd', '-f', '-C', join(directory, 'collectd.conf'));
      await waitUntil(() =>
        ask(socket, 'LISTVAL\n').then(
          () => true,
          () => false,
        ),
      );
      await run(directory, port, socket);
    });
  }

  test('reads all of a thousand series, and of a thousand values, with the default size of packets', async () => {
    await withCollectd(async (directory, port, socket) => {
      const backend = new StatsdMetricsBackend({ port });
      for (let id = 0; id < 1000; id += 1) {
        backend.open(id, seriesOf('gauge', `shop.many.${id}`));
        backend.gauge(id, id);
      }
      backend.open(1000, seriesOf('timing', 'shop.values'));
      for (let value = 0; value < 1000; value += 1) backend.timing(1000, 1, 1);
      await backend.flush();
      expect(backend.stats()).toMatchObject({ accepted: 2000, sent: 2000, pending: 0 });
      const names = async () => (await ask(socket, 'LISTVAL\n')).match(/gauge-shop\.many\.\d+/g) ?? [];
      await waitUntil(
        async () => new Set(await names()).size === 1000,
        async () => (await names()).length,
      );
      const csv = join(directory, 'csv', 'h', 'statsd');
      const counts = async () => {
        const file = (await readdir(csv)).find((one) => one.startsWith('gauge-shop.values-count'));
        return file === undefined ? '' : await readFile(join(csv, file), 'utf8');
      };
      const sum = async () =>
        [...(await counts()).matchAll(/^[\d.]+,([\d.]+)$/gm)].reduce((total, [, count]) => total + Number(count), 0);
      await waitUntil(
        async () => (await sum()) === 1000,
        () => readdir(csv),
      );
      expect(await readFile(join(directory, 'collectd.log'), 'utf8')).not.toContain('Unable to parse line');
      await backend.close({ timeout: 1000 });
    });
  });

  test('reads each kind and logs no unreadable line', async () => {
    await withCollectd(async (directory, port, socket) => {
      const backend = new StatsdMetricsBackend({ port });
      await sendOneOfEach(backend);
      const gauge = async (name: string) =>
        /value=(\S+)/.exec(await ask(socket, `GETVAL "h/statsd/gauge-${name}"\n`))?.[1];
      await waitUntil(
        async () => Number(await gauge('shop.gauge5.eu')) === -2.5,
        () => ask(socket, 'LISTVAL\n'),
      );
      expect(Number(await gauge('shop.gauge1.eu'))).toBe(42);
      const csv = join(directory, 'csv', 'h', 'statsd');
      const column = async (prefix: string) => {
        const file = (await readdir(csv)).find((one) => one.startsWith(prefix));
        const rows = file === undefined ? [] : (await readFile(join(csv, file), 'utf8')).trim().split('\n').slice(1);
        return rows.map((row) => Number(row.split(',')[1]));
      };
      await waitUntil(
        async () => (await column('derive-shop.counter0.eu')).at(-1) === 7,
        () => column('derive-shop.counter0.eu'),
      );
      await waitUntil(
        async () => (await column('objects-shop.set4.eu')).includes(3),
        () => column('objects-shop.set4.eu'),
      );
      await waitUntil(
        async () => (await readdir(csv)).some((one) => one.startsWith('latency-shop.distribution3.eu')),
        () => readdir(csv),
      );
      expect(await readFile(join(directory, 'collectd.log'), 'utf8')).not.toContain('Unable to parse line');
      await backend.close({ timeout: 1000 });
    });
  });
});

describeWith('netdata')('netdata', () => {
  test('reads each kind', async () => {
    await withServer(async (directory, start) => {
      const port = await freePort();
      const web = await freePort();
      for (const part of ['conf', 'cache', 'lib', 'log']) await mkdir(join(directory, part));
      await writeFile(join(directory, 'conf', '.opt-out-from-anonymous-statistics'), '');
      const off = (names: readonly string[]) => names.map((name) => `${name} = no`).join('\n');
      const plugins = [
        'proc',
        'diskspace',
        'cgroups',
        'tc',
        'idlejitter',
        'timex',
        'apps',
        'charts.d',
        'python.d',
        'perf',
        'slabinfo',
        'nfacct',
        'enable running new plugins',
        'netdata monitoring',
      ];
      await writeFile(
        join(directory, 'netdata.conf'),
        `[global]
run as user = ${process.getuid?.() === 0 ? 'netdata' : userInfo().username}
[directories]
config = ${directory}/conf
cache = ${directory}/cache
lib = ${directory}/lib
log = ${directory}/log
[db]
mode = ram
update every = 1
[cloud]
enabled = no
[ml]
enabled = no
[health]
enabled = no
[registry]
enabled = no
[web]
bind to = 127.0.0.1
default port = ${web}
[plugins]
${off(plugins)}
[statsd]
enabled = yes
bind to = udp:127.0.0.1 tcp:127.0.0.1
default port = ${port}
update every (flushInterval) = 1
`,
      );
      // If root starts it, it switches to the user netdata, who must be able to write there.
      if (process.getuid?.() === 0) execFileSync('chown', ['-R', 'netdata:', directory]);
      start('netdata', '-D', '-c', join(directory, 'netdata.conf'), '-P', join(directory, 'own.pid'));
      const get = async (path: string) =>
        (await fetch(`http://127.0.0.1:${web}/api/v1/${path}`)).json() as Promise<never>;
      await waitUntil(() =>
        get('info').then(
          () => true,
          () => false,
        ),
      );
      const backend = new StatsdMetricsBackend({ port });
      await sendOneOfEach(backend);
      const rows = async (chart: string): Promise<number[]> => {
        const response: { data?: (number | null)[][] } = await get(`data?chart=statsd_${chart}&after=-30`).catch(
          () => ({}),
        );
        return (response.data ?? []).map((row) => row[1] ?? 0);
      };
      const connected = new StatsdMetricsBackend({ protocol: 'tcp', port });
      connected.open(0, seriesOf('counter', 'shop.connected'));
      connected.incr(0, 9, 1);
      await connected.close({ timeout: 2000 });
      expect(connected.stats()).toMatchObject({ sent: 1, pending: 0 });
      const near = (value: number, wanted: number) => Math.abs(value - wanted) < 0.01;
      // Netdata shows a counter as a rate, spread over two seconds.
      const sum = async (name: string) => (await rows(`${name}_counter`)).reduce((total, value) => total + value, 0);
      await waitUntil(
        async () => near(await sum('shop.counter0.eu'), 7),
        () => sum('shop.counter0.eu'),
        20_000,
      );
      await waitUntil(
        async () => near(await sum('shop.connected'), 9),
        () => sum('shop.connected'),
        20_000,
      );
      await waitUntil(async () => (await rows('shop.gauge1.eu_gauge')).some((value) => near(value, 42)));
      await waitUntil(async () => (await rows('shop.gauge5.eu_gauge')).some((value) => near(value, -2.5)));
      await waitUntil(async () => (await rows('shop.set4.eu_set')).some((value) => near(value, 3)));
      const log = await readFile(join(directory, 'log', 'error.log'), 'utf8');
      expect(log).not.toMatch(/unknown metric type|excess data/);
      await backend.close({ timeout: 1000 });
    });
  });
});
