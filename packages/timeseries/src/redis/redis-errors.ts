// Errors of Redis: what they mean, without secrets.
import type { ResolvedRedisStoreOptions } from './redis-store-options.js';

/** The advice for an error, by its code. */
const ADVICE: ReadonlyMap<string, string> = new Map([
  ['WRONGTYPE', 'A key of the history holds something else: choose a prefix that nothing else uses.'],
  ['NOPERM', 'Give the user the permission for this command, and for all keys that begin with the prefix.'],
  ['NOAUTH', 'The server requires a password: pass user and password in the URL, or in the options of the client.'],
  ['WRONGPASS', 'The user or the password is wrong: correct them in the URL, or in the options of the client.'],
  ['OOM', 'The server has reached its maxmemory: raise it, or delete something.'],
  ['MISCONF', 'The server cannot write to its disk, so it refuses changes: its log says why.'],
  ['LOADING', 'The server is still loading its data: wait for it.'],
  ['BUSY', 'Another script occupies the server: wait for it, or end it by SCRIPT KILL.'],
  [
    'READONLY',
    'This server is a replica: connect to the primary. After a failover the address must lead to the new one.',
  ],
  ['MASTERDOWN', 'This server is a replica without a primary: connect to the primary.'],
  ['NOREPLICAS', 'The server has fewer replicas than its min-replicas-to-write: start them, or lower it.'],
  ['CLUSTERDOWN', 'The cluster is incomplete: start the missing nodes.'],
  ['MOVED', 'The server is part of a cluster: pass a client made by createCluster.'],
  ['CROSSSLOT', 'The server is part of a cluster: pass a client made by createCluster.'],
]);

/** Codes after which another connection may reach a server that works, or have the new password. */
const CONNECTION_CODES: ReadonlySet<string> = new Set(['READONLY', 'MASTERDOWN', 'NOAUTH']);

/** Characters of a server's message that are looked at. */
const MAX_READ_LENGTH = 1000;

/** Returns what to do about an error with this code. */
export function adviceFor(code: string): string {
  return ADVICE.get(code) ?? 'Check that Redis runs at this address, and that the client is connected.';
}

/** An error of Redis or its client. Its message contains no secret. */
export class RedisStoreError extends Error {
  /** The first word of the server's message, such as `NOPERM`; '' for an error of the client. */
  readonly code: string;

  /** @param secrets strings that the message must not contain. */
  constructor(error: unknown, secrets: readonly string[]) {
    const { message = '', errors } = error as Partial<AggregateError>;
    const full = message === '' && errors?.[0] instanceof Error ? errors[0].message : message;
    // A server that does not support a command quotes its arguments, such as a password; other errors quote the user.
    let reason = full
      .slice(0, MAX_READ_LENGTH)
      .split(/,? with args/)[0]!
      .replace(/\bUser \S+ has/, 'the user has');
    const code = /^[A-Z]+(?= )/.exec(reason)?.[0] ?? '';
    for (const secret of secrets) reason = reason.replaceAll(secret, '***');
    super(`Redis: ${(reason || 'unknown error').slice(0, 200)}`);
    this.code = code;
  }

  /** True if another connection may help. */
  get isOfConnection(): boolean {
    return CONNECTION_CODES.has(this.code);
  }
}

/** Returns the user and the password of the store's own client, as they are and as the URL contains them. */
export function secretsOf({ url, clientOptions }: ResolvedRedisStoreOptions): string[] {
  const text = url ?? clientOptions?.url ?? '';
  const { username = '', password = '' } = typeof text === 'string' && URL.canParse(text) ? new URL(text) : {};
  const all = [
    password,
    decode(password),
    clientOptions?.password,
    username,
    decode(username),
    clientOptions?.username,
  ];
  return all.filter((each): each is string => typeof each === 'string' && each !== '' && each !== 'default');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
