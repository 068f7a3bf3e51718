import type { ClientRequest } from 'node:http';
import { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { proxyAuthorization } from './proxy.js';

export interface ConnectorOptions {
  /** Undefined for direct connections. */
  readonly proxy: URL | undefined;
  /** Trusted certificate authorities as PEM, instead of those of Node.js. */
  readonly ca: string[] | undefined;
  /** Connects directly, or starts TLS in the socket that it gets. */
  readonly connect: buildConnector.connector;
  /** Called with each socket as soon as it exists, because it keeps the process alive from then on. */
  readonly onSocket: (socket: Socket) => void;
}

/**
 * Connects to the intake, directly or through a tunnel of the proxy. Each attempt ends with a socket or an error, and can be
 * aborted in any phase: undici would connect to a proxy that hangs up again and again, without a pause or an error.
 */
export class Connector {
  readonly #options: ConnectorOptions;
  /** Ends the attempt that is under way. */
  #abort: ((error: Error) => void) | undefined;

  constructor(options: ConnectorOptions) {
    this.#options = options;
  }

  /** Connects, as undici asks for it. */
  readonly connect: buildConnector.connector = (target, callback) => {
    let isDone = false;
    const done: buildConnector.Callback = (...[error, socket]) => {
      if (isDone) return;
      isDone = true;
      this.#abort = undefined;
      if (error === null) callback(null, socket);
      else callback(plainError(error), null);
    };
    if (this.#options.proxy === undefined) this.#connectDirectly(target, done);
    else this.#openTunnel(this.#options.proxy, target, done);
  };

  /** Ends the attempt that is under way. A connection that was made before stays open. */
  abort(): void {
    this.#abort?.(new Error('the attempt to connect was aborted'));
  }

  #connectDirectly(target: buildConnector.Options, done: buildConnector.Callback): void {
    const { connect, onSocket } = this.#options;
    // The type says void, but undici returns the socket.
    const socket: unknown = connect(target, done);
    if (!(socket instanceof Socket)) return;
    onSocket(socket);
    this.#abort = (error) => socket.destroy(error);
  }

  #openTunnel(proxy: URL, target: buildConnector.Options, done: buildConnector.Callback): void {
    const { ca, onSocket } = this.#options;
    const authorization = proxyAuthorization(proxy);
    const host = `${target.hostname.includes(':') ? `[${target.hostname}]` : target.hostname}:${target.port || defaultPort(target)}`;
    const { request } = process.getBuiltinModule(proxy.protocol === 'https:' ? 'node:https' : 'node:http');
    const tunnel: ClientRequest = request({
      method: 'CONNECT',
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
      path: host,
      headers: { host, ...(authorization !== undefined && { 'proxy-authorization': authorization }) },
      agent: false,
      ...(ca !== undefined && { ca }),
    });
    this.#abort = (error) => tunnel.destroy(error);
    tunnel
      .on('socket', onSocket)
      .on('error', (error) => done(error, null))
      .on('connect', ({ statusCode = 0 }, socket: Socket) => {
        if (statusCode < 200 || statusCode > 299) {
          socket.destroy();
          return done(new Error(`the proxy responded to CONNECT with status ${statusCode}`), null);
        }
        if (target.protocol !== 'https:') return done(null, socket);
        this.#connectDirectly({ ...target, httpSocket: socket }, done);
      })
      .end();
  }
}

function defaultPort({ protocol }: buildConnector.Options): number {
  return protocol === 'https:' ? 443 : 80;
}

/** Returns an error without a code, because undici connects again immediately after some codes. */
function plainError(error: Error): Error {
  const { code } = error as NodeJS.ErrnoException;
  return new Error(code === undefined || error.message.includes(code) ? error.message : `${code} ${error.message}`);
}
