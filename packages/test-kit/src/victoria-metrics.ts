import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.cjs';
import { waitUntil } from './wait-until.js';

/** A series as VictoriaMetrics exports it. */
export interface StoredSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly number[];
  /** Milliseconds since the epoch. */
  readonly timestamps: readonly number[];
}

export interface VictoriaMetricsOptions {
  /** Serves HTTPS with a certificate of a local authority, which needs `openssl`. @default false */
  readonly tls?: boolean | undefined;
}

/** A VictoriaMetrics process with its own directory: a real server for version 1 of Datadog's series API. */
export class VictoriaMetrics implements AsyncDisposable {
  /** The option `baseUrl` of the backend. */
  readonly baseUrl: string;
  /** The certificate of the local authority, PEM. */
  readonly ca: string | undefined;
  readonly #origin: string;
  readonly #directory: string;
  readonly #child: ChildProcess;

  private constructor(origin: string, ca: string | undefined, directory: string, child: ChildProcess) {
    this.baseUrl = `${origin}/datadog`;
    this.#origin = origin;
    this.ca = ca;
    this.#directory = directory;
    this.#child = child;
  }

  static async start({ tls = false }: VictoriaMetricsOptions = {}): Promise<VictoriaMetrics> {
    const directory = await mkdtemp(join(tmpdir(), 'victoria-metrics-'));
    const address = `127.0.0.1:${await freePort()}`;
    const options = [
      `-httpListenAddr=${address}`,
      `-storageDataPath=${join(directory, 'data')}`,
      '-retentionPeriod=1',
      '-search.latencyOffset=0s',
      '-search.disableCache',
      '-memory.allowedBytes=64MB',
    ];
    const ca = tls ? await createCertificate(directory) : undefined;
    if (tls)
      options.push(
        '-tls',
        `-tlsCertFile=${join(directory, 'server.crt')}`,
        `-tlsKeyFile=${join(directory, 'server.key')}`,
      );
    const child = spawn('victoria-metrics', options, { stdio: 'ignore' });
    child.on('error', () => {});
    const origin = `${tls ? 'https' : 'http'}://${address}`;
    const server = new VictoriaMetrics(origin, ca, directory, child);
    await waitUntil(
      () =>
        server.#get('/health').then(
          () => true,
          () => false,
        ),
      () => `victoria-metrics ended with ${child.exitCode}`,
      20_000,
    );
    return server;
  }

  /**
   * Resolves with the series whose names start with `prefix` once they have `minValues` values. New series appear after
   * a second or two.
   */
  async series(prefix: string, minValues: number): Promise<StoredSeries[]> {
    let stored: StoredSeries[] = [];
    await waitUntil(
      async () => {
        await this.#get('/internal/force_flush');
        const match = encodeURIComponent(`{__name__=~"${prefix}.*"}`);
        const lines = (await this.#get(`/api/v1/export?match[]=${match}`)).split('\n').filter((line) => line !== '');
        stored = lines.map((line) => JSON.parse(line) as StoredSeries);
        return stored.reduce((sum, { values }) => sum + values.length, 0) >= minValues;
      },
      () => stored,
      20_000,
    );
    return stored;
  }

  /** Resolves with the sum of the server's own counters whose lines start with `prefix`. */
  async counter(prefix: string): Promise<number> {
    const lines = (await this.#get('/metrics')).split('\n').filter((line) => line.startsWith(prefix));
    if (lines.length === 0) throw new Error(`VictoriaMetrics has no counter ${prefix}`);
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.pid !== undefined && this.#child.exitCode === null) {
      const ended = once(this.#child, 'exit');
      this.#child.kill();
      await ended;
    }
    await rm(this.#directory, { recursive: true, force: true });
  }

  #get(path: string): Promise<string> {
    const url = this.#origin + path;
    return new Promise((resolve, reject) => {
      const sent = this.ca === undefined ? get(url) : request(url, { ca: this.ca }).end();
      sent.on('error', reject).on('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => {
          if (response.statusCode !== undefined && response.statusCode < 300) resolve(text);
          else reject(new Error(`${url} returned ${response.statusCode}: ${text}`));
        });
      });
    });
  }
}

/** Creates an authority, and a certificate of it for 127.0.0.1. Resolves with the authority's certificate. */
async function createCertificate(directory: string): Promise<string> {
  const openssl = (...options: string[]) => execFileSync('openssl', options, { cwd: directory, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await writeFile(join(directory, 'server.ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  openssl('req', '-x509', ...key, '-days', '2', '-subj', '/CN=authority', '-keyout', 'ca.key', '-out', 'ca.crt');
  openssl('req', ...key, '-subj', '/CN=localhost', '-keyout', 'server.key', '-out', 'server.csr');
  const authority = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'];
  openssl(
    'x509',
    '-req',
    '-in',
    'server.csr',
    ...authority,
    '-days',
    '2',
    '-extfile',
    'server.ext',
    '-out',
    'server.crt',
  );
  return readFile(join(directory, 'ca.crt'), 'utf8');
}
