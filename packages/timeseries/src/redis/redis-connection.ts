// The connection to Redis, with timeouts and without secrets in errors.
import { setMaxListeners } from 'node:events';
import { createClient } from 'redis';
import type { RedisCommands, RedisStoreClient } from './redis-client.js';
import { RedisStoreError, secretsOf } from './redis-errors.js';
import type { ResolvedRedisStoreOptions } from './redis-store-options.js';

type OwnClient = RedisStoreClient & { connect(): Promise<unknown>; destroy(): void; unref(): void };

/** Milliseconds that commands may take after `beforeExit`: the facade lets a finished process wait for a second. */
const FINISH_TIMEOUT = 900;
/** Functions that end the commands under way, as if their time were up. */
const underWay = new Set<() => void>();
/** Connections that are not closed. They share a listener. */
let open = 0;

/** Ends commands soon after the process has finished, though it still waits for a reply. */
function onBeforeExit(): void {
  setTimeout(() => {
    for (const end of underWay) end();
  }, FINISH_TIMEOUT).unref();
}

/**
 * The connection to Redis: the application's client, or a client of the store that connects when it is needed. No wait is
 * longer than the timeout, connecting included; none keeps the process alive; and no error contains a password.
 */
export class RedisConnection {
  readonly #options: ResolvedRedisStoreOptions;
  readonly #secrets: readonly string[];
  #own: OwnClient | undefined;
  #connecting: Promise<OwnClient> | undefined;
  #isClosed = false;

  /** @throws {TypeError} if no client can be made from the options. */
  constructor(options: ResolvedRedisStoreOptions) {
    this.#options = options;
    this.#secrets = secretsOf(options);
    // Without a listener, an error of the connection would terminate the process.
    if (options.client !== undefined) options.client.on('error', ignoreError);
    else destroyClient(this.#newClient());
    open += 1;
    if (open === 1) process.on('beforeExit', onBeforeExit);
  }

  /**
   * Runs commands as soon as there is a connection. Rejects if the connection or the last reply takes longer than the
   * timeout; commands already sent may still take effect. If this connection leads to a server that cannot store anything,
   * such as the former primary after a failover, the commands run once more over another one.
   */
  async run<T>(commands: (client: RedisCommands) => Promise<T>): Promise<T> {
    const deadline = performance.now() + this.#options.commandTimeout;
    const used = this.#own;
    try {
      return await this.#runOnce(commands, deadline);
    } catch (error) {
      if (!(error instanceof RedisStoreError && error.isOfConnection) || this.#options.client !== undefined)
        throw error;
      // Another command may have given it up, and there may be a better one already.
      if (this.#own === used) this.#disconnect();
      if (used === undefined) throw error;
      return this.#runOnce(commands, deadline);
    }
  }

  async #runOnce<T>(commands: (client: RedisCommands) => Promise<T>, deadline: number): Promise<T> {
    let end = () => {};
    const unsent = new AbortController();
    // Each command of a read adds one.
    setMaxListeners(0, unsent.signal);
    const timedOut = new Promise<never>((_, reject) => {
      end = () => {
        reject(new Error(`no reply within ${this.#options.commandTimeout} ms`));
        // A client of the application would keep them for a node that is down, and send them all when it is back.
        unsent.abort();
        // Replies come in order, so this connection is of no more use.
        this.#disconnect();
      };
    });
    underWay.add(end);
    const timer = setTimeout(end, Math.max(1, deadline - performance.now())).unref();
    try {
      return await Promise.race([this.#ready(unsent.signal).then(commands), timedOut]);
    } catch (error) {
      throw new RedisStoreError(error, this.#secrets);
    } finally {
      clearTimeout(timer);
      underWay.delete(end);
    }
  }

  /** Closes the store's client. The application's client stays open. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    open -= 1;
    if (open === 0) process.off('beforeExit', onBeforeExit);
    this.#options.client?.off('error', ignoreError);
    this.#disconnect();
  }

  async #ready(abortSignal: AbortSignal): Promise<RedisCommands> {
    if (this.#isClosed) throw new Error('the store is closed');
    const { client = await this.#connectedClient() } = this.#options;
    if (!(client.isReady ?? client.isOpen)) throw new Error('the client is not connected');
    return client.withCommandOptions({ typeMapping: {}, timeout: 0, abortSignal });
  }

  #connectedClient(): Promise<OwnClient> {
    if (this.#own?.isReady === true) return Promise.resolve(this.#own);
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  /** Connects with a new client: one that lost its connection has no state worth keeping. */
  async #connect(): Promise<OwnClient> {
    this.#disconnect();
    const client = this.#newClient();
    this.#own = client;
    try {
      await client.connect();
      if (this.#own !== client) throw new Error('the connection was closed');
      return client;
    } catch (error) {
      destroyClient(client);
      throw error;
    }
  }

  #disconnect(): void {
    if (this.#own !== undefined) destroyClient(this.#own);
    this.#own = undefined;
  }

  #newClient(): OwnClient {
    const { url, clientOptions, commandTimeout } = this.#options;
    try {
      const client = createClient({
        ...clientOptions,
        ...(url !== undefined && { url }),
        // Commands that wait for a connection would outlive their timeout.
        disableOfflineQueue: true,
        // The store connects when needed, so that no timer for the next attempt keeps the process alive.
        socket: { connectTimeout: commandTimeout, ...clientOptions?.socket, reconnectStrategy: false },
      });
      client.on('error', ignoreError);
      client.unref();
      return client;
    } catch {
      // The cause may quote the URL, and with it the password.
      throw new TypeError(
        'url must be redis[s]://[[username][:password]@][host][:port][/database] and must not contradict clientOptions.',
      );
    }
  }
}

function ignoreError(): void {}

function destroyClient(client: OwnClient): void {
  try {
    client.destroy();
  } catch {
    // Version 5 throws if there is nothing to destroy.
  }
}
