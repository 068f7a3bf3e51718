// Datadog's intake as a server for tests. The example of its class makes it longer than other files.
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createFront, type Server as Front, type Socket } from 'node:net';
import { ConditionWaiters } from '../server/condition-waiters.js';
import { type IntakeFault, type ResolvedFault, resolveFault } from './intake-fault.js';
import type { IntakeLimits } from './intake-limits.js';
import { IntakeRecord } from './intake-record.js';
import { responseFor, sendResponse } from './intake-response.js';
import { readBody } from './request-body.js';
import { checkRequest, type IntakeRules, type RequestCheck } from './request-check.js';
import { checkApiKey, removeKeys } from './request-keys.js';
import { createSelfSignedCertificate } from './self-signed-certificate.js';

/** Bytes of a body that are read: one more than any path of the intake accepts. */
const MAX_BODY_BYTES = 3_200_001;
/** Bytes of a body up to which `requests` keeps it. */
const MAX_KEPT_BODY_BYTES = 65_536;
/** A TLS alert: fatal, handshake failure. */
const HANDSHAKE_FAILURE = Buffer.from('15030300020228', 'hex');

/** Options of {@link RecordingIntake.start}. */
export interface RecordingIntakeOptions {
  /**
   * The port, on 127.0.0.1.
   * @default a free port
   */
  readonly port?: number | undefined;
  /**
   * True serves HTTPS with a certificate made at start, see {@link RecordingIntake.ca}; false serves plain HTTP.
   * @default true
   */
  readonly tls?: boolean | undefined;
  /**
   * The right API key. Requests with others get status 403.
   * @default any key is right
   */
  readonly apiKey?: string | undefined;
  /** Limits below the documented ones. A request above them gets status 413 and is not a violation. */
  readonly limits?: Partial<IntakeLimits> | undefined;
  /**
   * Maximum number of points and values that are kept. More are a violation.
   * @default 2_000_000
   */
  readonly maxPoints?: number | undefined;
  /**
   * The clock that determines the age of points. Returns milliseconds since the epoch.
   * @default Date.now
   */
  readonly now?: (() => number) | undefined;
}

/**
 * How connections fail in an outage: reset immediately, closed by a failed TLS handshake, or accepted without any
 * response.
 */
export type IntakeOutage = 'reset' | 'handshake' | 'silent';

/**
 * Datadog's intake for tests: a real server on 127.0.0.1 that accepts v1 and v2 series, v1 distribution points and v1
 * events, checks each request against the documented limits, and fails as scripted.
 *
 * It is stricter than the real one: it rejects everything that the real one would silently change or drop, and lists it
 * in `violations`. It keeps the process alive until {@link stop}.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { createMetrics } from '@metrics/core';
 * import { DatadogMetricsBackend } from '@metrics/datadog';
 * import { RecordingIntake } from '@metrics/testing/servers';
 *
 * const apiKey = 'b9f1e3a75c2d4860b9f1e3a75c2d4860';
 * const intake = await RecordingIntake.start({ apiKey });
 * const metrics = createMetrics({ backend: new DatadogMetricsBackend({ apiKey, baseUrl: intake.url, ca: intake.ca }) });
 * metrics.incr('jobs.done', 3, { tags: { task: 'mail' } });
 * await metrics.close({ timeout: 10_000 });
 *
 * assert.equal(intake.sum('jobs.done', { task: 'mail' }), 3);
 * assert.deepEqual(intake.violations, []);
 * await intake.stop();
 * ```
 */
export class RecordingIntake extends IntakeRecord {
  /** The certificate to trust, as PEM. It is also valid for `localhost` and `api.localhost`. Empty without TLS. */
  readonly ca: string;
  readonly #front: Front;
  readonly #http: Server;
  readonly #rules: IntakeRules;
  /** TCP connections by the port of the client, the only property of a TLS request that identifies its connection. */
  readonly #connections = new Map<number, Socket>();
  readonly #waiters = new ConditionWaiters(() => this.toString());
  #script: ResolvedFault[] = [];
  #afterwards: ResolvedFault = 'ok';
  #outage: IntakeOutage | undefined;
  #refused = 0;
  #port = 0;
  #stopping: Promise<void> | undefined;

  /**
   * Starts an intake. Resolves when it is ready.
   *
   * @throws {TypeError | RangeError} if `maxPoints` is not a positive integer.
   * @throws {Error} if the port is in use.
   */
  static async start(options: RecordingIntakeOptions = {}): Promise<RecordingIntake> {
    const intake = new RecordingIntake(options);
    intake.#front.listen(options.port ?? 0, '127.0.0.1');
    await once(intake.#front, 'listening');
    intake.#port = (intake.#front.address() as AddressInfo).port;
    return intake;
  }

  private constructor(options: RecordingIntakeOptions) {
    super(options.maxPoints ?? 2_000_000);
    const { tls = true, apiKey, limits = {}, now = Date.now } = options;
    this.#rules = { apiKey, limits, now };
    const serve: RequestListener = (request, response) => void this.#serve(request, response);
    const pair = tls ? createSelfSignedCertificate(['localhost', 'api.localhost', '127.0.0.1']) : undefined;
    this.ca = pair?.certificate ?? '';
    this.#http =
      pair === undefined
        ? createServer(serve)
        : createSecureServer({ cert: pair.certificate, key: pair.privateKey }, serve);
    this.#http.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      if (error.code?.startsWith('HPE_') === true) this.addViolation(`not HTTP: ${error.message}`);
      socket.destroy();
    });
    this.#front = createFront((connection) => this.#connected(connection));
  }

  /** The origin `https://127.0.0.1:<port>`, or `http:` without TLS. */
  get url(): string {
    return `${this.ca === '' ? 'http' : 'https'}://127.0.0.1:${this.#port}`;
  }

  /** The number of connections that outages refused. */
  get refused(): number {
    return this.#refused;
  }

  /**
   * Scripts the next POST requests, one fault each, and replaces the previous script. `afterwards` applies to all
   * requests after those.
   *
   * @throws {TypeError | RangeError} if a fault is invalid.
   */
  script(
    faults: readonly IntakeFault[],
    { afterwards = 'ok' }: { readonly afterwards?: IntakeFault | undefined } = {},
  ): void {
    const script = faults.map(resolveFault);
    this.#afterwards = resolveFault(afterwards);
    this.#script = script;
  }

  /**
   * Makes all connections fail, the open ones immediately, until `outage(false)`. The port stays bound, so that no
   * other program gets it.
   */
  outage(kind: IntakeOutage | false = 'reset'): void {
    if (kind === 'handshake' && this.ca === '') throw new TypeError("outage 'handshake' needs an intake with tls");
    if (kind === false && this.#outage === undefined) return;
    this.#outage = kind === false ? undefined : kind;
    for (const connection of this.#connections.values()) connection.resetAndDestroy();
  }

  /**
   * Resolves as soon as the condition holds. Checks it now and after each request.
   *
   * @throws {Error} after the timeout or `stop`, with everything that arrived. Errors of the condition are rethrown.
   */
  waitFor(
    condition: (intake: this) => boolean,
    {
      timeout = 5000,
    }: {
      /** Milliseconds until it rejects. @default 5000 */
      readonly timeout?: number | undefined;
    } = {},
  ): Promise<void> {
    return this.#waiters.wait(() => condition(this), timeout);
  }

  /** Closes every connection and frees the port. Everything that was recorded stays readable. */
  async stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    await this.#stopping;
  }

  /** Does the same as {@link RecordingIntake.stop}: `await using intake = await RecordingIntake.start()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #stop(): Promise<void> {
    const closed = once(this.#front, 'close');
    this.#front.close();
    for (const connection of this.#connections.values()) connection.destroy();
    this.#waiters.end('The intake was stopped');
    await closed;
  }

  #connected(connection: Socket): void {
    const { remotePort = 0 } = connection;
    this.#connections.set(remotePort, connection);
    connection.on('error', () => undefined).on('close', () => this.#connections.delete(remotePort));
    if (this.#outage === undefined) {
      this.#http.emit('connection', connection);
      return;
    }
    this.#refused += 1;
    if (this.#outage === 'reset') connection.resetAndDestroy();
    else if (this.#outage === 'handshake') connection.end(HANDSHAKE_FAILURE);
    this.#waiters.recheck();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', headers } = request;
    const connection = this.#connections.get(request.socket.remotePort ?? 0);
    const fault = method === 'POST' ? (this.#script.shift() ?? this.#afterwards) : 'ok';
    const [path = '', query] = (request.url ?? '').split('?');
    let check: RequestCheck | undefined;
    let bytes = 0;
    if (fault !== 'reset-early') {
      // The client may disconnect within its request. The request is recorded even so.
      const body = await readBody(request, MAX_BODY_BYTES).catch(() => undefined);
      bytes = body?.length ?? 0;
      const arrived = body && { method, path, query: new URLSearchParams(query), headers, body };
      check = arrived && (await checkRequest(arrived, this.#rules));
    }
    const mock = check && responseFor(fault, check, path);
    if (check !== undefined && mock?.stores === true) {
      this.store(check.payload, mock.status !== undefined && mock.stall === undefined);
    }
    this.addRequest({
      method,
      path,
      headers: removeKeys(headers),
      apiKey: checkApiKey(headers, this.#rules.apiKey),
      bytes,
      decompressedBytes: check?.decompressedBytes ?? 0,
      points: check?.payload.points ?? 0,
      body: check !== undefined && check.decompressedBytes <= MAX_KEPT_BODY_BYTES ? check.text : undefined,
      fault,
      status: mock?.status,
      time: this.#rules.now(),
      violations: check?.violations ?? [],
    });
    if (mock === undefined || mock.resets) connection?.resetAndDestroy();
    else sendResponse(mock, response);
    this.#waiters.recheck();
  }
}
