import { isUtf8 } from 'node:buffer';
import { DogStatsdCursor } from './dogstatsd-cursor.js';
import type { DogStatsdMessage } from './dogstatsd-message.js';
import { DogStatsdSyntaxError } from './dogstatsd-syntax-error.js';
import { parseEvent } from './parse-event.js';
import { parseMetric } from './parse-metric.js';
import { parseServiceCheck } from './parse-service-check.js';

/** Options of {@link parseDogStatsd}. */
export interface DogStatsdParserOptions {
  /**
   * Maximum length of a packet in bytes. The default is the size of the Datadog Agent's read buffer.
   * @default 8192
   */
  readonly maxBytes?: number | undefined;
}

/**
 * Parses a packet of DogStatsD, up to version 1.6 of the protocol, as strictly as possible. It accepts everything that
 * is documented, and rejects what the Agent only tolerates or reads differently than the client meant it.
 *
 * It rejects, among others: a last line without a line feed, empty lines, CR and other control characters, exponents,
 * `NaN`, infinities, a sign `+`, names outside printable ASCII, rates on gauges and sets, rates whose inverse the Agent
 * truncates to another number, packed sets, timestamps on anything but counters and gauges, unknown and repeated
 * fields, repeated tags, tags without a key or with an empty value, wrong lengths, and packets that the Agent would
 * truncate.
 *
 * @param packet bytes, or a string, which is encoded as UTF-8.
 * @throws {DogStatsdSyntaxError} at the first syntax error. It throws nothing else.
 * @see https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { parseDogStatsd } from '@metrics/testing/servers';
 *
 * const [line] = parseDogStatsd('db.query:12.5:8|ms|@0.5|#table:users\n');
 * assert.ok(line?.type === 'ms');
 * assert.deepEqual(line.values, [12.5, 8]);
 * assert.equal(line.tags['table'], 'users');
 * ```
 */
export function parseDogStatsd(
  packet: Uint8Array | string,
  { maxBytes = 8192 }: DogStatsdParserOptions = {},
): DogStatsdMessage[] {
  const text = decodePacket(packet, maxBytes);
  const messages: DogStatsdMessage[] = [];
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    messages.push(parseMessage(new DogStatsdCursor(text, start, end)));
    start = end + 1;
  }
  return messages;
}

function parseMessage(cursor: DogStatsdCursor): DogStatsdMessage {
  if (cursor.peek('_e{')) return parseEvent(cursor);
  if (cursor.peek('_sc|')) return parseServiceCheck(cursor);
  return parseMetric(cursor);
}

/**
 * Checks the bytes of a packet and returns them as `latin1`, so that lengths and offsets of characters are those of
 * bytes.
 */
function decodePacket(packet: Uint8Array | string, maxBytes: number): string {
  const bytes = Buffer.from(packet);
  const text = bytes.toString('latin1');
  const fail = (expected: string, offset: number): never => {
    throw new DogStatsdSyntaxError(expected, text, offset);
  };
  if (text.length > maxBytes) fail(`at most ${maxBytes} bytes, not ${text.length}`, maxBytes);
  const decoded = bytes.toString();
  if (!isUtf8(bytes)) fail('UTF-8', firstDifference(text, Buffer.from(decoded).toString('latin1')));
  if (typeof packet === 'string' && packet !== decoded)
    fail('no lone surrogate', Buffer.byteLength(packet.slice(0, firstDifference(packet, decoded))));
  const control = text.search(/[^\t\n\x20-\x7e\x80-\xff]/);
  if (control >= 0) fail('no control character', control);
  if (!text.endsWith('\n')) fail('a line feed after the last line', text.length);
  return text;
}

function firstDifference(one: string, other: string): number {
  let index = 0;
  while (one[index] === other[index]) index += 1;
  return index;
}
