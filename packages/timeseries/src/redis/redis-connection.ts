import { createClient } from 'redis';
import type { RedisCommands, RedisStoreClient } from './redis-client.js';
import type { CheckedRedisStoreOptions } from './redis-store-options.js';

type OwnClient = RedisStoreClient & { connect(): Promise<unknown>; destroy(): void; unref(): void };

/**
 * The way to Redis: the application's client, or one of its own that connects when it is needed. Every wait has an end,
 * and no error tells a password.
 */
export class RedisConnection {
  readonly #options: CheckedRedisStoreOptions;
  #own: OwnClient | undefined;
  #connecting: Promise<OwnClient> | undefined;
  #isClosed = false;

  /** @throws {TypeError} when no client can be made of the options. */
  constructor(options: CheckedRedisStoreOptions) {
    this.#options = options;
    // Without a listener an error of the connection would end the process.
    if (options.client !== undefined) options.client.on('error', ignore);
    else destroy(this.#newClient());
  }

  /**
   * Runs commands once there is a connection. Rejects when that, or the last reply, is not there in time; commands that
   * were sent by then may still take effect. The process is kept alive meanwhile.
   */
  async run<T>(commands: (client: RedisCommands) => Promise<T>): Promise<T> {
    const { commandTimeout } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`no answer within ${commandTimeout} ms`));
        // Replies come in order, so this connection has none to offer any more.
        this.#disconnect();
      }, commandTimeout);
    });
    try {
      return await Promise.race([this.#ready().then(commands), late]);
    } catch (error) {
      throw withoutSecrets(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Closes the client, unless it is the application's. */
  close(): void {
    this.#isClosed = true;
    this.#options.client?.off('error', ignore);
    this.#disconnect();
  }

  async #ready(): Promise<RedisCommands> {
    if (this.#isClosed) throw new Error('the store is closed');
    const { client = await this.#connected() } = this.#options;
    if (!(client.isReady ?? client.isOpen)) throw new Error('the client is not connected');
    return client.withCommandOptions({ typeMapping: {}, timeout: 0 });
  }

  #connected(): Promise<OwnClient> {
    if (this.#own?.isReady === true) return Promise.resolve(this.#own);
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  /** With a new client: one that lost its connection has nothing that is worth keeping. */
  async #connect(): Promise<OwnClient> {
    this.#disconnect();
    const client = this.#newClient();
    this.#own = client;
    try {
      await client.connect();
      if (this.#own !== client) throw new Error('the connection was closed');
      return client;
    } catch (error) {
      destroy(client);
      throw error;
    }
  }

  #disconnect(): void {
    if (this.#own !== undefined) destroy(this.#own);
    this.#own = undefined;
  }

  #newClient(): OwnClient {
    const { url, clientOptions, commandTimeout } = this.#options;
    try {
      const client = createClient({
        ...clientOptions,
        ...(url !== undefined && { url }),
        // Commands that wait for a connection would outlive the patience of those who wait for them.
        disableOfflineQueue: true,
        // Connections are made when they are needed, so that no timer for the next attempt keeps the process alive.
        socket: { connectTimeout: commandTimeout, ...clientOptions?.socket, reconnectStrategy: false },
      });
      client.on('error', ignore);
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

function ignore(): void {}

function destroy(client: OwnClient): void {
  try {
    client.destroy();
  } catch {
    // Version 5 throws where there is nothing to destroy.
  }
}

/** What an error says, and nothing else of it. A server that does not know a command quotes its arguments: a password. */
function withoutSecrets(error: unknown): Error {
  const { message = '', errors } = error as Partial<AggregateError>;
  const text = message === '' && errors?.[0] instanceof Error ? errors[0].message : message;
  const [reason] = text.split(/,? with args/);
  return new Error(`Redis: ${(reason || 'unknown error').slice(0, 200)}`);
}
