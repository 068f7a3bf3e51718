/** A line of the text format of @metrics/logging, read. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly instance: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** A string in single quotes, which only a backslash before them keeps from ending it. */
const QUOTED = /'((?:[^'\\]|\\[^])*)'/y;
const START = /^\[([A-Z]+)\] /;
// oxlint-disable-next-line no-control-regex -- they are what must not be there
const UNSAFE = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]/u;

/**
 * Reads `[DEBUG] 'name': +1; instance='a'; tags={ key: 'value' }` from its start to its end, without skipping anything. Throws
 * an Error if something is there that the format does not have, or that moves a cursor.
 */
export function parseLogLine(line: string): LogLine {
  let at = 0;
  const fail = (): never => {
    throw new Error(`Not a line of metrics at ${at}: ${JSON.stringify(line)}`);
  };
  const take = (text: string): boolean => {
    if (!line.startsWith(text, at)) return false;
    at += text.length;
    return true;
  };
  const quoted = (): string => {
    QUOTED.lastIndex = at;
    const [whole, content] = QUOTED.exec(line) ?? fail();
    at += whole.length;
    return content!.replace(/\\(['\\])/g, '$1');
  };
  const word = (): string => {
    const [found] = /^[A-Za-z_$][\w$]*/.exec(line.slice(at)) ?? fail();
    at += found.length;
    return found;
  };
  if (UNSAFE.test(line)) fail();
  const [start, level] = START.exec(line) ?? fail();
  at = start.length;
  const messageAt = at;
  quoted();
  // The value: a signed number, or a quoted member, with a quoted unit.
  if (!take(': ')) fail();
  while (!take('; instance=')) {
    if (at >= line.length) fail();
    if (line[at] === "'") quoted();
    else at += 1;
  }
  const message = line.slice(messageAt, at - '; instance='.length);
  const instance = take('undefined') ? undefined : quoted();
  const tags: Record<string, string> = Object.create(null) as Record<string, string>;
  if (!take('; tags={')) fail();
  if (!take('}')) {
    do {
      take(' ');
      const key = line[at] === "'" ? quoted() : word();
      if (!take(': ')) fail();
      tags[key] = quoted();
    } while (take(','));
    if (!take(' }')) fail();
  }
  if (at !== line.length) fail();
  return { level: level!, message, instance, tags };
}
