import { isNativeError } from 'node:util/types';
import fc from 'fast-check';
import { hostileNumber, hostileString } from './hostile.js';

/** The password that no message may show. */
const SECRET = 'swordfish-and-chips';

/** Values that an option may get from a file, an environment or a mistake. */
const anyValue = fc.oneof(
  hostileString,
  hostileNumber,
  fc.boolean(),
  fc.constantFrom<unknown>(undefined, null, {}, [], () => {}, Symbol('option'), 5n, new Date(0), new Map(), Number.NaN),
  fc.constantFrom<unknown>(
    'udp',
    'tcp',
    'uds',
    '127.0.0.1',
    '::1',
    'host:99999',
    `http://user:${SECRET}@127.0.0.1:1/`,
    `redis://user:${SECRET}@127.0.0.1:1`,
    `redis://user:${SECRET}@[bad`,
    `https://user:${SECRET}@host:port`,
    'unix:///tmp/x@y',
    `socks5://user:${SECRET}@proxy`,
    ['*'],
    { '*': 1 },
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Options with some of these names, each with any value. */
export function anyOptions(names: readonly string[]): fc.Arbitrary<Record<string, unknown>> {
  return fc.dictionary(
    fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: hostileString }),
    anyValue,
    { maxKeys: 4 },
  );
}

/** Environment variables with some of these names, each with any content that a process can have. */
export function anyEnvironment(names: readonly string[]): fc.Arbitrary<Record<string, string>> {
  const json = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value));
  const text = fc.oneof(
    hostileString,
    hostileNumber.map(String),
    json,
    anyValue.filter((value) => typeof value === 'string'),
  );
  return fc.dictionary(
    fc.constantFrom(...names),
    // The environment ends a variable at a NUL.
    text.map((value) => value.replaceAll('\0', '').toWellFormed()),
    { maxKeys: 4 },
  );
}

/**
 * Runs what takes the options, and closes what it returns. It works, or throws a TypeError or a RangeError, or an Error of
 * {@link allowed}, that has a message in one line, without a secret.
 */
export async function expectClearError(
  create: () => { close?: (options: { timeout: number }) => Promise<void> } | undefined,
  allowed: RegExp = /^(?!)/,
): Promise<void> {
  let created: ReturnType<typeof create>;
  try {
    created = create();
  } catch (error) {
    // Errors of the runtime belong to another realm than those of a test.
    if (!isNativeError(error)) throw new Error('Something else than an error was thrown', { cause: error });
    const { name, message, cause, stack = '' } = error;
    const isKnown = name === 'TypeError' || name === 'RangeError' || allowed.test(message);
    // Errors of the language, such as that of a property of undefined, say nothing about an option.
    const isInternal =
      /Cannot (read|set|convert|destructure)|is not (a function|iterable|a constructor)|reduce of empty/.test(message);
    if (!isKnown || isInternal) throw new Error(`Not a clear error: ${name}: ${message}`, { cause: error });
    if (message.length < 10 || message.length > 700)
      throw new Error(`A message of ${message.length} characters: ${message}`, { cause: error });
    if (/[\p{Cc}\p{Cs}]/u.test(message))
      throw new Error(`A message with control characters: ${JSON.stringify(message)}`, { cause: error });
    for (const text of [message, stack, String(cause)])
      if (text.includes(SECRET)) throw new Error(`A message shows a secret: ${text}`, { cause: error });
    return;
  }
  await created?.close?.({ timeout: 0 });
}
