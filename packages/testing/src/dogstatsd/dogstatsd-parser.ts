import { isUtf8 } from 'node:buffer';
import { DogStatsdCursor } from './dogstatsd-cursor.js';
import type { DogStatsdMessage } from './dogstatsd-message.js';
import { DogStatsdSyntaxError } from './dogstatsd-syntax-error.js';
import { takeEvent } from './parse-event.js';
import { takeMetric } from './parse-metric.js';
import { takeServiceCheck } from './parse-service-check.js';

export interface DogStatsdParserOptions {
  /**
   * The longest packet, in bytes. The default is what the Datadog Agent reads at once.
   * @default 8192
   */
  readonly maxBytes?: number | undefined;
}

/**
 * Reads a packet of DogStatsD, up to version 1.6 of the protocol, as strictly as possible: what is documented is accepted,
 * what the Agent merely tolerates, or reads in another way than it was meant, is refused.
 *
 * Refused are, among others: a last line that does not end, empty lines, CR and other control characters, exponents, `NaN`,
 * infinities, a sign `+`, names beyond printable ASCII, rates on gauges and sets, rates whose inverse the Agent truncates to
 * something else, packed sets, times on anything but counters and gauges, unknown and repeated fields, repeated tag keys,
 * tags without a key or with an empty value, lengths that do not fit, and packets that the Agent would cut off.
 *
 * @param packet bytes, or text, which is encoded as UTF-8.
 * @throws {DogStatsdSyntaxError} at the first thing that is wrong, and nothing else.
 * @see https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/
 */
export function parseDogStatsd(
  packet: Uint8Array | string,
  { maxBytes = 8192 }: DogStatsdParserOptions = {},
): DogStatsdMessage[] {
  const text = checkedText(packet, maxBytes);
  const messages: DogStatsdMessage[] = [];
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    messages.push(takeMessage(new DogStatsdCursor(text, start, end)));
    start = end + 1;
  }
  return messages;
}

function takeMessage(cursor: DogStatsdCursor): DogStatsdMessage {
  if (cursor.sees('_e{')) return takeEvent(cursor);
  if (cursor.sees('_sc|')) return takeServiceCheck(cursor);
  return takeMetric(cursor);
}

/** The packet as `latin1`, so that characters are bytes and lengths and places need no conversion. */
function checkedText(packet: Uint8Array | string, maxBytes: number): string {
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
  if (!text.endsWith('\n')) fail('a line feed behind the last line', text.length);
  return text;
}

function firstDifference(one: string, other: string): number {
  let at = 0;
  while (one[at] === other[at]) at += 1;
  return at;
}
