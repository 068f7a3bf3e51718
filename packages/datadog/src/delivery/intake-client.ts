import { Socket } from 'node:net';
import type * as undici from 'undici';
import type { Alarm, Clock } from '../clock.js';
import type { Redactor } from './redactor.js';

export interface IntakeClientOptions {
  readonly url: string;
  readonly apiKey: string;
  readonly ca: string | readonly string[] | undefined;
  /** Milliseconds for a request and its answer. */
  readonly timeout: number;
  readonly clock: Clock;
  readonly redactor: Redactor;
}

export interface IntakeRequest {
  readonly path: string;
  readonly body: Buffer;
  /** Whether the body is deflated. */
  readonly deflated: boolean;
}

export interface IntakeAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** Its first 16 KiB; empty when it did not come. */
  readonly text: string;
}

/** Milliseconds for the body of an answer whose status is known. */
const BODY_PATIENCE = 2000;
const MOST_TEXT = 16_384;
/** Milliseconds a connection is kept for the next flush; longer than the interval of flushes. */
const KEEP_ALIVE = 20_000;
const USER_AGENT = 'metrics-datadog';

/**
 * Posts to the intake over one connection that is kept alive, through the proxy that the environment names. The one file
 * that touches undici, which is loaded when it is first needed: it costs more than all the rest.
 *
 * Redirects are not followed, as the key would go with them.
 */
export class IntakeClient {
  readonly #options: IntakeClientOptions;
  #undici: Promise<typeof undici> | undefined;
  #dispatcher: undici.Dispatcher | undefined;
  readonly #sockets = new Set<Socket>();
  #underWay: AbortController | undefined;
  #alarm: Alarm | undefined;
  #held = false;
  #closed = false;

  constructor(options: IntakeClientOptions) {
    this.#options = options;
  }

  /** Loads what is needed to send, so that the first flush need not. Never rejects. */
  prepare(): void {
    this.#load().catch(() => {
      // The first request says it.
    });
  }

  /** Whether a request under way keeps the process alive. (Through a proxy it does, until its timeout.) */
  hold(held: boolean): void {
    this.#held = held;
    this.#applyHold();
  }

  /**
   * One request at a time.
   *
   * @throws Error when there was no answer; without a cause, and its message clean of secrets.
   */
  async post({ path, body, deflated }: IntakeRequest): Promise<IntakeAnswer> {
    const { url, apiKey, timeout } = this.#options;
    const underWay = new AbortController();
    this.#underWay = underWay;
    this.#sound(timeout);
    try {
      const loaded = await this.#load();
      this.#dispatcher ??= this.#createDispatcher(loaded);
      const answer = loaded.request(url + path, {
        method: 'POST',
        headers: {
          'dd-api-key': apiKey,
          'content-type': 'application/json',
          'user-agent': USER_AGENT,
          ...(deflated && { 'content-encoding': 'deflate' }),
        },
        body,
        dispatcher: this.#dispatcher,
        signal: underWay.signal,
        // One limit for all of it is kept here; these begin anew with each byte.
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      // A connection that wakes up takes hold of the process a little later.
      setImmediate(() => this.#applyHold());
      const { statusCode: status, headers, body: content } = await answer;
      this.#sound(Math.min(timeout, BODY_PATIENCE));
      const header = headers['retry-after'];
      return { status, retryAfter: Array.isArray(header) ? header[0] : header, text: await startOf(content) };
    } catch (error) {
      throw this.#clean(error, underWay.signal.aborted);
    } finally {
      this.#alarm?.cancel();
      this.#alarm = undefined;
      this.#underWay = undefined;
      this.#applyHold();
    }
  }

  /** Ends what is under way, and all that follows, at once. */
  close(): void {
    this.#closed = true;
    this.#underWay?.abort();
    this.#dispatcher?.destroy().catch(() => {});
  }

  /** Sets the alarm that ends the request under way. */
  #sound(milliseconds: number): void {
    this.#alarm?.cancel();
    this.#alarm = this.#options.clock.schedule(milliseconds, () => this.#underWay?.abort());
    this.#alarm.hold(this.#held);
  }

  #load(): Promise<typeof undici> {
    this.#undici ??= import('undici');
    return this.#undici;
  }

  #createDispatcher({ buildConnector, EnvHttpProxyAgent }: typeof undici): undici.Dispatcher {
    if (this.#closed) throw new Error('closed');
    const { ca, timeout } = this.#options;
    const tls = ca === undefined ? {} : { ca: [ca].flat() };
    const connect = buildConnector({ ...tls, timeout });
    return new EnvHttpProxyAgent({
      connect: (options, callback) => {
        // Typed as nothing; it is the socket, which keeps the process alive from now on.
        const socket: unknown = connect(options, callback);
        if (socket instanceof Socket) this.#adopt(socket);
      },
      requestTls: tls,
      proxyTls: tls,
      connections: 1,
      keepAliveTimeout: KEEP_ALIVE,
    });
  }

  #adopt(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.once('connect', () => setImmediate(() => this.#applyHold()));
    this.#applyHold();
  }

  #applyHold(): void {
    const held = this.#held && this.#underWay !== undefined;
    this.#alarm?.hold(held);
    for (const socket of this.#sockets) {
      if (held) socket.ref();
      else socket.unref();
    }
  }

  #clean(error: unknown, aborted: boolean): Error {
    if (aborted) {
      return new Error(this.#closed ? 'the backend was closed' : `no answer within ${this.#options.timeout} ms`);
    }
    const { code, message = '' } = error as { readonly code?: unknown; readonly message?: string };
    const about = typeof code === 'string' && !message.includes(code) ? `${code} ${message}` : message;
    return new Error(this.#options.redactor.clean(about.trim() || 'the request failed'));
  }
}

/** Reads the whole body, so that the connection can be used again; what is too long, or does not come, is left. */
async function startOf(content: AsyncIterable<Buffer> & { destroy(): unknown }): Promise<string> {
  let text = '';
  try {
    for await (const chunk of content) {
      text += chunk.toString('utf8');
      if (text.length > MOST_TEXT) break;
    }
  } catch {
    // The status is known, and it is what counts.
  }
  content.destroy();
  return text;
}
