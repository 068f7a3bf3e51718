import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.cjs';
import { waitUntil } from './wait-until.js';

/** A target as Prometheus reports it. */
export interface ScrapeTarget {
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
}

/** A Prometheus process with its own directory, which scrapes one target each second. */
export class PrometheusServer implements AsyncDisposable {
  readonly #origin: string;
  readonly #directory: string;
  readonly #child: ChildProcess;

  private constructor(origin: string, directory: string, child: ChildProcess) {
    this.#origin = origin;
    this.#directory = directory;
    this.#child = child;
  }

  /** @param target host, port and path that are scraped, such as `127.0.0.1:9464/metrics`. */
  static async start(target: string): Promise<PrometheusServer> {
    const directory = await mkdtemp(join(tmpdir(), 'prometheus-'));
    const address = `127.0.0.1:${await freePort()}`;
    const [host = '', ...path] = target.split('/');
    const configuration = {
      global: { scrape_interval: '1s' },
      scrape_configs: [{ job_name: 'test', metrics_path: `/${path.join('/')}`, static_configs: [{ targets: [host] }] }],
    };
    const file = join(directory, 'prometheus.yml');
    // JSON is YAML.
    await writeFile(file, JSON.stringify(configuration));
    const child = spawn(
      'prometheus',
      [`--config.file=${file}`, `--storage.tsdb.path=${join(directory, 'data')}`, `--web.listen-address=${address}`],
      { stdio: 'ignore' },
    );
    child.on('error', () => {});
    const server = new PrometheusServer(`http://${address}`, directory, child);
    await waitUntil(
      () =>
        fetch(`http://${address}/-/ready`).then(
          ({ ok }) => ok,
          () => false,
        ),
      () => `prometheus ended with ${child.exitCode}`,
      30_000,
    );
    return server;
  }

  async target(): Promise<ScrapeTarget | undefined> {
    const { data } = (await this.#get('targets')) as { data: { activeTargets: ScrapeTarget[] } };
    return data.activeTargets[0];
  }

  /** Resolves with the value of each series of an expression, by its labels as JSON. */
  async query(expression: string): Promise<Record<string, number>> {
    const { data } = (await this.#get(`query?query=${encodeURIComponent(expression)}`)) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    return Object.fromEntries(
      data.result.map(({ metric, value }) => [JSON.stringify(sortByName(metric)), Number(value[1])]),
    );
  }

  /** Resolves with the sum of an expression, which is 0 if it has no series. */
  async sum(expression: string): Promise<number> {
    return Object.values(await this.query(`sum(${expression})`))[0] ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.pid !== undefined && this.#child.exitCode === null) {
      const ended = once(this.#child, 'exit');
      this.#child.kill();
      await ended;
    }
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #get(path: string): Promise<unknown> {
    return (await fetch(`${this.#origin}/api/v1/${path}`)).json();
  }
}

function sortByName(labels: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1));
}
