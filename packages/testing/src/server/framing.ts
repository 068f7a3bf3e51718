/** The longest packet that the Datadog Agent reads, and the longest line of a stream here. */
const MOST_BYTES = 8192;

/**
 * Cuts whole packets off the bytes of a stream and answers the rest.
 *
 * @throws Error where the rest of the stream cannot be understood.
 */
export type Framing = (bytes: Buffer, packet: (bytes: Buffer) => void) => Buffer;

/** Each line, with its line feed, is a packet. */
export const newlineFraming: Framing = (bytes, packet) => {
  let start = 0;
  for (let end = bytes.indexOf('\n') + 1; end > 0; end = bytes.indexOf('\n', start) + 1) {
    packet(bytes.subarray(start, end));
    start = end;
  }
  const rest = bytes.subarray(start);
  if (rest.length > MOST_BYTES) throw new Error(`A line of more than ${MOST_BYTES} bytes: the connection was dropped`);
  return rest;
};

/** Lengths as unsigned 32-bit little-endian integers, each followed by a packet: what the Agent reads from a Unix stream. */
export function lengthFraming(mostBytes: number = MOST_BYTES): Framing {
  return (bytes, packet) => {
    let rest = bytes;
    while (rest.length >= 4) {
      const length = rest.readUInt32LE();
      if (length > mostBytes)
        throw new Error(`A packet of ${length} bytes, ${mostBytes} at most: the connection was dropped`);
      if (rest.length < 4 + length) break;
      packet(rest.subarray(4, 4 + length));
      rest = rest.subarray(4 + length);
    }
    return rest;
  };
}
