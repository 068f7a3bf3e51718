// Keeps secrets out of messages.

/** Characters after which `describeValue` cuts a value. */
const SHOWN_LENGTH = 60;
/** Shorter numbers are ports and counts, which a message must show. */
const MIN_DIGITS = 6;

/** Returns the first line of an error's message, with every string and long number of the options replaced by asterisks. */
export function redact(error: unknown, options: unknown): string {
  const hidden = new Set<string>();
  // Grows while it is read. Options may contain themselves.
  const parts = new Set<unknown>([options]);
  for (const part of parts)
    if (typeof part === 'string' || typeof part === 'number') {
      const text = String(part);
      const escaped = JSON.stringify(text).slice(1, -1);
      for (const form of [text, text.trim(), escaped, text.slice(0, SHOWN_LENGTH), escaped.slice(0, SHOWN_LENGTH)])
        if (form.length >= (typeof part === 'string' ? 3 : MIN_DIGITS)) hidden.add(form);
    } else if (typeof part === 'object' && part !== null)
      try {
        for (const inner of Object.values(part)) parts.add(inner);
        // A URL keeps its parts in private fields.
        // oxlint-disable-next-line typescript/no-base-to-string -- `[object Object]` is in no message
        parts.add(String(part));
      } catch {
        // A getter or a proxy throws: what it hides cannot be quoted.
      }
  let message = String((error as Error | undefined)?.message ?? error);
  // The longest first: one may contain another.
  for (const text of [...hidden].sort((one, other) => other.length - one.length))
    message = message.replaceAll(text, '***');
  return message.split('\n')[0] ?? '';
}
