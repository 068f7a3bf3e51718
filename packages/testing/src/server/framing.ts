/** Maximum length of a packet that the Datadog Agent reads. Also applied to the lines of a TCP stream. */
const MAX_PACKET_BYTES = 8192;

/**
 * Splits the bytes of a stream into packets, and returns the rest after the last whole one.
 *
 * @throws {Error} if the stream cannot be read further.
 */
export type Framing = (bytes: Buffer, packet: (bytes: Buffer) => void) => Buffer;

/** Makes a packet of each line, including its line feed. */
export const newlineFraming: Framing = (bytes, packet) => {
  let start = 0;
  for (let end = bytes.indexOf('\n') + 1; end > 0; end = bytes.indexOf('\n', start) + 1) {
    packet(bytes.subarray(start, end));
    start = end;
  }
  const rest = bytes.subarray(start);
  if (rest.length > MAX_PACKET_BYTES)
    throw new Error(`A line of more than ${MAX_PACKET_BYTES} bytes: the connection was closed`);
  return rest;
};

/**
 * Reads packets that each follow their length, an unsigned 32-bit little-endian integer, as the Agent reads a Unix
 * stream.
 */
export function lengthFraming(maxBytes: number = MAX_PACKET_BYTES): Framing {
  return (bytes, packet) => {
    let rest = bytes;
    while (rest.length >= 4) {
      const length = rest.readUInt32LE();
      if (length > maxBytes)
        throw new Error(`A packet of ${length} bytes, more than ${maxBytes}: the connection was closed`);
      if (rest.length < 4 + length) break;
      packet(rest.subarray(4, 4 + length));
      rest = rest.subarray(4 + length);
    }
    return rest;
  };
}
