/** The commands the store sends. Clients, pools of them and clusters of the package `redis` have them all. */
export interface RedisCommands {
  evalSha(sha1: string, options: ScriptInput): Promise<unknown>;
  eval(script: string, options: ScriptInput): Promise<unknown>;
  hGetAll(key: string): Promise<unknown>;
  hmGet(key: string, fields: string[]): Promise<unknown>;
  pfCount(keys: string[]): Promise<unknown>;
  zRange(key: string, start: number, stop: number): Promise<unknown>;
}

interface ScriptInput {
  readonly keys: string[];
  readonly arguments: string[];
}

/** What the store needs of a client that the application made with `createClient` or `createCluster`. */
export interface RedisStoreClient {
  readonly isOpen: boolean;
  /** Clusters of version 5 lack it, and are taken to be ready while they are open. */
  readonly isReady?: boolean;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  off(event: 'error', listener: (error: unknown) => void): unknown;
  /** Texts and numbers as replies, whatever the application chose for itself; a deadline the store has of its own. */
  // oxlint-disable-next-line typescript/no-generated-empty-object-type -- a mapping of no type is what is meant
  withCommandOptions(options: { typeMapping: Record<never, never>; timeout: number }): RedisCommands;
}
