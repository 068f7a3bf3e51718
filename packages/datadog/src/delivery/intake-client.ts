import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import * as timers from 'node:timers';
import { nextRound } from '@metrics/core/backend';
import type * as undici from 'undici';
import type { FullClock, ScheduledCall } from '../clock.js';
import { Connector } from './connector.js';
import type { Redactor } from './redactor.js';

export interface IntakeClientOptions {
  /** The address of the intake, without a slash at the end. */
  readonly url: string;
  readonly apiKey: string;
  /** Undefined for direct connections. */
  readonly proxy: URL | undefined;
  /** Trusted certificate authorities as PEM, instead of those of Node.js. */
  readonly ca: string | readonly string[] | undefined;
  /** Milliseconds for a request and its response. */
  readonly timeout: number;
  readonly clock: FullClock;
  readonly redactor: Redactor;
}

export interface IntakeRequest {
  readonly path: string;
  readonly body: Buffer;
  /** True if the body is deflated. */
  readonly deflated: boolean;
}

export interface IntakeResponse {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** About the first 16,384 characters of the body; empty if it did not arrive. */
  readonly text: string;
}

/** Milliseconds for the body of a response whose status is known. */
const BODY_TIMEOUT = 2000;
const MAX_TEXT_LENGTH = 16_384;
/** An idle connection is kept longer than the interval between flushes. */
const KEEP_ALIVE_MS = 20_000;
const USER_AGENT = 'metrics-datadog';
/** As it is when this file is loaded. */
const { setImmediate: setRealImmediate } = timers;

/**
 * Posts to the intake over one connection that is kept alive, directly or through a proxy. Redirects are not
 * followed, because the key would go with them. Only this file uses undici, and loads it lazily because it dominates load
 * time.
 */
export class IntakeClient {
  readonly #options: IntakeClientOptions;
  #undici: Promise<typeof undici> | undefined;
  #dispatcher: undici.Dispatcher | undefined;
  #connector: Connector | undefined;
  readonly #sockets = new Set<Socket>();
  /** Aborts the request in flight. */
  #request: AbortController | undefined;
  #timeout: ScheduledCall | undefined;
  #keepsAlive = false;
  #closed = false;

  constructor(options: IntakeClientOptions) {
    this.#options = options;
  }

  /** Loads undici ahead of the first request. Never throws. */
  prepare(): void {
    this.#load().catch(() => {
      // The first request fails with the same error.
    });
  }

  /** Sets whether a request in flight keeps the process alive. While a name is resolved, it always does. */
  setRef(active: boolean): void {
    this.#keepsAlive = active;
    this.#applyRef();
  }

  /**
   * Sends a request. The caller waits for each one before the next.
   *
   * @throws {Error} if there is no response. Its message contains no secrets, and it has no cause.
   */
  async post({ path, body, deflated }: IntakeRequest): Promise<IntakeResponse> {
    const { url, apiKey, timeout } = this.#options;
    const request = new AbortController();
    this.#request = request;
    this.#startTimeout(timeout);
    try {
      const loaded = await this.#load();
      // undici reuses a connection only after a setImmediate, which fake timers of a test hold back.
      if (globalThis.setImmediate !== setRealImmediate) this.#disconnect();
      this.#dispatcher ??= this.#createDispatcher(loaded);
      const response = loaded.request(url + path, {
        method: 'POST',
        headers: {
          'dd-api-key': apiKey,
          'content-type': 'application/json',
          'user-agent': USER_AGENT,
          ...(deflated && { 'content-encoding': 'deflate' }),
        },
        body,
        dispatcher: this.#dispatcher,
        signal: request.signal,
        // These limits restart with each byte; this class limits the whole request.
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      // undici calls ref() on a reused connection a little later.
      void nextRound().then(() => this.#applyRef());
      const { statusCode: status, headers, body: content } = await response;
      this.#startTimeout(Math.min(timeout, BODY_TIMEOUT));
      const header = headers['retry-after'];
      return { status, retryAfter: Array.isArray(header) ? header[0] : header, text: await readStart(content) };
    } catch (error) {
      throw this.#redactError(error, request.signal.aborted);
    } finally {
      this.#timeout?.cancel();
      this.#timeout = undefined;
      this.#request = undefined;
      this.#applyRef();
    }
  }

  /** Aborts the request in flight immediately, and every later one. */
  close(): void {
    this.#closed = true;
    this.#abort();
    this.#disconnect();
  }

  #disconnect(): void {
    this.#dispatcher?.destroy().catch(() => {});
    this.#dispatcher = undefined;
  }

  /** Limits the time of the request in flight from now on. */
  #startTimeout(milliseconds: number): void {
    this.#timeout?.cancel();
    this.#timeout = this.#options.clock.schedule(milliseconds, () => this.#abort());
    this.#timeout.setRef(this.#keepsAlive);
  }

  /** Ends the request in flight. Before there is a connection, undici would wait for it even so. */
  #abort(): void {
    this.#request?.abort();
    this.#connector?.abort();
  }

  #load(): Promise<typeof undici> {
    this.#undici ??= import('undici').catch(() => {
      // Node.js does not read a module again that it failed to import, such as without a free descriptor, but to require.
      this.#undici = undefined;
      const base = typeof __filename === 'string' ? __filename : import.meta.url;
      return createRequire(base)('undici') as typeof undici;
    });
    return this.#undici;
  }

  #createDispatcher({ Agent, buildConnector }: typeof undici): undici.Dispatcher {
    if (this.#closed) throw new Error('closed');
    const { proxy, timeout } = this.#options;
    const ca = this.#options.ca === undefined ? undefined : [this.#options.ca].flat();
    this.#connector = new Connector({
      proxy,
      ca,
      connect: buildConnector({ ...(ca !== undefined && { ca }), timeout }),
      onSocket: (socket) => this.#trackSocket(socket),
    });
    return new Agent({ connect: this.#connector.connect, connections: 1, keepAliveTimeout: KEEP_ALIVE_MS });
  }

  #trackSocket(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.once('connect', () => void nextRound().then(() => this.#applyRef()));
    this.#applyRef();
  }

  #applyRef(): void {
    const active = this.#keepsAlive && this.#request !== undefined;
    this.#timeout?.setRef(active);
    for (const socket of this.#sockets) {
      if (active) socket.ref();
      else socket.unref();
    }
  }

  /** Returns a new error without secrets, because properties and causes of the original may contain some. */
  #redactError(error: unknown, aborted: boolean): Error {
    if (aborted) {
      return new Error(this.#closed ? 'the backend was closed' : `no response within ${this.#options.timeout} ms`);
    }
    const { code, message = '' } = error as { readonly code?: unknown; readonly message?: string };
    const description = typeof code === 'string' && !message.includes(code) ? `${code} ${message}` : message;
    return new Error(this.#options.redactor.redact(description.trim() || 'the request failed'));
  }
}

/** Reads the body so that the connection can be reused, up to a limit. Returns the part that arrived. */
async function readStart(content: AsyncIterable<Buffer> & { destroy(): unknown }): Promise<string> {
  let text = '';
  try {
    for await (const chunk of content) {
      text += chunk.toString('utf8');
      if (text.length > MAX_TEXT_LENGTH) break;
    }
  } catch {
    // The status is known, and it alone decides.
  }
  content.destroy();
  return text;
}
