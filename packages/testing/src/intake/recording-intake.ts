import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createFront, type Server as Front, type Socket } from 'node:net';
import { ArrivalWaiters } from '../server/condition-waiters.js';
import { type IntakeFault, type PlainFault, plainFault } from './intake-fault.js';
import type { IntakeLimits } from './intake-limits.js';
import { IntakeRecord } from './intake-record.js';
import { answerOf, sendAnswer } from './intake-response.js';
import { readBody } from './request-body.js';
import { type IntakeRules, type Verdict, verdictOf } from './request-check.js';
import { stateOfKey, withoutKeys } from './request-keys.js';
import { selfSignedCertificate } from './self-signed-certificate.js';

/** What any path of the intake takes, and one more. */
const MOST_BYTES = 3_200_001;
const MOST_KEPT_BODY = 65_536;
/** A TLS alert: fatal, handshake failure. */
const HANDSHAKE_FAILURE = Buffer.from('15030300020228', 'hex');

export interface RecordingIntakeOptions {
  /**
   * HTTPS with a certificate made at start, see {@link RecordingIntake.ca}; otherwise plain HTTP.
   * @default true
   */
  readonly tls?: boolean | undefined;
  /**
   * The one API key that is right; others get 403.
   * @default any
   */
  readonly apiKey?: string | undefined;
  /** Tighter than the documented ones. A request above gets 413, and that is no violation. */
  readonly limits?: Partial<IntakeLimits> | undefined;
  /**
   * Points and values that are kept; what comes beyond is a violation and not kept.
   * @default 2_000_000
   */
  readonly maxPoints?: number | undefined;
  /**
   * The clock that the age of points is measured with, in milliseconds since the epoch.
   * @default Date.now
   */
  readonly now?: (() => number) | undefined;
}

/**
 * How connections fail in an outage: reset at once, ended by a failed TLS handshake, or taken and never answered.
 */
export type IntakeOutage = 'reset' | 'handshake' | 'silent';

/**
 * The intake of Datadog for tests: a real server on 127.0.0.1 that takes v1 and v2 series, v1 distribution points and v1
 * events, holds each request against the documented limits, and fails when told to.
 *
 * Stricter than the real one: whatever that one would change or leave out without a word is refused and listed under
 * `violations`. It keeps the process alive until {@link stop}.
 */
export class RecordingIntake extends IntakeRecord implements AsyncDisposable {
  /** The certificate to trust, PEM; it is also valid for `localhost` and `api.localhost`. Empty without TLS. */
  readonly ca: string;
  readonly #front: Front;
  readonly #http: Server;
  readonly #rules: IntakeRules;
  /** By port of the client: a request knows no more of the TCP connection below TLS. */
  readonly #connections = new Map<number, Socket>();
  readonly #waiters = new ArrivalWaiters(() => this.toString());
  #script: PlainFault[] = [];
  #afterwards: PlainFault = 'ok';
  #outage: IntakeOutage | undefined;
  #refused = 0;
  #port = 0;
  #stopping: Promise<void> | undefined;

  /** @throws RangeError when `maxPoints` is not a positive integer. */
  static async start(options: RecordingIntakeOptions = {}): Promise<RecordingIntake> {
    const intake = new RecordingIntake(options);
    intake.#front.listen(0, '127.0.0.1');
    await once(intake.#front, 'listening');
    intake.#port = (intake.#front.address() as AddressInfo).port;
    return intake;
  }

  private constructor(options: RecordingIntakeOptions) {
    super(options.maxPoints ?? 2_000_000);
    const { tls = true, apiKey, limits = {}, now = Date.now } = options;
    this.#rules = { apiKey, limits, now };
    const serve: RequestListener = (request, response) => void this.#serve(request, response);
    const pair = tls ? selfSignedCertificate(['localhost', 'api.localhost', '127.0.0.1']) : undefined;
    this.ca = pair?.certificate ?? '';
    this.#http =
      pair === undefined
        ? createServer(serve)
        : createSecureServer({ cert: pair.certificate, key: pair.privateKey }, serve);
    this.#http.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      if (error.code?.startsWith('HPE_') === true) this.addViolation(`no HTTP: ${error.message}`);
      socket.destroy();
    });
    this.#front = createFront((connection) => this.#connected(connection));
  }

  /** `https://127.0.0.1:<port>`, without a slash at its end. */
  get url(): string {
    return `${this.ca === '' ? 'http' : 'https'}://127.0.0.1:${this.#port}`;
  }

  /** How many connections were turned away by outages. */
  get refused(): number {
    return this.#refused;
  }

  /**
   * What to do with the next POST requests, one fault each, instead of what was scripted before; `afterwards` with
   * all that follow.
   *
   * @throws TypeError or RangeError when there is no such fault.
   */
  script(
    faults: readonly IntakeFault[],
    { afterwards = 'ok' }: { readonly afterwards?: IntakeFault | undefined } = {},
  ): void {
    const script = faults.map(plainFault);
    this.#afterwards = plainFault(afterwards);
    this.#script = script;
  }

  /**
   * From now on connections fail, the open ones first, until `outage(false)`. The port stays taken, so that nothing else
   * can get it.
   */
  outage(kind: IntakeOutage | false = 'reset'): void {
    if (kind === 'handshake' && this.ca === '') throw new TypeError('There is no handshake without tls');
    if (kind === false && this.#outage === undefined) return;
    this.#outage = kind === false ? undefined : kind;
    for (const connection of this.#connections.values()) connection.resetAndDestroy();
  }

  /**
   * Resolves as soon as the condition holds; it is asked now and after each request.
   *
   * @param options.timeout milliseconds, 5000 by default.
   * @throws Error that shows what did arrive, when time runs out or the intake is stopped; whatever the condition throws.
   */
  waitFor(
    condition: (intake: this) => boolean,
    { timeout = 5000 }: { readonly timeout?: number | undefined } = {},
  ): Promise<void> {
    return this.#waiters.wait(() => condition(this), timeout);
  }

  /** Ends every connection and frees the port. What was recorded stays readable. */
  async stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    await this.#stopping;
  }

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
    this.#waiters.look();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', headers } = request;
    const connection = this.#connections.get(request.socket.remotePort ?? 0);
    const fault = method === 'POST' ? (this.#script.shift() ?? this.#afterwards) : 'ok';
    const [path = '', query] = (request.url ?? '').split('?');
    let verdict: Verdict | undefined;
    let bytes = 0;
    if (fault !== 'reset-early') {
      // The client may go away in the middle of its request: what there was of it is on record.
      const body = await readBody(request, MOST_BYTES).catch(() => undefined);
      bytes = body?.length ?? 0;
      const arrived = body && { method, path, query: new URLSearchParams(query), headers, body };
      verdict = arrived && (await verdictOf(arrived, this.#rules));
    }
    const answer = verdict && answerOf(fault, verdict, path);
    if (verdict !== undefined && answer?.stores === true) {
      this.store(verdict.payload, answer.status !== undefined && answer.stall === undefined);
    }
    this.addRequest({
      method,
      path,
      headers: withoutKeys(headers),
      apiKey: stateOfKey(headers, this.#rules.apiKey),
      bytes,
      decompressedBytes: verdict?.decompressedBytes ?? 0,
      points: verdict?.payload.points ?? 0,
      body: verdict !== undefined && verdict.decompressedBytes <= MOST_KEPT_BODY ? verdict.text : undefined,
      fault,
      status: answer?.status,
      time: this.#rules.now(),
      violations: verdict?.violations ?? [],
    });
    if (answer === undefined || answer.resets) connection?.resetAndDestroy();
    else sendAnswer(answer, response);
    this.#waiters.look();
  }
}
