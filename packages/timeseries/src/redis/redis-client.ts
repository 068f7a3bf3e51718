/** The commands that the store sends. Clients, pools and clusters of the package `redis` have all of them. */
export interface RedisCommands {
  /** Sends EVALSHA: runs a script that the server has already. */
  evalSha(sha1: string, options: ScriptInput): Promise<unknown>;
  /** Sends EVAL: runs a script. */
  eval(script: string, options: ScriptInput): Promise<unknown>;
  /** Sends HGETALL: reads all fields of a hash. */
  hGetAll(key: string): Promise<unknown>;
  /** Sends HMGET: reads some fields of a hash. */
  hmGet(key: string, fields: string[]): Promise<unknown>;
  /** Sends PFCOUNT: estimates the distinct members of several sets together. */
  pfCount(keys: string[]): Promise<unknown>;
  /** Sends PFMERGE: merges sets for an estimate. */
  pfMerge(destination: string, sources: string[]): Promise<unknown>;
  /** Sends EXPIRE: sets the seconds after which a key is removed. */
  expire(key: string, seconds: number): Promise<unknown>;
  /** Sends DEL: removes a key. */
  del(key: string): Promise<unknown>;
  /** Sends ZRANGE: reads members of a sorted set by their positions. */
  zRange(key: string, start: number, stop: number): Promise<unknown>;
}

/** Input of a script: its KEYS and its ARGV. */
export interface ScriptInput {
  /** The KEYS, which are all on one node of a cluster. */
  readonly keys: string[];
  /** The ARGV. */
  readonly arguments: string[];
}

/** The part of a client of the application, made by `createClient` or `createCluster`, that the store uses. */
export interface RedisStoreClient {
  /** True from `connect` to the end of the client, also while the connection is lost. */
  readonly isOpen: boolean;
  /** Clusters of version 5 do not have it; they count as ready while they are open. */
  readonly isReady?: boolean;
  /** Adds a listener to errors of the connection. */
  on(event: 'error', listener: (error: unknown) => void): unknown;
  /** Removes a listener that {@link RedisStoreClient.on} added. */
  off(event: 'error', listener: (error: unknown) => void): unknown;
  /**
   * Sets replies to strings and numbers, whatever the application chose for itself; no timeout: the store has its own; and
   * the signal at which commands are removed that the client has not sent yet.
   */
  withCommandOptions(options: {
    // oxlint-disable-next-line typescript/no-generated-empty-object-type -- an empty mapping is intended
    typeMapping: Record<never, never>;
    timeout: number;
    abortSignal: AbortSignal;
  }): RedisCommands;
}
