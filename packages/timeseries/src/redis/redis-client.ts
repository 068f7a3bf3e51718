/** The commands that the store sends. Clients, pools and clusters of the package `redis` have all of them. */
export interface RedisCommands {
  evalSha(sha1: string, options: ScriptInput): Promise<unknown>;
  eval(script: string, options: ScriptInput): Promise<unknown>;
  hGetAll(key: string): Promise<unknown>;
  hmGet(key: string, fields: string[]): Promise<unknown>;
  pfCount(keys: string[]): Promise<unknown>;
  pfMerge(destination: string, sources: string[]): Promise<unknown>;
  expire(key: string, seconds: number): Promise<unknown>;
  del(key: string): Promise<unknown>;
  zRange(key: string, start: number, stop: number): Promise<unknown>;
}

/** Input of a script: its KEYS and its ARGV. */
export interface ScriptInput {
  readonly keys: string[];
  readonly arguments: string[];
}

/** The part of a client of the application, made by `createClient` or `createCluster`, that the store uses. */
export interface RedisStoreClient {
  readonly isOpen: boolean;
  /** Clusters of version 5 do not have it; they count as ready while they are open. */
  readonly isReady?: boolean;
  on(event: 'error', listener: (error: unknown) => void): unknown;
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
